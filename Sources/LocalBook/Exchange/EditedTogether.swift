import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

/// What several people did to the same parts of entries, where some of it came just now.
struct Meetings {
  var together: [SyncSummary.EditedTogether] = []
  var settled: [SettledConflict] = []
  var settledApart: [SyncSummary.SettledApart] = []
}

/// The changes that came, what each did, and what was in conflict before them and after.
struct Arrival {
  /// In order of arrival; those of this laptop that came back are not among them.
  let changes: [ChangeIndex]
  let refs: Set<ChangeRef>
  fileprivate(set) var edits: [ChangeIndex: [EntryID: [EditedPart: PartEdit]]] = [:]
  /// What people settled with these words.
  fileprivate(set) var resolved: [ConflictKey: [ChangeRef]] = [:]
  let conflictsBefore: Set<ConflictKey>
  let conflictsNow: Set<ConflictKey>
}

extension Workbench {
  /// Which parts were edited at the same time and stay so, which were settled, and which were settled in two ways.
  mutating func meetings(
    _ arrived: [ChangeIndex], before: Set<ConflictKey>, now: Set<ConflictKey>, _ places: [EntryID: ExactText]
  ) throws(BookError) -> Meetings {
    guard !arrived.isEmpty else { return Meetings() }
    let graph = try replicated { replica throws(ReplicaError) in try replica.graph() }
    let own = replica.tip.device
    let changes = arrived.filter { graph.ref(at: $0).device != own }
    var arrival = Arrival(
      changes: changes, refs: Set(changes.map { graph.ref(at: $0) }), conflictsBefore: before, conflictsNow: now)
    let pairs = try concurrentPairs(&arrival, in: graph)
    let parts = try met(pairs, arrival, graph)
    var meetings = Meetings()
    var settled = before.subtracting(now).union(arrival.resolved.keys)
    var together: [(entry: EntryID, part: EditedPart, people: Set<ExactText>)] = []
    for (entry, part, met) in parts {
      let key = part.subject.map { ConflictKey(entry: entry, subject: $0) }
      if let key, now.contains(key) {
        if let apart = try settledApart(key, places) {
          meetings.settledApart.append(apart)
        } else {
          together.append((entry, part, met.people))
        }
      } else if let key, met.setsValue {
        if decision(on: met, of: entry, part, arrival, graph) != nil { settled.insert(key) }
      } else if met.people.count > 1, part == .body || decision(on: met, of: entry, part, arrival, graph) == nil {
        together.append((entry, part, met.people))
      }
    }
    let passages = try passages(in: Set(together.filter { $0.part == .body }.map(\.entry)), arrival)
    for meeting in together {
      guard let state = try entry(meeting.entry) else { continue }
      // All made the same of it: it is there once, and nobody has to look.
      if meeting.part == .body, let found = passages[meeting.entry.hex], found.allSatisfy(\.isTwin) { continue }
      let path = (places[meeting.entry] ?? EntryView.path(of: state)).string
      let people = meeting.people.sorted().map(\.string)
      meetings.together.append(
        SyncSummary.EditedTogether(
          path: path, field: meeting.part.subject?.name, people: people,
          passages: meeting.part == .body ? (passages[meeting.entry.hex] ?? []).filter { !$0.isTwin } : []))
    }
    for key in settled.subtracting(now).sorted() {
      if let decision = try decision(key, arrival, places) { meetings.settled.append(decision) }
    }
    meetings.together.sortStably { ExactText($0.path) < ExactText($1.path) }
    meetings.settled.sortStably { ExactText($0.path) < ExactText($1.path) }
    meetings.settledApart.sortStably { ExactText($0.path) < ExactText($1.path) }
    return meetings
  }

  /// The passages of some texts that what arrived and what was here before both touched, or that arrived merged; by the
  /// entry's id in hexadecimal.
  private mutating func passages(
    in entries: Set<EntryID>, _ arrival: Arrival
  ) throws(BookError) -> [String: [FoundPassage]] {
    guard !entries.isEmpty, let first = arrival.changes.first else { return [:] }
    let graph = try replicated { replica throws(ReplicaError) in try replica.graph() }
    let here = graph.heads(ofPast: { $0 < first })
    var merges = [[here, graph.reduced(arrival.changes)].map { graph.version(of: $0) }]
    for index in arrival.changes where graph.parents(of: index).count > 1 {
      merges.append(try sides(of: graph.version(of: [index])))
    }
    var found: [String: [FoundPassage]] = [:]
    for merge in merges {
      for passage in try passages(merging: merge, of: entries)
      where found[passage.entry]?.contains(where: { $0.id == passage.id }) != true {
        found[passage.entry, default: []].append(passage)
      }
    }
    return found
  }

  // MARK: Who met whom

  private struct Pair {
    let entry: EntryID
    let one: ChangeIndex
    let other: ChangeIndex
  }

