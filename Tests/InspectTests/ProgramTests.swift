import Foundation
import Glibc
import ProgramTesting
import Testing

/// The built program on the files of a book and on stores, as people call it.
@Suite final class ProgramTests {
  private let sample: SampleBook
  private let inspect: Inspecting

  init() throws {
    sample = try SampleBook()
    inspect = try Inspecting(in: sample.folder)
  }

  deinit { try? sample.remove() }

  @Test func `what a file is stands before everything else`() throws {
    let kinds = [
      "a.snapshot": "A snapshot:", "a.bundle": "A bundle:", "a.light": "A light snapshot:", "book": "A laptop's store:",
    ]
    for (file, words) in kinds.sorted(by: { $0.key < $1.key }) {
      let shown = try inspect("show", file)
      #expect(shown.code == 0)
      #expect(shown.output.hasPrefix(words), "\(shown.output.prefix(80))")
    }
  }

  @Test func `a snapshot is shown with its devices, changes and sections`() throws {
    let object = try #require(try inspect("show", "a.snapshot", "--json").objects().first)
    #expect(object["kind"] as? String == "snapshot")
    let vector = try #require(object["vector"] as? [[String: Any]])
    #expect(vector.map { $0["person"] as? String } == ["Nora Field"])
    let changes = try #require(object["changes"] as? [[String: Any]])
    #expect(changes.compactMap { $0["message"] as? String }.filter { $0.hasPrefix("day") }.count == 6)
    let sections = try #require(object["sections"] as? [[String: Any]])
    let bytes = sections.reduce(0) { $0 + (($1["length"] as? Int) ?? 0) }
    #expect(bytes + 46 == sample.snapshot.count)
    #expect(sections.allSatisfy { ($0["packed"] as? Int ?? 0) <= ($0["raw"] as? Int ?? 0) })
  }

  @Test func `an altered byte is told with its place, and the exit code is 1`() throws {
    for offset in [3, 9, 60, 500, 4_000, sample.snapshot.count - 1] {
      var altered = sample.snapshot
      altered[offset] ^= 0x10
      try Data(altered).write(to: sample.folder.appending(path: "altered"))
      let verified = try inspect("verify", "altered")
      #expect(verified.code == 1, "byte \(offset): \(verified.output)\(verified.errors)")
      #expect(verified.output.contains("byte"), "byte \(offset)")
      let shown = try inspect("show", "altered")
      #expect(shown.code == 1, "byte \(offset)")
      #expect(shown.output.contains("day 5"), "byte \(offset): the changes are still shown")
    }
  }

  @Test func `a file that was cut off shows what was left of it`() throws {
    try Data(sample.snapshot.prefix(sample.snapshot.count / 2)).write(to: sample.folder.appending(path: "cut"))
    let verified = try inspect("verify", "cut")
    #expect(verified.code == 1)
    #expect(verified.output.contains("stops before its end"))
    #expect(try inspect("show", "cut").output.contains("Nora Field"))
  }

  @Test func `what is no file of Valise's is refused in words`() throws {
    try Data("hello, this is a letter".utf8).write(to: sample.folder.appending(path: "letter"))
    try Data().write(to: sample.folder.appending(path: "empty"))
    for file in ["letter", "empty", "nothing", "/dev/null"] {
      let shown = try inspect("show", file)
      #expect(shown.code == 2, "\(file)")
      #expect(shown.errors.hasPrefix("valise-inspect: "), "\(file): \(shown.errors)")
      #expect(shown.output.isEmpty)
    }
    #expect(try inspect("shwo", "a.snapshot").code == 64)
  }

  @Test func `a bundle is checked to the end with a book that has what it builds on`() throws {
    let alone = try #require(try inspect("verify", "a.bundle", "--json").objects().last)
    #expect(alone["unchecked"] as? Int == 3)
    let together = try inspect("verify", "a.bundle", "--with", "a.snapshot", "--json")
    let summary = try #require(try together.objects().last)
    #expect(together.code == 0)
    #expect(summary["unchecked"] as? Int == 0)
    #expect(summary["signed"] as? Int == 3)
  }

  @Test func `a file that does not have what a bundle builds on is said not to help`() throws {
    let verified = try inspect("verify", "a.bundle", "--with", "a.bundle")
    #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
    #expect(verified.output.contains("and not in 'a.bundle' either."), "\(verified.output)")
    #expect(try inspect("verify", "a.light", "--with", "a.bundle").output.contains("and not in 'a.bundle' either."))
  }

  @Test func `a light snapshot is what its history makes, and another one is not`() throws {
    #expect(try inspect("verify", "a.light").output.contains("Not checked"))
    let sound = try inspect("verify", "a.light", "--with", "a.snapshot")
    #expect(sound.code == 0, "\(sound.output)\(sound.errors)")
    #expect(!sound.output.contains("Not checked"))
    #expect(try inspect("diff", "a.light", "a.snapshot").output == "No difference.\n")
    #expect(try inspect("diff", "a.snapshot@~1", "a.light").output.contains("text edited"))
    #expect(try inspect("graph", "a.light").code == 2)
  }

  @Test func `looking at a store changes nothing in its folder`() throws {
    let before = try listing()
    for command in [["show", "book"], ["verify", "book"], ["graph", "book"], ["diff", "book@~2", "book"]] {
      let done = try inspect(command)
      #expect(done.code == 0, "\(command): \(done.errors)")
    }
    #expect(try listing() == before)
  }

  @Test func `two versions are compared as a colleague would tell it`() throws {
    let compared = try inspect("diff", "a.snapshot@~1", "a.snapshot")
    #expect(compared.code == 0)
    #expect(compared.output.contains("text edited"), "\(compared.output)\(compared.errors)")
    #expect(try inspect("diff", "a.snapshot", "book").output == "No difference.\n")
    #expect(try inspect("diff", "a.snapshot@nothing", "book").code == 2)
  }

  /// Names, sizes and times of everything below the book's own folder.
  private func listing() throws -> [String] {
    let own = sample.folder.appending(path: "book/.valise")
    let names = try FileManager.default.subpathsOfDirectory(atPath: own.path).sorted() + ["."]
    return names.map { name in
      var status = stat()
      let found = unsafe stat(own.appending(path: name).path, &status)
      return "\(name) \(found) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_ino)"
    }
  }
}

/// Calls of the program in one folder.
struct Inspecting {
  private let program: URL
  private let folder: URL

  struct Ended {
    let code: Int32
    let output: String
    let errors: String

    /// The objects of a `--json` answer.
    func objects() throws -> [[String: Any]] {
      try output.split(separator: "\n").compactMap {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
    }
  }

  init(in folder: URL) throws {
    program = try Programs.folder().appending(path: "valise-inspect")
    self.folder = folder
  }

  func callAsFunction(_ arguments: String...) throws -> Ended { try self(arguments) }

  func callAsFunction(_ arguments: [String]) throws -> Ended {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ["PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"]
    process.standardInput = FileHandle.nullDevice
    let files = ["out", "err"].map { folder.appending(path: ".\($0)-\(UUID().uuidString)") }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    for file in files { try FileManager.default.removeItem(at: file) }
    return Ended(code: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}
