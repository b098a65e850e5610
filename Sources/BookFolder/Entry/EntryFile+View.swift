import Bytes
import History
package import Replica

/// Names of the registers that hold a file's attributes.
enum AttributeName {
  static let lineEnding: ExactText = "eol"
  static let byteOrderMark: ExactText = "bom"
  static let opening: ExactText = "open"
  static let closing: ExactText = "close"
  static let tail: ExactText = "tail"
}

extension EntryFile {
  /// The file that shows an entry. Reading it back gives the same values: a field whose merged parts would not (a
  /// comment behind a value that has grown to several lines) is written in its canonical spelling.
  package init(_ view: EntryView) {
    let typed = EntryFile(view, isCanonical: { _ in false })
    if typed.isPlain && zip(typed.fields, view.fields).allSatisfy({ $0.typed.says($1) }) {
      self = typed
      return
    }
    if let back = try? EntryFile.parse(typed.rendered()), back.body.isExactly(typed.body) {
      let wrong = Set(view.fields.filter { !back.says($0) }.map(\.name))
      if wrong.isEmpty && back.fields.count == view.fields.count {
        self = typed
        return
      }
      let mended = EntryFile(view, isCanonical: wrong.contains)
      if let back = try? EntryFile.parse(mended.rendered()), view.fields.allSatisfy(back.says),
        back.fields.count == view.fields.count, back.body.isExactly(mended.body)
      {
        self = mended
        return
      }
    }
    self = EntryFile(plain: view)
  }

  private init(_ view: EntryView, isCanonical: (ExactText) -> Bool) {
    self.init(body: view.body.string)
    fields = view.fields.map { FileField($0, isCanonical: isCanonical($0.name)) }
    tail = view.attribute(AttributeName.tail)?.string ?? ""
    attributes.lineEnding =
      switch view.attribute(AttributeName.lineEnding) {
      case "crlf": .crlf
      case "mixed": .asTyped
      default: .lf
      }
    attributes.byteOrderMark = view.attribute(AttributeName.byteOrderMark) != nil
    attributes.opening = view.attribute(AttributeName.opening)?.string ?? defaultOpening
    attributes.closing = view.attribute(AttributeName.closing)?.string ?? defaultClosing
    if attributes.opening != nil && !body.isEmpty { attributes.closing = attributes.closing.endingInNewline }
  }

  /// Every value in canonical spelling, between plain fences, without comments: always readable.
  private init(plain view: EntryView) {
    self.init(body: view.body.string)
    fields = view.fields.map { FileField($0, isCanonical: true) }
    for index in fields.indices { fields[index].above = "" }
    attributes.opening = defaultOpening ?? (Self.beginsWithFence(body) ? "---\n" : nil)
    attributes.closing = defaultClosing
  }

  /// The fence of a file that nobody typed one for.
  var defaultOpening: String? { fields.isEmpty && tail.isEmpty ? nil : "---\n" }
  var defaultClosing: String { attributes.opening == nil ? "" : "---\n" }

  private static func beginsWithFence(_ body: String) -> Bool { body.utf8.starts(with: "---".utf8) }

  private func says(_ field: FieldView) -> Bool { self[field.name.string]?.typed.says(field) ?? false }

  /// Whether this reads back as it stands, by its looks alone: plain fences around plain lines, and a body that none of
  /// them could be taken from. Most files are so, and a parse of each would cost as much as all else.
  private var isPlain: Bool {
    guard attributes == FileAttributes(opening: "---\n", closing: "---\n"), tail.isEmpty,
      fields.count <= Limit.fields, fields.allSatisfy(\.isPlain)
    else { return false }
    let size = fields.reduce(body.utf8.count) { $0 + $1.label.utf8.count + $1.value.utf8.count + 1 }
    return size < Limit.file - 16 && isBodyPlain
  }

  /// No zero byte and no carriage return.
  private var isBodyPlain: Bool {
    let bytes = body.utf8.span
    for place in bytes.indices where bytes[place] == 0 || bytes[place] == .carriageReturn { return false }
    return true
  }
}

extension FileField {
  /// A word, a colon, and a value that needs no library; nothing above or behind.
  fileprivate var isPlain: Bool {
    guard above.isEmpty, behind.isEmpty, key.utf8.count <= 128, key.utf8.first?.isLetterOrDigit ?? false,
      key.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
    else { return false }
    let startsBelow = value.utf8.first.map { $0 == .newline } ?? true
    return label.isExactly(key + (startsBelow ? ":" : ": "))
      && label.utf8.count + value.utf8.count <= EntryFile.Limit.field
      && SimpleValue.read(Array(value.utf8)[...]) != nil
  }

  init(_ view: FieldView, isCanonical: Bool) {
    let value: String
    switch view.value {
    case .single(let content):
      value = isCanonical ? FieldSource.scalar(content.plain.string) : content.source.string
    case .set(let elements, let source):
      let texts = elements.map(\.text.string)
      if let source, !isCanonical {
        value = FieldSource.splice(source.string, to: texts)
      } else {
        value = FieldSource.list(texts)
      }
    }
    let key = view.name.string
    self.init(
      key: key,
      label: isCanonical ? Self.defaultLabel(key, value) : view.layout.label?.string ?? Self.defaultLabel(key, value),
      above: view.layout.above?.string ?? "", value: value,
      behind: isCanonical ? "" : view.layout.behind?.string ?? "")
  }

  /// `key: `, without the space where nothing or a block follows.
  static func defaultLabel(_ key: String, _ value: String) -> String {
    FieldSource.scalar(key) + (value.utf8.first.map { $0 == UInt8(ascii: "\n") } ?? true ? ":" : ": ")
  }
}

extension TypedValue {
  /// Whether a reader of this would see what the field shows.
  fileprivate func says(_ field: FieldView) -> Bool {
    switch (field.value, self) {
    case (.single(let content), _): ExactText(plain(source: content.source.string)) == content.plain
    case (.set(let elements, _), .list(let texts)): texts.map { ExactText($0) } == elements.map(\.text)
    case (.set(let elements, _), .absent): elements.isEmpty
    case (.set, .text), (.set, .other): false
    }
  }

  /// What a register holds as the plain text of a value.
  func plain(source: String) -> String {
    switch self {
    case .absent: ""
    case .text(let text): text
    case .list, .other: source
    }
  }

  var elements: [String] {
    if case .list(let elements) = self { return elements }
    return []
  }
}