  /// A part that was edited on different laptops, not on all of them to the same effect.
  private struct Met {
    var people: Set<ExactText> = []
    var pairs: [Pair] = []
    var setsValue = false
  }

  /// Changes on one entry of which neither was made on the other; one of them arrived.
  private mutating func concurrentPairs(
    _ arrival: inout Arrival, in graph: EventGraph
  ) throws(BookError) -> [Pair] {
    var cursor = PastCursor(at: graph)
    var touches: [EntryID: [ChangeIndex]] = [:]
    var pairs: [Pair] = []
    for index in arrival.changes {
      cursor.move(to: graph.parents(of: index), in: graph)
      let change = try replicated { replica throws(ReplicaError) in try replica.change(at: index) }
      let edits = PartEdit.all(in: change)
      arrival.edits[index] = edits
      for entry in edits.keys.sorted() {
        if change.header.fields.origin == .resolved {
          // One decision a change; what is deleted is deleted again beside it.
          let subjects = (edits[entry] ?? [:]).keys.compactMap(\.subject)
          for subject in subjects where subject != .deletion || subjects.count == 1 {
            arrival.resolved[ConflictKey(entry: entry, subject: subject), default: []].append(change.ref)
          }
        }
        if touches[entry] == nil {
          touches[entry] = try stored { storage throws(StorageError) in try storage.touches(of: entry) }.map(\.index)
        }
        for other in touches[entry] ?? [] where other < index && !cursor.contains(other) {
          pairs.append(Pair(entry: entry, one: other, other: index))
        }
      }
    }
    return pairs
  }

  /// The parts that the pairs have in common, by entry and part.
  private mutating func met(
    _ pairs: [Pair], _ arrival: Arrival, _ graph: EventGraph
  ) throws(BookError) -> [(EntryID, EditedPart, Met)] {
    var edits = arrival.edits
    var people: [ChangeIndex: ExactText] = [:]
    var met: [EntryID: [EditedPart: Met]] = [:]
    for pair in pairs {
      for index in [pair.one, pair.other] {
        if edits[index] == nil {
          let change = try replicated { replica throws(ReplicaError) in try replica.change(at: index) }
          edits[index] = PartEdit.all(in: change)
        }
        if people[index] == nil { people[index] = ExactText(try person(at: index)) }
      }
      // A laptop whose file showed an older version has not met itself.
      guard graph.ref(at: pair.one).device != graph.ref(at: pair.other).device, let one = people[pair.one],
        let other = people[pair.other]
      else { continue }
      for part in (edits[pair.one]?[pair.entry] ?? [:]).keys where edits[pair.other]?[pair.entry]?[part] != nil {
        met[pair.entry, default: [:]][part, default: Met()].people.formUnion([one, other])
        met[pair.entry]?[part]?.pairs.append(pair)
      }
    }
    var found: [(EntryID, EditedPart, Met)] = []
    for entry in met.keys.sorted() {
      let parts = met[entry] ?? [:]
      for part in parts.keys.sorted() where part != .deletion {
        guard var met = parts[part] else { continue }
        // Each laptop's changes on top of each other: what somebody changed back again is no difference.
        var byDevice: [DeviceID: PartEdit] = [:]
        for index in Set(met.pairs.flatMap { [$0.one, $0.other] }).sorted() {
          guard let edit = edits[index]?[entry]?[part] else { continue }
          byDevice[graph.ref(at: index).device, default: PartEdit()].add(edit)
        }
        let first = byDevice.values.first
        if part != .body && byDevice.values.allSatisfy({ $0 == first }) { continue }
        met.setsValue = byDevice.values.contains(where: \.setsValue)
        found.append((entry, part, met))
      }
    }
    return found
  }

  /// A later change of the same part, which came as well, and whose author had seen what two others did.
  private func decision(
    on met: Met, of entry: EntryID, _ part: EditedPart, _ arrival: Arrival, _ graph: EventGraph
  ) -> ChangeIndex? {
    let earliest = met.pairs.map(\.other).min() ?? ChangeIndex(0)
    for index in arrival.changes where index > earliest && arrival.edits[index]?[entry]?[part] != nil {
      var cursor = PastCursor(at: graph)
      cursor.move(to: graph.parents(of: index), in: graph)
      if met.pairs.contains(where: { cursor.contains($0.one) && cursor.contains($0.other) }) { return index }
    }
    return nil
  }

  func person(at index: ChangeIndex) throws(BookError) -> String {
    guard let row = try stored({ storage throws(StorageError) in try storage.row(at: index) }) else { return "" }
    return try person(row.ref.device)
  }
}

extension Array {
  /// Equal ones keep their order.
  mutating func sortStably(by isBefore: (Element, Element) -> Bool) {
    self = enumerated().sorted { one, other in
      isBefore(one.element, other.element)
        || (!isBefore(other.element, one.element) && one.offset < other.offset)
    }.map(\.element)
  }
}
