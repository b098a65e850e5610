import Bytes
import GRDB
import History
import SyncProtocol

/// Puts the plans that wait together into one transaction: one sync for all of them.
actor GroupCommit {
  /// Plans of one transaction at most.
  static let planLimit = 64

  private let pool: DatabasePool
  private let now: @Sendable () -> Int64
  private var waiting: [Waiting] = []
  private var isCommitting = false
  /// Set for good by a commit that failed.
  private var poison: StoreError?

  private struct Waiting {
    let plan: AppendPlan
    let outcome: CheckedContinuation<Result<AppendResult, StoreError>, Never>
  }

  init(pool: DatabasePool, now: @escaping @Sendable () -> Int64) {
    self.pool = pool
    self.now = now
  }

  func append(_ plan: AppendPlan) async -> Result<AppendResult, StoreError> {
    await withCheckedContinuation { outcome in
      waiting.append(Waiting(plan: plan, outcome: outcome))
      guard !isCommitting else { return }
      isCommitting = true
      Task { await drain() }
    }
  }

  private func drain() async {
    while !waiting.isEmpty {
      let group = Array(waiting.prefix(Self.planLimit))
      waiting.removeFirst(group.count)
      let results = await commit(group.map(\.plan))
      for (waiting, result) in zip(group, results) { waiting.outcome.resume(returning: result) }
    }
    isCommitting = false
  }

  private func commit(_ plans: [AppendPlan]) async -> [Result<AppendResult, StoreError>] {
    if let poison { return plans.map { _ in .failure(poison) } }
    let time = now()
    do {
      let results = try await pool.writeWithoutTransaction { database in
        try Self.commit(plans, in: database, at: time)
      }
      return results.map { .success($0) }
    } catch {
      let failure = error as? StoreError ?? StoreError(reading: error)
      if case .poisoned = failure { poison = failure }
      return plans.map { _ in .failure(failure) }
    }
  }

  private static func commit(
    _ plans: [AppendPlan], in database: Database, at time: Int64
  ) throws -> [AppendResult] {
    try database.beginTransaction(.immediate)
    var results: [AppendResult] = []
    do {
      for plan in plans { results.append(try plan.write(to: database, at: time)) }
    } catch {
      try? database.rollback()
      throw error
    }
    do { try database.commit() } catch {
      // SQLite says of a full disk that nothing was committed; of anything else nobody knows.
      let isFull = (error as? DatabaseError)?.resultCode == .SQLITE_FULL
      try? database.rollback()
      throw isFull
        ? StoreError.readOnly(.diskFull) : .poisoned("\((error as? DatabaseError)?.extendedResultCode.rawValue ?? 0)")
    }
    return results
  }
}
