/// A file as fields and a body, with everything that is needed to give back its very bytes (folder.md 3). No I/O.
package struct EntryFile: Equatable, Sendable {
  package var attributes: FileAttributes
  /// In the file's order; no two have the same key.
  package var fields: [FileField]
  /// Comment and blank lines between the last field and the closing fence.
  package var tail: String
  /// Everything after the closing fence, or the whole file where there is no front matter.
  package var body: String

  package init(
    attributes: FileAttributes = FileAttributes(), fields: [FileField] = [], tail: String = "", body: String = ""
  ) {
    self.attributes = attributes
    self.fields = fields
    self.tail = tail
    self.body = body
  }

  /// The field with this key, if the file has one.
  package subscript(key: String) -> FileField? { fields.first { $0.key == key } }
}

/// What a file is apart from its text: an editor that converts all line endings changes this, and no line.
package struct FileAttributes: Equatable, Sendable {
  package var lineEnding: LineEnding
  /// Whether the file begins with U+FEFF; it is no part of any text.
  package var byteOrderMark: Bool
  /// The opening fence as typed, newline included; nil where there is no front matter.
  package var opening: String?
  /// The closing fence as typed, newline included if there is one; empty where there is no front matter.
  package var closing: String

  package init(
    lineEnding: LineEnding = .lf, byteOrderMark: Bool = false, opening: String? = nil, closing: String = ""
  ) {
    self.lineEnding = lineEnding
    self.byteOrderMark = byteOrderMark
    self.opening = opening
    self.closing = closing
  }
}

/// How the file ends its lines; its texts hold LF alone, unless the endings are mixed.
package enum LineEnding: UInt8, Sendable, CaseIterable {
  case lf = 0
  /// Every line ends in CRLF, and no CR stands elsewhere.
  case crlf = 1
  /// Mixed: the texts hold each CR as it was typed.
  case asTyped = 2
}

/// One top-level block of the front matter. Its parts in this order, and a newline, are its bytes:
/// above, label, value, behind.
package struct FileField: Equatable, Sendable {
  /// What YAML makes of the key.
  package var key: String
  /// From the key's start to the value's first character: the key as typed, the colon, the spacing.
  package var label: String
  /// Comment and blank lines above it, each with its newline.
  package var above: String
  /// The source of the value as typed, to the end of its block, without the final newline.
  /// A value that begins on the next line begins with the newline.
  package var value: String
  /// Spaces and comment behind a value of one line; a longer value holds its own comments.
  package var behind: String

  package init(key: String, label: String, above: String = "", value: String, behind: String = "") {
    self.key = key
    self.label = label
    self.above = above
    self.value = value
    self.behind = behind
  }

  /// A field that nobody has typed yet, in canonical spelling.
  package init(key: String, value: String) {
    self.init(key: key, label: FieldSource.scalar(key) + ": ", value: value)
  }

  /// What the value means; costs a parse unless the value is plain words.
  package var typed: TypedValue { TypedValue(source: value) }
}

extension EntryFile {
  /// The limits of folder.md 3, in bytes where nothing else is said.
  package enum Limit {
    package static let file = 4 << 20
    package static let fields = 256
    package static let field = 64 << 10
    package static let nesting = 32
  }
}
