extension EntryFile {
  /// Takes a file apart; `rendered()` gives back the same bytes. Linear in the file, plus a YAML parse for each
  /// value that is more than plain words.
  package static func parse(_ bytes: [UInt8]) throws(UnreadableFile) -> EntryFile {
    guard bytes.count <= Limit.file else {
      throw UnreadableFile(.tooLarge(bytes: bytes.count, limit: Limit.file), line: 1, column: 1)
    }
    var attributes = FileAttributes()
    var text = bytes
    if text.starts(with: byteOrderMark) {
      attributes.byteOrderMark = true
      text.removeFirst(byteOrderMark.count)
    }
    if let zero = text.firstIndex(of: 0) { throw UnreadableFile(.zeroByte, at: zero, of: text) }
    if let bad = text.firstInvalidUTF8 { throw UnreadableFile(.invalidUTF8, at: bad, of: text) }
    attributes.lineEnding = LineEnding(of: text)
    if attributes.lineEnding == .crlf { text.removeAll { $0 == .carriageReturn } }
    guard let fences = Fences(in: text) else {
      return EntryFile(attributes: attributes, body: String(decoding: text, as: UTF8.self))
    }
    attributes.opening = String(decoding: text[..<fences.header.lowerBound], as: UTF8.self)
    attributes.closing = String(decoding: text[fences.header.upperBound..<fences.bodyStart], as: UTF8.self)
    var file = EntryFile(attributes: attributes, body: String(decoding: text[fences.bodyStart...], as: UTF8.self))
    try file.readHeader(Array(text[fences.header]))
    return file
  }

  /// Takes fields and tail from the text between the fences.
  private mutating func readHeader(_ header: [UInt8]) throws(UnreadableFile) {
    var scanner = BlockScanner(header)
    var aboveStart = 0
    while true {
      let block: BlockScanner.Block?
      do { block = try scanner.next() } catch {
        throw UnreadableFile(error.reason, at: error.offset, of: header, firstLine: 2)
      }
      guard let block else { break }
      let field = try Self.field(block, in: header, aboveStart: aboveStart)
      if fields.contains(where: { $0.key == field.key }) {
        throw UnreadableFile(.duplicateKey(field.key), at: block.keyStart, of: header, firstLine: 2)
      }
      fields.append(field)
      guard fields.count <= Limit.fields else {
        throw UnreadableFile(.tooManyFields(limit: Limit.fields), at: block.keyStart, of: header, firstLine: 2)
      }
      aboveStart = block.end + 1
    }
    tail = String(decoding: header[min(aboveStart, header.count)...], as: UTF8.self)
  }

  private static func field(
    _ block: BlockScanner.Block, in header: [UInt8], aboveStart: Int
  ) throws(UnreadableFile) -> FileField {
    func text(_ from: Int, _ to: Int) -> String { String(decoding: header[from..<to], as: UTF8.self) }
    let key: String
    do { key = try block.checkedKey(in: header) } catch {
      throw UnreadableFile(error.reason, at: error.offset, of: header, firstLine: 2)
    }
    let size = block.end - block.keyStart
    guard size <= Limit.field else {
      throw UnreadableFile(
        .fieldTooLarge(key: key, bytes: size, limit: Limit.field), at: block.keyStart, of: header, firstLine: 2)
    }
    return FileField(
      key: key, label: text(block.keyStart, block.valueStart), above: text(aboveStart, block.keyStart),
      value: text(block.valueStart, block.valueEnd), behind: text(block.valueEnd, block.end))
  }

  static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
}

/// Where the front matter lies: between a first line `---` and the next line `---` or `...`, trailing spaces allowed.
/// One that never closes is no front matter, and all of the file is body (as Obsidian has it).
struct Fences {
  let header: Range<Int>
  let bodyStart: Int

  init?(in text: [UInt8]) {
    guard text.starts(with: "---".utf8), let first = text.firstIndex(of: .newline),
      Self.isFence(text[..<first], "-")
    else { return nil }
    var lineStart = first + 1
    while lineStart < text.count {
      let lineEnd = text[lineStart...].firstIndex(of: .newline) ?? text.count
      let line = text[lineStart..<lineEnd]
      if Self.isFence(line, "-") || Self.isFence(line, ".") {
        header = first + 1..<lineStart
        bodyStart = min(lineEnd + 1, text.count)
        return
      }
      lineStart = lineEnd + 1
    }
    return nil
  }

  private static func isFence(_ line: ArraySlice<UInt8>, _ mark: Unicode.Scalar) -> Bool {
    line.count >= 3 && line.prefix(3).allSatisfy { $0 == UInt8(ascii: mark) } && line.dropFirst(3).allSatisfy(\.isBlank)
  }
}

extension LineEnding {
  init(of text: [UInt8]) {
    guard text.contains(.carriageReturn) else {
      self = .lf
      return
    }
    var previous: UInt8 = 0
    for byte in text {
      if (byte == .newline) != (previous == .carriageReturn) {
        self = .asTyped
        return
      }
      previous = byte
    }
    self = previous == .carriageReturn ? .asTyped : .crlf
  }
}

extension UInt8 {
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
  /// A space within a line; a CR that mixed line endings left there counts.
  var isBlank: Bool { self == .space || self == .tab || self == .carriageReturn }
}

extension Array<UInt8> {
  /// Where the first byte stands that cannot be read as UTF-8.
  var firstInvalidUTF8: Int? {
    if String(validating: self, as: UTF8.self) != nil { return nil }
    var decoder = UTF8()
    var bytes = makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&bytes) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }
}
