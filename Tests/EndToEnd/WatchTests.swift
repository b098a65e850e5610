import Foundation
import Glibc
import ProgramTesting
import PropertyTesting
import Testing

/// Laptops that stay connected: real processes, real files, a real server.
@Suite(.serialized) struct WatchTests {
  @Test func `what is saved on one laptop stands on the other, and both say so in a line`() throws {
    let office = try WatchOffice(["anne", "ben"])
    try office.watch("anne")
    try office.watch("ben")
    try office.place.write("---\ntitle: Meeting\n---\nText, and more\n", to: "anne/notes/a.md")
    try office.wait("the edit") { try office.place.read("ben/notes/a.md").contains("and more") }
    try office.place.write("---\nname: Omar\n---\n", to: "ben/people/omar/omar.md")
    try office.wait("a note in a new folder") { office.place.exists("anne/people/omar/omar.md") }
    try FileManager.default.moveItem(at: office.place.url("anne/notes/a.md"), to: office.place.url("anne/notes/b.md"))
    try office.wait("the new name") {
      office.place.exists("ben/notes/b.md") && !office.place.exists("ben/notes/a.md")
    }
    try office.wait("the lines") {
      let (anne, ben) = (try office.printed("anne"), try office.printed("ben"))
      return anne.contains("Saved: 1 note edited. Sent 1 change (") && anne.contains("ben: 1 person added.")
        && ben.contains("anne: 1 note edited.") && ben.contains("anne: 1 note renamed.")
    }
    for laptop in ["anne", "ben"] {
      let ended = try office.stop(laptop)
      #expect(ended.errors.isEmpty, "it ends quietly")
      #expect(ended.wasKilled && ended.code == SIGINT)
    }
    #expect(office.place.notes("anne") == office.place.notes("ben"))
  }

  /// The shell waits for both ends of the pipe; the limit only catches what hangs.
  private func piped(_ office: WatchOffice, _ words: String, into reader: String) throws -> Running {
    let valise = try Programs.folder().appending(path: "valise").path
    let line = "{ timeout -s KILL 120 \(valise) -C anne \(words) 2>err; echo $? >code; } | \(reader)"
    return try Running(office.place, "/bin/sh", ["-c", line])
  }

  @Test func `whoever reads it has read enough: it ends in good order, and at once`() throws {
    let office = try WatchOffice(["anne", "ben"])
    // Nothing was said yet, and nothing would be.
    #expect(try piped(office, "sync --watch", into: "true").wait().code == 0)
    #expect(try office.place.read("code") == "0\n" && office.place.read("err").isEmpty)
    // It says a line, and that is all that was wanted.
    try office.place.write("---\ntitle: Meeting\n---\nText, and more\n", to: "anne/notes/a.md")
    let ended = try piped(office, "sync --watch", into: "head -n 1").wait()
    #expect(ended.output.hasPrefix("Saved: 1 note edited."), "\(ended.output)")
    #expect(try office.place.read("code") == "0\n" && office.place.read("err").isEmpty)
    // What it had recorded is there, and the book is free.
    try #require(office.place.valise("-C", "anne", "sync").code == 0)
    try #require(office.place.valise("-C", "ben", "sync").code == 0)
    #expect(office.place.notes("anne") == office.place.notes("ben"))
    #expect(try office.place.read("ben/notes/a.md").contains("and more"))
  }

