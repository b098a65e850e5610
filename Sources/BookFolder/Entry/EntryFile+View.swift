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

  private func says(_ field: FieldView) -> Bool {
    guard let typed = self[field.name.string]?.typed else { return false }
    switch field.value {
    case .single(let content): return ExactText(typed.plain(source: content.source.string)) == content.plain
    case .set(let elements, _):
      switch typed {
      case .list(let texts): return texts.map { ExactText($0) } == elements.map(\.text)
      case .absent: return elements.isEmpty
      case .text, .other: return false
      }
    }
  }
}

extension FileField {
  init(_ view: FieldView, isCanonical: Bool) {
    let value: String
    switch view.value {
    case .single(let content):
      value = isCanonical ? FieldSource.scalar(content.plain.string) : content.source.string
    case .set(let elements, let source):
      let texts = elements.map(\.text.string)
      if let source, !isCanonical {
        value = FieldSource.splice(source.string, from: TypedValue(source: source.string).elements, to: texts)
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
