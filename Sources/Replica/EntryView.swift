package import Bytes
package import History
package import Merge
package import Record

/// An entry as its file shows it: of each field the one value that its display rule picks, with its layout.
package struct EntryView: Equatable, Sendable {
  package let id: EntryID
  /// The kind as the entry says it, else as it was created.
  package let kind: ExactText
  package let path: ExactText
  /// Fields that the file has, in their order.
  package let fields: [FieldView]
  /// Line ending, byte order mark, fences, tail: by name; absent ones are not there.
  package let attributes: [Attribute]
  package let body: ExactText

  package struct Attribute: Equatable, Sendable {
    package let name: ExactText
    package let value: ExactText
  }

  /// What a field with several open values shows depends on the book around it: `context` says who speaks and when an
  /// engagement ends.
  package init(_ state: EntryState, in context: DisplayContext = DisplayContext()) {
    id = state.id
    let kind = Self.kind(of: state)
    self.kind = kind
    path = Self.path(of: state)
    body = state.body
    var fields: [FieldView] = []
    for name in state.fieldNames {
      if let field = FieldView(name, of: state, kind: kind, in: context) { fields.append(field) }
    }
    self.fields = fields.sorted(by: FieldView.precedes)
    attributes = state.registers.filter { $0.key.role == .attribute }.compactMap { keyed in
      keyed.register.shown.content.map { Attribute(name: keyed.key.name, value: $0.source) }
    }
  }

  package subscript(field name: ExactText) -> FieldView? { fields.first { $0.name == name } }

  package func attribute(_ name: ExactText) -> ExactText? { attributes.first { $0.name == name }?.value }

  package static func kind(of state: EntryState) -> ExactText {
    let typed = state.register(RegisterKey(.value, "kind"))?.shown.content?.plain
    return typed.flatMap { $0.isEmpty ? nil : $0 } ?? state.kind
  }

  package static func path(of state: EntryState) -> ExactText {
    state.register(.path)?.shown.content?.plain ?? ""
  }
}

/// A field as a file shows it.
package struct FieldView: Equatable, Sendable {
  package let name: ExactText
  package let value: Value
  package let layout: FieldLayout

  package enum Value: Equatable, Sendable {
    /// One value, as typed and as plain text.
    case single(RegisterValue.Content)
    /// The elements in order, and their list as somebody last typed it.
    case set([SetElement], source: ExactText?)
  }

  /// Nil when the file does not have the field.
  package init?(_ name: ExactText, of state: EntryState, kind: ExactText, in context: DisplayContext) {
    let register = state.register(RegisterKey(.value, name))
    let elements = state.set(name)?.elements ?? []
    let shown = register?.shown(by: Schema.field(name, ofKind: kind).display, in: context)
    let source = state.register(RegisterKey(.source, name))?.shown.content?.source
    self.name = name
    layout = FieldLayout(name, of: state)
    // Both at once is a conflict; the file shows what came last by the history's order.
    let newestElement = elements.map(\.stamp).max()
    let newestValue = register?.members.first?.stamp
    if let content = shown?.content, newestElement.map({ element in newestValue.map { element < $0 } ?? false }) ?? true
    {
      value = .single(content)
    } else if !elements.isEmpty || source != nil {
      value = .set(elements.map(\.element), source: source)
    } else {
      return nil
    }
  }

  static func precedes(_ a: FieldView, _ b: FieldView) -> Bool {
    switch (a.layout.order, b.layout.order) {
    case (let x?, let y?): (x, a.name) < (y, b.name)
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): a.name < b.name
    }
  }
}

/// Where and how a field stands in its file; kept while the field itself is absent.
package struct FieldLayout: Equatable, Sendable {
  package let order: OrderKey?
  /// The key as typed up to the value; nil for the plain `key: `.
  package let label: ExactText?
  /// Comments and blank lines above.
  package let above: ExactText?
  /// The comment behind the value.
  package let behind: ExactText?

  package init(_ name: ExactText, of state: EntryState) {
    func source(_ role: Role) -> ExactText? { state.register(RegisterKey(role, name))?.shown.content?.source }
    order = source(.order).flatMap { OrderKey($0) }
    label = source(.label)
    above = source(.above)
    behind = source(.behind)
  }
}

extension Register {
  /// The last value by the history's order.
  package var shown: RegisterValue { members.first?.value ?? .absent }

  /// The value that a display rule picks among the open ones.
  package func shown(by rule: DisplayRule, in context: DisplayContext) -> RegisterValue {
    let open = openValues
    guard let index = rule.shown(among: open.map(\.value.content?.plain), in: context) else { return shown }
    return open[index].value
  }
}

extension EntryState {
  /// The fields that have or had a value or elements, by name.
  package var fieldNames: [ExactText] {
    var names = registers.filter { $0.key.role == .value || $0.key.role == .source }.map(\.key.name)
    names += sets.map(\.field)
    names.sort()
    var distinct: [ExactText] = []
    for name in names where name != distinct.last { distinct.append(name) }
    return distinct
  }
}
