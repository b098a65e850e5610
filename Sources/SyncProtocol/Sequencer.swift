package import Bytes
package import Formats
package import History

/// What a store is to append, all or nothing, if the book still stands where the plan expects it.
package struct AppendPlan: Equatable, Sendable {
  package let expected: BookState
  /// What the server calls the book; set in the plan that opens it.
  package let name: BookName?
  package let entries: [Entry]
  package let next: BookState

  /// A position to be, and what later runs will be judged by.
  package struct Entry: Equatable, Sendable {
    package let entry: LogEntry
    package let known: KnownRun

    package init(entry: LogEntry, known: KnownRun) {
      self.entry = entry
      self.known = known
    }
  }

  package init(expected: BookState, name: BookName?, entries: [Entry], next: BookState) {
    self.expected = expected
    self.name = name
    self.entries = entries
    self.next = next
  }

  package var book: BookID { expected.book }
}

/// Decides what a book's log takes, and in which order: the one place that does.
///
/// Pure: the same state, history and queue give the same plan. A store only compares and writes.
package enum Sequencer {
  package struct Outcome: Sendable {
    /// Nil when nothing is to be appended.
    package let plan: AppendPlan?
    /// One for each run of the queue, true once the plan is committed.
    package let verdicts: [Verdict]
    /// The history once the plan is committed.
    package let known: KnownHistory
  }

  /// Judges the runs in order, each on the log after those before it. A refused run leaves no trace.
  ///
  /// Cost: unpacking, a hash a change and a signature check a run. Takes the history to extend it in place.
  package static func plan(
    _ queue: [PackedRun], on state: BookState, naming name: BookName?, known: consuming KnownHistory,
    cryptography: Cryptography
  ) -> Outcome {
    var judge = RunJudge(state: state, known: known, cryptography: cryptography)
    var verdicts: [Verdict] = []
    for run in queue { verdicts.append(judge.verdict(on: run)) }
    let plan =
      judge.entries.isEmpty
      ? nil
      : AppendPlan(
        expected: state, name: state.position == .zero ? name : nil, entries: judge.entries, next: judge.state)
    return Outcome(plan: plan, verdicts: verdicts, known: judge.known)
  }
}

/// The log as it grows while a queue is judged.
private struct RunJudge {
  var state: BookState
  var known: KnownHistory
  let cryptography: Cryptography
  var entries: [AppendPlan.Entry] = []

  init(state: BookState, known: consuming KnownHistory, cryptography: Cryptography) {
    self.state = state
    self.known = known
    self.cryptography = cryptography
  }

  mutating func verdict(on run: PackedRun) -> Verdict {
    do { return try judge(run) } catch { return .refused(error) }
  }

  private mutating func judge(_ run: PackedRun) throws(WireError) -> Verdict {
    let next = known.count(of: run.device)
    let first = ChangeRef(device: run.device, seq: run.first)
    guard run.first <= next else {
      throw WireError(.gap, "\(first.short) came, \(ChangeRef(device: run.device, seq: next).short) is next")
    }
    let changes = try unpack(run)
    guard let last = changes.last else { throw WireError(.badRun, first.short) }
    if run.first < next {
      // What both have must be the same; a run that only repeats has its place already.
      let shared = min(run.last, next - 1)
      let index = Int(shared - run.first)
      guard known.id(of: changes[index].ref) == changes[index].id else {
        throw WireError(.equivocation, changes[index].ref.short)
      }
      guard run.last < next, let position = known.position(of: last.ref) else { return .overlapping(next: next) }
      return .duplicate(position)
    }
    let key = try certifiedKey(of: run.device, changes)
    for change in changes { try checkRoot(change) }
    try checkSignature(run, last, key)
    try admit(changes)
    known.certify(run.device, key)
    return .accepted(try append(run, changes, last, key))
  }

  private func unpack(_ run: PackedRun) throws(WireError) -> [Change] {
    var previous: ChangeID?
    if run.first > 0 {
      previous = known.id(of: ChangeRef(device: run.device, seq: run.first - 1))
    }
    do {
      return try RunCodec.unpack(
        run, book: state.book, previous: previous, ids: known.id(of:), hash: cryptography.hash)
    } catch {
      switch error {
      case .unknownParent(let parent, let of):
        throw WireError(.unknownParent, "\(of.short) was made on \(parent.short), which is not here")
      default: throw WireError(.badRun, "\(ChangeRef(device: run.device, seq: run.first).short): \(error.name)")
      }
    }
  }

