import Bytes
import Foundation
import Glibc
import History
import LogStore
import SyncProtocol
import SyncTesting
import Testing

/// What a store does when the disk lets it down.
@Suite struct PoisonTests {
  /// Puts a file that cannot be synced in the place of the store's write-ahead log.
  private static func breakSync(of path: String) throws {
    let log = path + "/log.sqlite-wal"
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)
      guard link == log, let descriptor = Int32(name) else { continue }
      let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
      #expect(dup2(null, descriptor) == descriptor)
      close(null)
    }
  }

  @Test func `a commit that could not be synced poisons the store for good`() async throws {
    let folder = try Folder()
    var planner = Planner(try TestBook())
    let store = try folder.store()
    _ = try await store.open()
    #expect(try await store.append(try #require(try planner.plan(0, from: 0))) == .committed)
    let before = planner.state
    try Self.breakSync(of: folder.path)
    try planner.book.type("never acknowledged ", by: 0)
    let plan = try #require(try planner.plan(0, from: 1))
    for _ in 0..<2 {
      do throws(StoreError) {
        let result = try await store.append(plan)
        Issue.record("\(result) without a sync")
      } catch {
        guard case .poisoned = error else {
          Issue.record("\(error)")
          return
        }
      }
    }
    // Whoever starts again finds what was acknowledged, and can go on.
    let again = try folder.store()
    _ = try await again.open()
    let state = try #require(try await again.states(of: [planner.book.id])[0])
    #expect(state == before || state == plan.next)
    if state == before { #expect(try await again.append(plan) == .committed) }
  }
}
