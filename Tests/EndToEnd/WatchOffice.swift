import Foundation
import Glibc
import ProgramTesting
import Testing

/// A book on a server and some laptops, which stay connected.
final class WatchOffice {
  let place: Place
  let server: Server
  var watching: [String: Running] = [:]

  /// A book on a server, and on the laptops named.
  init(_ laptops: [String]) throws {
    place = try Place()
    server = try Server(place)
    try place.write("---\ntitle: Meeting\n---\nText\n", to: "\(laptops[0])/notes/a.md")
    try #require(place.valise("new", laptops[0], "--name", laptops[0]).code == 0)
    try #require(place.valise("-C", laptops[0], "publish", server.url("book")).code == 0)
    for other in laptops.dropFirst() {
      try #require(place.valise("join", server.url("book"), other, "--name", other).code == 0)
    }
  }

  deinit { for running in watching.values { running.signal(SIGKILL) } }

  func watch(_ laptop: String) throws { watching[laptop] = try place.start("-C", laptop, "sync", "--watch") }

  @discardableResult func stop(_ laptop: String, _ signal: Int32 = SIGINT) throws -> Ended {
    let found = watching.removeValue(forKey: laptop)
    let running = try #require(found)
    running.signal(signal)
    return try running.wait()
  }

  /// Waits for something that has to come; the limit only catches what hangs.
  func wait(_ what: String, until isThere: () throws -> Bool) throws {
    for _ in 0..<3_000 {
      if try isThere() { return }
      usleep(20_000)
    }
    let said = try watching.sorted { $0.key < $1.key }.map { "\($0.key): \(try $0.value.printed())" }
    throw Programs.Broken(description: "\(what) does not come; \(said.joined(separator: "; "))")
  }

  func printed(_ laptop: String) throws -> String { try #require(watching[laptop]).printed() }

  func printedErrors(_ laptop: String) throws -> String { try #require(watching[laptop]).printedErrors() }

  /// The amount in brackets behind the last `Sent`.
  func lastBytes(_ laptop: String) throws -> String {
    let tail = try printed(laptop).components(separatedBy: "Sent 1 change (").last ?? ""
    return tail.components(separatedBy: ")").first ?? ""
  }
}
