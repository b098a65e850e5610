import Foundation
import Glibc
import ProgramTesting
import Testing

/// Two commands at once on one book.
@Suite(.serialized) struct LockTests {
  private static let busy: Int32 = 5

  private func book() throws -> Place {
    let place = try Place()
    try place.write("---\ntitle: Meeting\n---\nText\n", to: "book/notes/a.md")
    try #require(place.valise("new", "book", "--name", "Anne").code == 0)
    return place
  }

  /// A sync that has the book's lock and waits for a server that takes the connection and says nothing.
  private func holder(_ place: Place, _ silence: Silence) throws -> Running {
    try Store.set("server.url", to: "valise://127.0.0.1:\(silence.port)/book", in: place.url("book"))
    let holder = try place.start("-C", "book", "sync")
    for _ in 0..<1_000 {
      if try place.read("book/.valise/lock").contains("valise sync (process \(holder.pid))") { return holder }
      usleep(10_000)
    }
    throw Programs.Broken(description: "sync does not take the lock")
  }

  @Test func `the second command waits ten seconds, then names the holder and exits with the code for busy`() throws {
    let (place, silence) = (try book(), try Silence())
    let holder = try holder(place, silence)
    holder.signal(SIGSTOP)
    let second = try place.valise("-C", "book", "status")
    #expect(second.code == Self.busy && second.output.isEmpty)
    #expect(second.errors.contains("valise sync (process \(holder.pid))"))
    #expect(second.took > .seconds(9.5) && second.took < .seconds(30), "\(second.took)")
    holder.signal(SIGKILL)
    #expect(try holder.wait().wasKilled)
    #expect(try place.valise("-C", "book", "status").code == 0)
  }

  @Test func `the second command goes on as soon as the first has ended`() throws {
    let (place, silence) = (try book(), try Silence())
    let holder = try holder(place, silence)
    holder.signal(SIGSTOP)
    let second = try place.start("-C", "book", "save")
    usleep(1_500_000)
    #expect(second.isRunning)
    holder.signal(SIGKILL)
    _ = try holder.wait()
    let ended = try second.wait()
    #expect(ended.code == 0 && ended.errors.isEmpty)
    #expect(ended.took < .seconds(9))
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGKILL, SIGHUP])
  func `a command that is interrupted leaves no lock behind, and what it had recorded is there`(signal: Int32) throws {
    let (place, silence) = (try book(), try Silence())
    try place.write("---\ntitle: Meeting\n---\nText, and more\n", to: "book/notes/a.md")
    let holder = try holder(place, silence)
    usleep(100_000)
    holder.signal(signal)
    let ended = try holder.wait()
    #expect(ended.wasKilled && ended.code == signal)
    #expect(ended.errors.isEmpty, "it ends quietly: \(ended.errors)")
    let next = try place.valise("-C", "book", "status", "--json")
    #expect(next.code == 0 && next.took < .seconds(9), "\(next.took)")
    let log = try place.valise("-C", "book", "log", "--json").objects()
    #expect(log.count == 3)
  }

  @Test func `many commands at once all come to an end, one after the other`() throws {
    let place = try book()
    try place.write("---\ntitle: Meeting\n---\nText, and more\n", to: "book/notes/a.md")
    let running = try (0..<6).map { _ in try place.start("-C", "book", "save", "--json") }
    var saved = 0
    for command in running {
      let ended = try command.wait()
      #expect(ended.code == 0, "\(ended.errors)")
      saved += try (ended.objects().first?["saved"] as? [Any])?.count ?? 0
    }
    #expect(saved == 1)
  }
}

/// Takes connections and never says anything.
final class Silence {
  private let socket: Int32
  let port: UInt16

  init() throws {
    let port = try Programs.freePort()
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listens = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(socket, address, size) == 0 && listen(socket, 16) == 0
      }
    }
    guard listens else { throw Programs.Broken(description: "no listening") }
    self.socket = socket
    self.port = port
  }

  deinit { close(socket) }
}
