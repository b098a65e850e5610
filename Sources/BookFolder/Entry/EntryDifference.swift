import Bytes
import History
import Merge
import Record
import Replica
import TextDiff

/// The operations that turn what a file showed into what it holds now.
struct EntryDifference {
  private(set) var operations: [Operation] = []
  private let entry: EntryID
  private let state: EntryState
  private let kind: ExactText
  private let base: EntryFile
  private let context: DisplayContext
  private let thoroughness: Thoroughness

  enum Thoroughness {
    /// Only what the person changed.
    case changedParts
    /// Layout and spelling of every field anew: for the rare edit whose parts lean on each other.
    case everyPart
  }

  init(
    _ file: EntryFile, _ state: EntryState, _ base: EntryFile, _ context: DisplayContext, _ thoroughness: Thoroughness
  ) {
    entry = state.id
    self.state = state
    self.base = base
    self.context = context
    self.thoroughness = thoroughness
    let typedKind = file["kind"].map { $0.typed.plain(source: $0.value) } ?? ""
    kind = typedKind.isEmpty ? state.kind : ExactText(typedKind)
    compareAttributes(file)
    compareFields(file)
    compareBody(file)
  }

  private mutating func set(_ role: Role, _ name: ExactText, _ text: String?) {
    let value = text.map { RegisterValue(ExactText($0)) } ?? .absent
    operations.append(.set(entry, RegisterKey(role, name), [value]))
  }

  /// Sets a silent register when its text has changed, or when every part is asked for and it is not so already.
  private mutating func compare(_ role: Role, _ name: ExactText, from old: String?, to new: String?, stored: String?) {
    func differ(_ a: String?, _ b: String?) -> Bool { a.map { ExactText($0) } != b.map { ExactText($0) } }
    switch thoroughness {
    case .changedParts: if differ(old, new) { set(role, name, stored) }
    case .everyPart:
      let held = state.register(RegisterKey(role, name))?.shown.content?.source.string
      if differ(held, stored) { set(role, name, stored) }
    }
  }

  // MARK: The file as a whole

  private mutating func compareAttributes(_ file: EntryFile) {
    let (old, new) = (base.attributes, file.attributes)
    compare(
      .attribute, AttributeName.lineEnding, from: old.lineEnding.name, to: new.lineEnding.name,
      stored: new.lineEnding.name)
    let mark = new.byteOrderMark ? "yes" : nil
    compare(
      .attribute, AttributeName.byteOrderMark, from: old.byteOrderMark ? "yes" : nil, to: mark, stored: mark)
    let isPlainOpening = new.opening.map { ExactText($0) } == file.defaultOpening.map { ExactText($0) }
    compare(
      .attribute, AttributeName.opening, from: old.opening ?? base.defaultOpening, to: new.opening,
      stored: isPlainOpening ? nil : new.opening)
    let isPlainClosing = new.closing.isExactly(file.defaultClosing)
    compare(
      .attribute, AttributeName.closing, from: old.closing, to: new.closing, stored: isPlainClosing ? nil : new.closing)
    compare(
      .attribute, AttributeName.tail, from: base.tail, to: file.tail, stored: file.tail.isEmpty ? nil : file.tail)
  }

  private mutating func compareBody(_ file: EntryFile) {
    let edits = TextDiff.edits(from: state.body.string, to: file.body).map {
      TextEdit(position: $0.position, deleted: $0.deleted, inserted: ExactText($0.inserted))
    }
    if !edits.isEmpty { operations.append(.edit(entry, edits)) }
  }

  // MARK: Fields

  private mutating func compareFields(_ file: EntryFile) {
    for field in file.fields { compareValue(field) }
    for field in file.fields { compareLayout(field) }
    compareOrder(file)
    for field in base.fields where file[field.key] == nil { remove(field) }
  }

  private mutating func compareValue(_ field: FileField) {
    let name = ExactText(field.key)
    let shown = FieldView(name, of: state, kind: kind, in: context)
    if let old = base[field.key], old.value.isExactly(field.value), shown != nil, thoroughness == .changedParts {
      return
    }
    let isSet = Schema.field(name, ofKind: kind).merge == .set
    switch field.typed {
    case .list(let elements) where isSet && elements.allSatisfy({ $0.utf8.count <= ChangeLimits.label }):
      becomeSet(name, elements, field.value)
    case .absent where isSet: becomeSet(name, [], field.value)
    case let typed: becomeSingle(name, typed, field.value, shown)
    }
  }