  @Test func `where standard output is closed, no file and no connection gets its number`() throws {
    let office = try WatchOffice(["anne", "ben"])
    let valise = try Programs.folder().appending(path: "valise").path
    let line = "exec \(valise) -C anne sync --watch >&- 2>err"
    let watching = try Running(office.place, "/bin/sh", ["-c", line])
    defer { watching.signal(SIGKILL) }
    try office.place.write("---\ntitle: Meeting\n---\nText, and more\n", to: "anne/notes/a.md")
    try office.wait("the edit") {
      try #require(office.place.valise("-C", "ben", "sync").code == 0)
      return try office.place.read("ben/notes/a.md").contains("and more")
    }
    let output = "/proc/\(watching.pid)/fd/1"
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: output) == "/dev/null")
    try office.wait("the complaint") {
      try office.place.read("err").contains("the answer could not be written where it should go")
    }
  }

  @Test func `who asked for no lines needs no reader: it goes on`() throws {
    let office = try WatchOffice(["anne", "ben"])
    let valise = try Programs.folder().appending(path: "valise").path
    let line = "sh -c 'echo $$ >pid; exec \(valise) -C anne sync --watch --quiet' | true"
    let watching = try Running(office.place, "/bin/sh", ["-c", line])
    try office.wait("the process") { try office.place.exists("pid") && !office.place.read("pid").isEmpty }
    let pid = try #require(Int32(try office.place.read("pid").dropLast()))
    defer { kill(pid, SIGKILL) }
    try office.place.write("---\ntitle: Meeting\n---\nText, and more\n", to: "anne/notes/a.md")
    try office.wait("the edit") {
      try #require(office.place.valise("-C", "ben", "sync").code == 0)
      return try office.place.read("ben/notes/a.md").contains("and more")
    }
    #expect(watching.isRunning)
  }

  @Test func `while all is well nothing is said, and other commands work beside it`() throws {
    let office = try WatchOffice(["anne", "ben"])
    try office.watch("anne")
    try office.watch("ben")
    try office.place.write("---\ntitle: Meeting\n---\nFirst\n", to: "anne/notes/a.md")
    try office.wait("the edit") { try office.place.read("ben/notes/a.md").contains("First") }
    try office.wait("its line") { try office.printed("ben").contains("anne: 1 note edited.\n  ") }
    let before = try office.printed("ben")
    for _ in 0..<4 {
      for command in [["status"], ["log"], ["sync"], ["save"], ["conflicts"]] {
        let ended = try Running(office.place, "valise", ["-C", "ben"] + command).wait()
        #expect(ended.code == 0, "\(command): \(ended.errors)")
        #expect(ended.took < .seconds(9), "\(command) waited for the lock")
      }
    }
    #expect(try office.printed("ben") == before)
    // What another command records goes up all the same.
    try office.place.write("---\ntitle: Meeting\n---\nSecond\n", to: "ben/notes/a.md")
    #expect(try office.place.valise("-C", "ben", "save").code == 0)
    try office.wait("the edit") { try office.place.read("anne/notes/a.md").contains("Second") }
  }

  @Test func `without a server it is said once, everything is saved, and it goes up by itself later`() throws {
    let office = try WatchOffice(["anne", "ben"])
    try office.watch("anne")
    try office.watch("ben")
    try office.place.write("---\ntitle: Meeting\n---\nBefore\n", to: "anne/notes/a.md")
    try office.wait("the edit") { try office.place.read("ben/notes/a.md").contains("Before") }
    try office.server.kill()
    try office.wait("the word of it") { try office.printed("anne").contains("The server was not reached") }
    try office.place.write("---\ntitle: Meeting\n---\nDuring\n", to: "anne/notes/a.md")
    try office.wait("the save") { try office.printed("anne").components(separatedBy: "Saved: ").count == 3 }
    usleep(2_500_000)
    #expect(try office.printed("anne").components(separatedBy: "reached").count == 2, "said once")
    try office.server.start()
    try office.wait("the edit") { try office.place.read("ben/notes/a.md").contains("During") }
    try office.wait("the word of it") { try office.printed("anne").contains("Connected again.\n") }
    try office.wait("the word that it went") {
      try office.printed("anne").hasSuffix("Sent 1 change (\(try office.lastBytes("anne"))).\n")
    }
  }

  @Test func `two watching laptops that are written on at once end with the same bytes, and every word`() throws {
    let office = try WatchOffice(["anne", "ben"])
    var words = Words()
    for laptop in ["anne", "ben"] { try office.watch(laptop) }
    try forAll(1) { random in
      for round in 0..<12 {
        for laptop in ["anne", "ben"] {
          let note = random.oneIn(2) ? "shared" : laptop
          let path = "\(laptop)/notes/\(note).md"
          let text = office.place.exists(path) ? try office.place.read(path) : "---\ntitle: Notes\n---\n"
          try office.place.write(text + "\(words.new()) by \(laptop)\n", to: path)
        }
        if round == 5 {
          try office.stop("anne", SIGKILL)
          try office.watch("anne")
        }
        usleep(UInt32(random.below(400_000)))
      }
    }
    try office.wait("agreement") {
      let (anne, ben) = (office.place.notes("anne"), office.place.notes("ben"))
      let all = anne.values.map { String(decoding: $0, as: UTF8.self) }.joined()
      return anne == ben && words.typed.allSatisfy { all.contains($0) }
    }
  }

  @Test func `killed at any moment, nothing that was written is lost, and no lock is left`() throws {
    let office = try WatchOffice(["anne", "ben"])
    var words = Words()
    try office.watch("ben")
    try forAll(1) { random in
      for _ in 0..<15 {
        try office.watch("anne")
        for _ in 0..<2 {
          let path = "anne/notes/a.md"
          try office.place.write(try office.place.read(path) + "\(words.new())\n", to: path)
          usleep(UInt32(random.below(450_000)))
        }
        try office.stop("anne", SIGKILL)
        let status = try office.place.valise("-C", "anne", "status")
        #expect(status.code == 0 && status.took < .seconds(9), "\(status.errors)")
      }
    }
    #expect(try office.place.valise("-C", "anne", "sync").code == 0)
    try office.wait("agreement") {
      office.place.notes("anne") == office.place.notes("ben")
        && words.typed.allSatisfy { (try? office.place.read("ben/notes/a.md"))?.contains($0) == true }
    }
  }

  @Test func `a note that an editor cuts first and fills a moment later is not recorded empty`() throws {
    let office = try WatchOffice(["anne", "ben"])
    try office.watch("anne")
    try office.wait("the connection") { office.place.exists("anne/.valise") }
    usleep(1_500_000)
    let before = try office.place.valise("-C", "anne", "log", "--json").objects().count
    for number in 0..<4 {
      let file = office.place.url("anne/notes/a.md")
      let handle = try FileHandle(forWritingTo: file)
      try handle.truncate(atOffset: 0)
      usleep(300_000)
      try handle.write(contentsOf: Data("---\ntitle: Meeting\n---\nText \(number)\n".utf8))
      try handle.close()
      usleep(900_000)
    }
    try office.stop("anne")
    let log = try office.place.valise("-C", "anne", "log", "--json").objects()
    #expect(log.count == before + 4)
  }

  @Test func `where the system does not tell what changes, that is said, and the folder is looked at`() throws {
    let office = try WatchOffice(["anne", "ben"])
    try office.watch("anne")
    // `-D`: the process that is started is the program itself, so that ending it ends it.
    let watching = try Running(
      office.place, "/usr/bin/strace",
      [
        "-D", "-f", "-o", "/dev/null", "-e", "trace=inotify_init1", "-e", "inject=inotify_init1:error=EMFILE",
        Programs.folder().appending(path: "valise").path, "-C", "ben", "sync", "--watch",
      ])
    office.watching["ben"] = watching
    try office.place.write("---\ntitle: Meeting\n---\nFirst\n", to: "anne/notes/a.md")
    try office.wait("the edit") { try office.place.read("ben/notes/a.md").contains("First") }
    try office.place.write("---\ntitle: Meeting\n---\nSecond\n", to: "ben/notes/a.md")
    try office.wait("the answer") { try office.place.read("anne/notes/a.md").contains("Second") }
    let ended = try office.stop("ben", SIGKILL)
    #expect(ended.errors.contains("The folder is looked at every 2 seconds"))
    #expect(ended.errors.components(separatedBy: "looked at").count == 2, "said once")
  }

  @Test func `receipts say which laptop has what, and never more than it has`() throws {
    let office = try WatchOffice(["anne", "ben", "carla"])
    for laptop in ["ben", "carla"] {
      try office.place.write("---\nname: \(laptop)\n---\n", to: "\(laptop)/people/\(laptop).md")
      try #require(office.place.valise("-C", laptop, "sync").code == 0)
    }
    try #require(office.place.valise("-C", "anne", "sync").code == 0)
    for number in 0..<2 {
      try office.place.write("---\ntitle: Meeting\n---\nText \(number)\n", to: "anne/notes/a.md")
      try #require(office.place.valise("-C", "anne", "sync").code == 0)
    }
    #expect(
      try office.place.valise("-C", "anne", "status").output.contains(
        "ben (all but 3 changes), carla (all but 2 changes)"))
    try #require(office.place.valise("-C", "ben", "sync").code == 0)
    try #require(office.place.valise("-C", "anne", "sync").code == 0)
    #expect(
      try office.place.valise("-C", "anne", "status").output.contains(
        "Received by ben (all), carla (all but 2 changes)."))
    // What is only saved here nobody has; offline too.
    try office.server.kill()
    try office.place.write("---\ntitle: Meeting\n---\nText, unsent\n", to: "anne/notes/a.md")
    let status = try #require(try office.place.valise("-C", "anne", "status", "--json").objects().first)
    let received = try #require(status["received"] as? [String: Any])
    let laptops = try #require(received["laptops"] as? [[String: Any]])
    #expect(laptops.compactMap { $0["lacks"] as? Int } == [1, 3])
    #expect(laptops.compactMap { $0["person"] as? String } == ["ben", "carla"])
  }
}
