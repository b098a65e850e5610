/// Why a file cannot be read as an entry, and where: it is named, left alone, and never written over (F4).
package struct UnreadableFile: Error, Equatable, Sendable {
  package let reason: Reason
  /// From 1.
  package let line: Int
  /// From 1, in Unicode scalars; a byte order mark is not counted.
  package let column: Int

  package init(_ reason: Reason, line: Int, column: Int) {
    self.reason = reason
    self.line = line
    self.column = column
  }

  package enum Reason: Equatable, Sendable {
    case tooLarge(bytes: Int, limit: Int)
    case invalidUTF8
    /// A zero byte: often what a power failure leaves.
    case zeroByte
    case tooManyFields(limit: Int)
    case fieldTooLarge(key: String, bytes: Int, limit: Int)
    case nestedTooDeep(limit: Int)
    case duplicateKey(String)
    case tabAsIndentation
    /// A line of the front matter that is no field: no `key:` at its start.
    case notAField
    /// A quote or bracket that nothing closes.
    case neverClosed(String)
    /// A key that the scanner and the YAML library read differently.
    case unclearKey(String)
    /// What the YAML library says.
    case yaml(String)
  }
}

extension UnreadableFile {
  /// At a byte offset of a text.
  init(_ reason: Reason, at offset: Int, of text: some Collection<UInt8>, firstLine: Int = 1) {
    var line = firstLine
    var column = 1
    for byte in text.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xc0 != 0x80 {
        column += 1
      }
    }
    self.init(reason, line: line, column: column)
  }
}
