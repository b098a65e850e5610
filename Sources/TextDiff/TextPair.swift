/// The scalars of two texts in one array, the new text behind the old, so that a range says by itself whose it is.
struct TextPair {
  let scalars: [UInt32]
  /// Where the old text ends and the new one begins.
  let border: Int

  init(_ old: String, _ new: String) {
    var scalars: [UInt32] = []
    scalars.reserveCapacity(old.utf8.count + new.utf8.count)
    for scalar in old.unicodeScalars { scalars.append(scalar.value) }
    border = scalars.count
    for scalar in new.unicodeScalars { scalars.append(scalar.value) }
    self.scalars = scalars
  }

  var old: Range<Int> { 0..<border }
  var new: Range<Int> { border..<scalars.count }

  func string(_ range: Range<Int>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    for place in range {
      let value = scalars[place]
      if value < 0x80 {
        bytes.append(UInt8(value))
      } else if let scalar = Unicode.Scalar(value) {
        // Always so: every value came out of a String.
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// How many scalars are the same from both places on, up to `limit`.
  func common(_ first: Int, _ second: Int, limit: Int) -> Int {
    var count = 0
    while count < limit && scalars[first + count] == scalars[second + count] { count += 1 }
    return count
  }

  /// How many scalars are the same before both places, up to `limit`.
  func commonBefore(_ first: Int, _ second: Int, limit: Int) -> Int {
    var count = 0
    while count < limit && scalars[first - count - 1] == scalars[second - count - 1] { count += 1 }
    return count
  }

  /// Whether an edit may begin or end at `place`: not inside a CR LF, not before what belongs to the scalar before it.
  func canCut(at place: Int, in text: Range<Int>) -> Bool {
    guard place > text.lowerBound && place < text.upperBound else { return true }
    let before = scalars[place - 1]
    let after = scalars[place]
    if before == 0x0d { return after != 0x0a }
    if before == 0x0a { return true }
    if before < 0x300 && after < 0x300 { return after != 0xad }
    return !ScalarClass.isExtending(after) && before != ScalarClass.joiner
      && !(ScalarClass.isRegional(before) && ScalarClass.isRegional(after))
  }
}

/// What of the old text became what of the new one; both in the pair's numbering, at least one not empty.
struct Change: Equatable {
  var old: Range<Int>
  var new: Range<Int>
}
