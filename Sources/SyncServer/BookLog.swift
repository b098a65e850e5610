import Bytes
import Formats
import History
import LogStore
import SyncProtocol
import Synchronization

/// One book's queue: runs of all connections are judged and committed in the order they came, together where they wait
/// together.
final class BookLog: Sendable {
  /// Runs judged at a time, and their section bytes: what one plan holds.
  static let runLimit = 128
  static let byteLimit = 16 << 20
  /// How often a plan that turns out stale is made anew before the run is given back.
  static let attempts = 16

  let book: BookID
  private let store: any LogStore
  private let epoch: Epoch
  private let cryptography: Cryptography
  private let watchers: Watchers
  private let troubles: StoreTroubles
  private let queue = Mutex(Queue())
  private let held = Mutex<Held?>(nil)

  private struct Submission {
    let run: PackedRun
    let name: BookName?
    let decided: @Sendable (Verdict) -> Void
  }

  private struct Queue {
    var waiting: [Submission] = []
    var isWorking = false
  }

  /// Where the log stands as far as this queue knows: a guess that each append checks.
  private struct Held {
    var state: BookState
    var known: KnownHistory
  }

  init(
    of book: BookID, in store: any LogStore, epoch: Epoch, cryptography: Cryptography, watchers: Watchers,
    troubles: StoreTroubles
  ) {
    self.book = book
    self.store = store
    self.epoch = epoch
    self.cryptography = cryptography
    self.watchers = watchers
    self.troubles = troubles
  }

  /// Queues a run; `decided` is called in the order of submission, accepted only once it is on the disk. `name` is what
  /// the server shall call the book if this run begins it.
  func submit(_ run: PackedRun, naming name: BookName?, _ decided: @escaping @Sendable (Verdict) -> Void) {
    let isFirst = queue.withLock { queue in
      queue.waiting.append(Submission(run: run, name: name, decided: decided))
      defer { queue.isWorking = true }
      return !queue.isWorking
    }
    if isFirst { Task { await work() } }
  }

  private func work() async {
    while let group = next() {
      let verdicts = await decide(group)
      for (submission, verdict) in zip(group, verdicts) { submission.decided(verdict) }
    }
  }

  private func next() -> [Submission]? {
    queue.withLock { queue in
      var bytes = 0
      var group: [Submission] = []
      for submission in queue.waiting {
        let size = submission.run.sections.reduce(0) { $0 + $1.packed.count }
        if !group.isEmpty && (group.count == Self.runLimit || bytes + size > Self.byteLimit) { break }
        bytes += size
        group.append(submission)
      }
      queue.waiting.removeFirst(group.count)
      if group.isEmpty { queue.isWorking = false }
      return group.isEmpty ? nil : group
    }
  }

  private func decide(_ group: [Submission]) async -> [Verdict] {
    do throws(StoreError) {
      for _ in 0..<Self.attempts {
        let name = group.lazy.compactMap(\.name).first
        let here = try await standing(naming: name)
        switch here {
        case .failure(let error): return group.map { _ in .refused(error) }
        case .success(let here):
          let outcome = Sequencer.plan(
            group.map(\.run), on: here.state, naming: name, known: here.known, cryptography: cryptography)
          guard let plan = outcome.plan else {
            held.withLock { $0 = Held(state: here.state, known: outcome.known) }
            return outcome.verdicts
          }
          if try await append(plan) == .committed {
            held.withLock { $0 = Held(state: plan.next, known: outcome.known) }
            watchers.grew(to: plan.next)
            return outcome.verdicts
          }
        }
      }
      return group.map { _ in .refused(WireError(.unavailable, retryAfter: 1_000)) }
    } catch {
      await troubles.heard(error, of: book)
      return group.map { _ in .refused(WireError(error)) }
    }
  }

  /// Repeats a plan until its outcome is known.
  private func append(_ plan: AppendPlan) async throws(StoreError) -> AppendResult {
    while true {
      do throws(StoreError) { return try await store.append(plan) } catch {
        guard error == .unknown else { throw error }
      }
    }
  }

  /// What was held, taken out so that it can grow in place; read anew after a stale plan.
  private func standing(naming name: BookName?) async throws(StoreError) -> Result<Held, WireError> {
    let kept = held.withLock { held in
      defer { held = nil }
      return held
    }
    if let kept { return .success(kept) }
    if let state = try await store.states(of: [book])[0] {
      var known = KnownHistory()
      for run in try await store.known(of: book, after: .zero) {
        guard known.append(run) else {
          throw .corrupt("position \(run.position.rawValue): its run does not follow from those before it")
        }
      }
      return .success(Held(state: state, known: known))
    }
    guard let name else { return .failure(WireError(.noSuchBook)) }
    if let other = try await store.book(named: name), other != book { return .failure(WireError(.nameTaken)) }
    return .success(Held(state: .start(of: book, epoch: epoch, hash: cryptography.hash), known: KnownHistory()))
  }
}

extension WireError {
  /// What a client is told of a store's trouble. None of it is the client's fault, and its runs are kept there.
  init(_ error: StoreError) {
    switch error {
    case .unavailable(let retryAfter): self.init(.unavailable, retryAfter: retryAfter)
    case .readOnly(.diskFull): self.init(.diskFull, retryAfter: 60_000)
    case .readOnly(.fileSystem): self.init(.readOnly, retryAfter: 60_000)
    case .unknown, .poisoned: self.init(.unavailable, retryAfter: 5_000)
    case .corrupt, .incompatible, .cannotOpen: self.init(.corrupt)
    }
  }
}