  /// A device vouches for itself: its first change introduces the key that its id was made from. Nothing else does.
  private func certifiedKey(of device: DeviceID, _ changes: [Change]) throws(WireError) -> PublicKey {
    var key = known.key(of: device)
    for change in changes {
      for (index, operation) in change.operations.enumerated() {
        guard case .introduce(let introduction) = operation, let introduced = introduction.key else { continue }
        guard change.ref.seq == 0, index == 0,
          DeviceID(
            key: introduced.publicKey, incarnation: introduced.incarnation, hash: cryptography.hash) == device
        else { throw WireError(.uncertified, change.ref.short) }
        key = introduced.publicKey
      }
    }
    guard let key else { throw WireError(.uncertified, ChangeRef(device: device, seq: 0).short) }
    guard known.key(of: device) != nil || known.vector.counts.count < SyncLimits.devices else {
      throw WireError(.overLimit, "a book has at most \(SyncLimits.devices) devices")
    }
    return key
  }

  private func checkSignature(_ run: PackedRun, _ last: Change, _ key: PublicKey) throws(WireError) {
    let message = ChainSignature.message(book: state.book, ref: last.ref, id: last.id)
    guard let signature = run.signature, cryptography.verify(signature, message, key) else {
      throw WireError(.badSignature, last.ref.short)
    }
  }

  /// The log's first change founds the book and gives it its id; no other founds, or is made on nothing.
  private func checkRoot(_ change: Change) throws(WireError) {
    let isFirst = BookID(root: change.id) == state.book
    let founds = change.operations.contains { if case .found = $0 { true } else { false } }
    guard isFirst == founds, isFirst == change.header.parents.isEmpty else {
      throw WireError(.badRoot, change.ref.short)
    }
  }

  /// Adds the changes to the history, all or none.
  private mutating func admit(_ changes: [Change]) throws(WireError) {
    // Only parents inside the run can turn out not to be reduced once some of its changes are in already; such runs
    // are rare enough to be paid for with a copy.
    let needsCopy = changes.contains { change in
      change.header.parents.count > 1 && change.header.parents.contains { known.graph.index(of: $0) == nil }
    }
    if !needsCopy { for change in changes { try checkReduced(change) } }
    let before = needsCopy ? known : nil
    for change in changes {
      do { try known.admit(change, at: state.position.next) } catch {
        if let before { known = before }
        throw WireError(error, change.ref)
      }
    }
  }

  private func checkReduced(_ change: Change) throws(WireError) {
    guard change.header.parents.count > 1 else { return }
    let parents = change.header.parents.compactMap { known.graph.index(of: $0) }.sorted()
    guard known.graph.reduced(parents) == parents else {
      throw WireError(.badRun, "\(change.ref.short): one parent is in another's past")
    }
  }

  private mutating func append(
    _ run: PackedRun, _ changes: [Change], _ last: Change, _ key: PublicKey
  ) throws(WireError) -> Position {
    guard let signature = run.signature else { throw WireError(.badSignature, last.ref.short) }
    let position = state.position.next
    let chain = state.chain.next(last.id, hash: cryptography.hash)
    let refs = changes.map { change in
      KnownChange(
        id: change.id,
        parents: change.header.parents.compactMap { known.graph.index(of: $0).map { known.graph.ref(at: $0) } })
    }
    entries.append(
      AppendPlan.Entry(
        entry: LogEntry(
          position: position, device: run.device, first: run.first, count: run.count, signature: signature,
          id: last.id, chain: chain, sectionCount: run.sections.count, sections: LogEntry.sections(of: run)),
        known: KnownRun(
          position: position, device: run.device, first: run.first, changes: refs,
          key: run.first == 0 ? key : nil)))
    state = BookState(book: state.book, epoch: state.epoch, position: position, chain: chain)
    return position
  }
}

extension WireError {
  fileprivate init(_ error: HistoryError, _ change: ChangeRef) {
    switch error {
    case .known(let ref), .equivocation(let ref, _, _): self.init(.equivocation, ref.short)
    case .gap(let ref, _): self.init(.gap, ref.short)
    case .brokenChain(let ref): self.init(.brokenChain, ref.short)
    case .unknownParent: self.init(.unknownParent, change.short)
    case .parentsNotReduced(let ref): self.init(.badRun, "\(ref.short): one parent is in another's past")
    }
  }
}

extension ChangeRef {
  /// The device's first digits and the seq, for an error's detail.
  var short: String { "\(device.bytes.prefix(4).hex):\(seq)" }
}
