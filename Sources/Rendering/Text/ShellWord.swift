extension String {
  /// The text as one word of a shell's command line, to be copied from the screen; always safe to print.
  package var shellWord: String {
    if madeSafe().utf8.count != utf8.count { return escapedWord }
    return !isEmpty && utf8.allSatisfy(\.needsNoQuotes) ? self : "'" + replacing("'", with: "'\\''") + "'"
  }

  /// In the shell's own spelling of what cannot be printed.
  private var escapedWord: String {
    var word = "$'"
    for scalar in unicodeScalars {
      let hex = String(scalar.value, radix: 16)
      switch scalar {
      case "'", "\\": word += "\\\(scalar)"
      case _ where String(scalar).madeSafe() == String(scalar): word.unicodeScalars.append(scalar)
      default: word += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
      }
    }
    return word + "'"
  }
}

extension UInt8 {
  fileprivate var needsNoQuotes: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: true
    default: "/.:_-+@%=,".utf8.contains(self)
    }
  }
}
