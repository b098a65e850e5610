@_spi(_Unicode) import Swift

/// Full case folding by the table of Unicode 14.0, and normalisation: two names with the same key are one name.
/// The table is our own, so that laptops with different programs agree; both are stable for assigned characters.
package enum CaseFolding {
  package static let unicodeVersion = "14.0"

  /// What a text is compared by: folded, in NFC (Unicode's canonical caseless matching).
  package static func key(of text: String) -> [UInt8] {
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      return text.utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    }
    var folded = String.UnicodeScalarView()
    for scalar in text._nfd { fold(scalar, into: &folded) }
    return Array(composed(String(folded)).utf8)
  }

  /// The text in NFC.
  package static func composed(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var out = String.UnicodeScalarView()
    for scalar in text._nfc { out.append(scalar) }
    return String(out)
  }

  struct Run {
    let first: UInt32
    let last: UInt32
    let step: UInt32
    let distance: Int32

    init(_ first: UInt32, _ last: UInt32, _ step: UInt32, _ distance: Int32) {
      self.first = first
      self.last = last
      self.step = step
      self.distance = distance
    }
  }

  private static func fold(_ scalar: Unicode.Scalar, into out: inout String.UnicodeScalarView) {
    let value = scalar.value
    if let run = runs.last(upTo: { $0.first <= value }), value <= run.last, (value - run.first) % run.step == 0,
      let folded = Unicode.Scalar(UInt32(Int32(value) + run.distance))
    {
      out.append(folded)
    } else if let expansion = expansions.last(upTo: { $0.scalar <= value }), expansion.scalar == value {
      out.append(contentsOf: expansion.folded.unicodeScalars)
    } else {
      out.append(scalar)
    }
  }
}

extension Array {
  /// The last element for which the condition holds, in an array where it holds for a first part only.
  fileprivate func last(upTo condition: (Element) -> Bool) -> Element? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : self[low - 1]
  }
}
