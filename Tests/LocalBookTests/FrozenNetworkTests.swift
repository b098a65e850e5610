import Foundation
import LocalBook
import ProgramTesting
import PropertyTesting
import SyncClient
import Testing

/// A network that falls silent in the middle of a sync.
@Suite struct FrozenNetworkTests {
  /// Together they freeze at every third byte; which third, the seed says. Each waits for a network that says nothing, which
  /// takes its time on any machine: all bytes would take over a minute.
  @Test(arguments: 0..<4)
  func `U21: frozen at each byte of a sync, nothing is called sent before the server has it for good`(
    part: Int
  ) async throws {
    try await OwnServer.running { port in
      let proxy = try Proxy(to: UInt16(port))
      defer { proxy.stop() }
      let folders = try [TestFolder(), TestFolder()]
      try folders[0].write("Text.\n", to: "notes/a.md")
      _ = try LocalBook.new(at: folders[0].path, name: nil, .test("Anne"))
      let url = "valise://127.0.0.1:\(proxy.port)/book"
      _ = try await folders[0].open(.test("Anne")).publish(url: url)
      // Ben's network is in order.
      let direct = "valise://127.0.0.1:\(port)/book"
      _ = try await LocalBook.join(url: direct, at: folders[1].path, name: nil, .test("Ben"))
      var impatient = Environment.test("Anne")
      impatient.timeouts.connect = .milliseconds(80)
      impatient.timeouts.welcome = .milliseconds(80)
      impatient.timeouts.quiet = .milliseconds(40)
      impatient.timeouts.dead = .milliseconds(80)

      var (offline, sent) = (0, 0)
      let whole = try await usualBytes(folders, proxy)
      let offset = Int(replayedSeed ?? 1) % 3
      for count in stride(from: part * 3 + offset, through: whole + 12, by: 12) {
        let word = "frozen\(count)x"
        try folders[0].write("Text.\n\(word)\n", to: "notes/a.md")
        try folders[1].write("Ben \(count).\n", to: "notes/b.md")
        _ = try await folders[1].open(.test("Ben")).sync()
        proxy.freeze(after: count)
        let summary = try await folders[0].open(impatient).sync()
        if summary.outcome == .synced { sent += 1 } else { offline += 1 }
        let standing = try folders[0].open().status().server
        try #require(standing.unsent == summary.standing.unsent)
        if standing.unsent == 0 || summary.sent > 0 || summary.outcome == .synced {
          // Said to be sent: then the server gives it to everybody.
          _ = try await folders[1].open(.test("Ben")).sync()
          try #require(try folders[1].read("notes/a.md").contains(word), "at byte \(count): \(summary.outcome)")
        }
        try #require(try folders[0].read("notes/a.md").contains(word))
        proxy.thaw()
        let again = try await folders[0].open(.test("Anne")).sync()
        try #require(again.outcome == .synced && again.standing.unsent == 0 && again.notices.isEmpty)
        _ = try await folders[1].open(.test("Ben")).sync()
        try #require(folders[0].files == folders[1].files, "at byte \(count)")
        try #require(try folders[0].read("notes/a.md") == "Text.\n\(word)\n")
      }
      #expect(offline > 5 && sent > 0)
    }
  }

  /// How many bytes such a sync takes.
  private func usualBytes(_ folders: [TestFolder], _ proxy: Proxy) async throws -> Int {
    try folders[0].write("Text.\nfrozen000x\n", to: "notes/a.md")
    try folders[1].write("Ben 000.\n", to: "notes/b.md")
    _ = try await folders[1].open(.test("Ben")).sync()
    let before = proxy.passed.count
    _ = try await folders[0].open(.test("Anne")).sync()
    return proxy.passed.count - before
  }
}