  private mutating func becomeSet(_ name: ExactText, _ elements: [String], _ source: String) {
    if case .single? = FieldView(name, of: state, kind: kind, in: context)?.value {
      operations.append(.set(entry, RegisterKey(.value, name), [.absent]))
    }
    let old = state.set(name)?.elements.map { ($0.element, $0.order) } ?? []
    let difference = SetDifference(from: old, to: elements.map { ExactText($0) })
    for element in difference.removed { operations.append(.remove(entry, field: name, element)) }
    for (element, order) in difference.placed { operations.append(.add(entry, field: name, element, at: order)) }
    let held = state.register(RegisterKey(.source, name))?.shown.content?.source.string
    let rendered =
      held.map { FieldSource.splice($0, to: elements) }
      ?? FieldSource.list(elements)
    if !rendered.isExactly(source) || (elements.isEmpty && held == nil) { set(.source, name, source) }
  }

  private mutating func becomeSingle(_ name: ExactText, _ typed: TypedValue, _ source: String, _ shown: FieldView?) {
    leaveSet(name)
    let content = RegisterValue.Content(source: ExactText(source), plain: ExactText(typed.plain(source: source)))
    let key = RegisterKey(.value, name)
    let open = state.register(key)?.openValues ?? []
    guard case .single(let old)? = shown?.value, Schema.field(name, ofKind: kind).isSame(old.plain, content.plain)
    else {
      operations.append(.set(entry, key, [RegisterValue(content: content)]))
      return
    }
    if old == content { return }
    // Another spelling of the value that was shown: says nothing about the others, so it settles nothing.
    var values: [RegisterValue] = []
    for member in open {
      let from = member.value.from ?? member.stamp.operation
      let isShown = member.value.content == old
      let value = RegisterValue(content: isShown ? content : member.value.content, from: from)
      if isShown { values.insert(value, at: 0) } else { values.append(value) }
    }
    if open.count < 2 { values = [RegisterValue(content: content)] }
    operations.append(.set(entry, key, values))
  }

  private mutating func leaveSet(_ name: ExactText) {
    for element in state.set(name)?.elements ?? [] {
      operations.append(.remove(entry, field: name, element.element))
    }
    if state.register(RegisterKey(.source, name))?.shown.content != nil { set(.source, name, nil) }
  }

  private mutating func remove(_ field: FileField) {
    let name = ExactText(field.key)
    leaveSet(name)
    if state.register(RegisterKey(.value, name)) != nil {
      operations.append(.set(entry, RegisterKey(.value, name), [.absent]))
    }
    // A field that comes back begins with a clean layout.
    for role in [Role.label, .above, .behind]
    where state.register(RegisterKey(role, name))?.shown.content != nil { set(role, name, nil) }
  }

  // MARK: Layout

  private mutating func compareLayout(_ field: FileField) {
    let name = ExactText(field.key)
    let layout = FieldLayout(name, of: state)
    let old = base[field.key]
    let plainLabel = FileField.defaultLabel(field.key, field.value)
    let label = field.label.isExactly(plainLabel) ? nil : field.label
    // A field that the file did not have may still have a layout from before.
    compare(
      .label, name, from: old.map(\.label) ?? layout.label?.string ?? plainLabel, to: field.label, stored: label)
    compare(
      .above, name, from: old?.above ?? layout.above?.string ?? "", to: field.above,
      stored: field.above.isEmpty ? nil : field.above)
    compare(
      .behind, name, from: old?.behind ?? layout.behind?.string ?? "", to: field.behind,
      stored: field.behind.isEmpty ? nil : field.behind)
  }

  private mutating func compareOrder(_ file: EntryFile) {
    let names = file.fields.map { ExactText($0.key) }
    let keys = names.map { name in
      thoroughness == .changedParts && base[name.string] != nil ? FieldLayout(name, of: state).order : nil
    }
    for (index, key) in OrderKey.placing(keys) { set(.order, names[index], key.text.string) }
  }
}

extension LineEnding {
  /// As the attribute's register has it; nil for the ordinary one.
  var name: String? {
    switch self {
    case .lf: nil
    case .crlf: "crlf"
    case .asTyped: "mixed"
    }
  }
}
