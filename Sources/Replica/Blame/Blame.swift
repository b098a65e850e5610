package import Bytes
package import History
import Merge
import Record

/// Who wrote what of an entry: each field, and each sentence of the body.
///
/// What was taken back, and taking it back, count for nothing: what an undo brings back is whose it was.
package struct Blame: Equatable, Sendable {
  /// In the file's order; a disputed one is there once a side.
  package let fields: [Field]
  /// In the order of the text, those of blanks alone left out.
  package let sentences: [Sentence]

  package struct Field: Equatable, Sendable {
    package let name: ExactText
    /// The plain text; of a set, its elements in order.
    package let value: [ExactText]
    /// The last change that made it so.
    package let change: ChangeRef
    /// What stood there before that change; empty where nothing did.
    package let former: [ExactText]
  }

  package struct Sentence: Equatable, Sendable {
    /// In the body, from 1.
    package let line: Int
    package let text: String
    /// The last change that typed or deleted anything in it.
    package let change: ChangeRef
    /// What stood there before that change; empty where nothing did.
    package let former: String
  }
}

extension Replica {
  /// Who wrote what of an entry as a version has it (nil: the newest); nil where it does not know the entry.
  ///
  /// `view` says what the file shows. Costs the entry's history once, and a replay of its fields for each set.
  package mutating func blame(
    _ id: EntryID, at version: Version? = nil, _ view: EntryView
  ) throws(ReplicaError) -> Blame? {
    let past = try past(of: id, at: version)
    guard !past.changes.isEmpty else { return nil }
    return Blame(fields: FieldBlame(past).fields(view), sentences: SentenceBlame(past).sentences())
  }
}

/// Finds who set each field.
private struct FieldBlame {
  private let past: EntryPast
  private let state: EntryState?
  /// By field, in order of arrival.
  private var settings: [ExactText: [Setting]] = [:]

  /// One setting of a field's value.
  private struct Setting {
    /// Of the change, in the entry's past.
    let place: Int
    let event: OperationRef
    let values: [RegisterValue]
  }

  init(_ past: EntryPast) {
    self.past = past
    state = past.state()
    for (place, change) in past.changes.enumerated() {
      for (number, operation) in change.operations.enumerated() {
        guard case .set(past.id, let key, let values) = operation, key.role == .value else { continue }
        let setting = Setting(place: place, event: change.operationRef(number), values: values)
        settings[key.name, default: []].append(setting)
      }
    }
  }

  func fields(_ view: EntryView) -> [Blame.Field] {
    guard let state else { return [] }
    var fields: [Blame.Field] = []
    for field in view.fields {
      let members = state.register(RegisterKey(.value, field.name))?.openValues ?? []
      for member in members {
        guard let content = member.value.content else { continue }
        fields.append(
          Blame.Field(
            name: field.name, value: [content.plain], change: member.event.change,
            former: former(of: field.name, before: member.event)))
      }
      if case .set(let elements, _) = field.value, let last = lastChange(ofSet: field.name) {
        fields.append(
          Blame.Field(
            name: field.name, value: elements.map(\.text), change: past.changes[last].ref,
            former: former(ofSet: field.name, before: last)))
      }
    }
    return fields
  }

  /// What whoever set a field saw in it: the last setting by the history's order, of those that he knew.
  private func former(of name: ExactText, before event: OperationRef) -> [ExactText] {
    let settings = settings[name] ?? []
    guard let own = settings.last(where: { $0.event == event }) else { return [] }
    let known = past.known(to: own.place)
    var last: Setting?
    for setting in settings where setting.place == own.place ? setting.event < event : known[setting.place] {
      if last.map({ $0.place == setting.place || past.isLater(setting.place, than: $0.place) }) ?? true {
        last = setting
      }
    }
    return last?.values.first?.content.map { [$0.plain] } ?? []
  }

  /// The last change, by place, that did anything to a set, or typed it anew.
  private func lastChange(ofSet name: ExactText) -> Int? {
    let voided = past.voided()
    var last: Int?
    for (place, change) in past.changes.enumerated() where !voided.contains(place) {
      let touches = change.operations.contains { operation in
        switch operation {
        case .add(past.id, name, _, _), .remove(past.id, name, _): true
        case .set(past.id, RegisterKey(.source, name), _): true
        default: false
        }
      }
      if touches, last.map({ past.isLater(place, than: $0) }) ?? true { last = place }
    }
    return last
  }

  private func former(ofSet name: ExactText, before place: Int) -> [ExactText] {
    let known = past.known(to: place)
    let state = past.state(without: Set(known.indices.filter { !known[$0] }))
    return state?.set(name)?.elements.map(\.element.text) ?? []
  }
}
