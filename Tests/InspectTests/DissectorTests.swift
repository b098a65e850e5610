import Foundation
import ProgramTesting
import Testing

/// A real exchange, captured by `sync --capture`, read by tshark with the dissector of `Protocol/` and by
/// `valise-inspect frames`: both say the same of every frame.
@Suite final class DissectorTests {
  private let folder: URL
  private let inspect: Inspecting

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "dissector-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    inspect = try Inspecting(in: folder)
    try run(Self.office.replacing("PORT", with: String(try Programs.freePort())))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test(arguments: ["sent.pcap", "received.pcap", "again.pcap"])
  func `tshark and valise-inspect read the same frames out of one capture`(file: String) throws {
    let frames = try inspect("frames", file, "--json").objects().filter { $0["type"] as? String != "PREAMBLE" }
    #expect(frames.count > 3)
    for (field, key) in [("type", "code"), ("flags", "flags"), ("length", "length")] {
      #expect(try dissected(field, file) == frames.map { number($0[key]) }, "\(file): \(field)")
    }
  }

  @Test(arguments: ["sent.pcap", "received.pcap", "again.pcap"])
  func `and the same in every field`(file: String) throws {
    let frames = try inspect("frames", file, "--json").objects()
    var seen = 0
    for field in Self.fields {
      let expected = frames.compactMap { ($0["fields"] as? [String: Any])?[field] }.map { number($0) }
      #expect(try dissected(field, file) == expected, "\(file): \(field)")
      seen += expected.count
    }
    #expect(seen > 20)
  }

  @Test(arguments: ["sent.pcap", "received.pcap"])
  func `in a packet that ends one frame and begins another, each has its own word`(file: String) throws {
    let columns = try tshark(file, ["-T", "fields", "-e", "_ws.col.Info"])
    #expect(columns.contains("SECTION"))
    for word in columns.split(whereSeparator: { !$0.isLetter }) {
      #expect(!word.hasSuffix("SECTION") || word == "SECTION", "\(word)")
    }
  }

  @Test func `a packet that is missing within a frame is said to be missing`() throws {
    let capture = try [UInt8](Data(contentsOf: folder.appending(path: "sent.pcap")))
    var records: [Range<Int>] = []
    var offset = 24
    while offset < capture.count {
      let length = capture[offset + 8..<offset + 12].reduce(0) { $0 << 8 | Int($1) }
      records.append(offset..<offset + 16 + length)
      offset += 16 + length
    }
    // One of those in the middle of the long flight.
    let longest = try #require(records.map(\.count).max())
    let full = records.filter { $0.count == longest }
    let missing = full[full.count / 2]
    try Data(capture[..<missing.lowerBound] + capture[missing.upperBound...])
      .write(to: folder.appending(path: "gap.pcap"))
    let shown = try inspect("frames", "gap.pcap")
    #expect(shown.code == 1)
    #expect(shown.output.contains("is not whole: bytes are missing from the capture"), "\(shown.output.suffix(400))")
  }

  @Test func `nothing in a capture is malformed to tshark`() throws {
    for file in ["sent.pcap", "received.pcap", "again.pcap"] {
      #expect(try tshark(file, ["-Y", "valise.malformed || _ws.malformed || _ws.lua.error"]).isEmpty)
    }
  }

  private static let fields = [
    "oldest", "newest", "version", "features", "form", "standing", "book", "name", "epoch", "position", "chain",
    "first",
    "last", "id", "signature", "sections", "kind", "packed", "raw", "credit", "code",
  ]

  /// Two laptops; a long flight, what the other one gets of it, and an exchange by vectors after the server began anew.
  private static let office = """
    set -e
    serve() {
      valised serve --data "$1" --listen 127.0.0.1:PORT >>log 2>&1 &
      server=$!
      for try in $(seq 200); do (exec 3<>/dev/tcp/127.0.0.1/PORT) 2>/dev/null && return; sleep 0.05; done
      cat log >&2; exit 1
    }
    trap 'kill $server' EXIT
    serve data
    mkdir -p anne/notes && echo start >anne/notes/0.md
    valise new anne --name "Anne Martin" && valise -C anne publish valise://127.0.0.1:PORT/paris
    valise join valise://127.0.0.1:PORT/paris paul --name "Paul Roux"
    for note in $(seq 30); do head -c 12000 /dev/urandom | base64 >anne/notes/$note.md; done
    valise -C anne sync --capture ../sent.pcap
    valise -C paul sync --capture ../received.pcap
    kill $server; wait $server || true
    mkdir again && cp data/log.sqlite* again/
    serve again
    echo more >>anne/notes/0.md
    valise -C anne sync --capture ../again.pcap
    """

  private func number(_ value: Any?) -> String { value.map { "\($0)" } ?? "" }

  /// All values of a field in the order of the frames; numbers in decimal.
  private func dissected(_ field: String, _ file: String) throws -> [String] {
    let out = try tshark(file, ["-Y", "valise", "-T", "fields", "-e", "valise.\(field)", "-E", "aggregator=|"])
    return out.split(separator: "\n").flatMap { $0.split(separator: "|") }.map { value in
      value.hasPrefix("0x") ? String(UInt64(value.dropFirst(2), radix: 16) ?? 0) : String(value)
    }
  }

  private func tshark(_ file: String, _ arguments: [String]) throws -> String {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let script = tests.resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "Protocol/valise.lua")
    return try run("tshark", ["-X", "lua_script:\(script.path)", "-r", file] + arguments)
  }

  @discardableResult private func run(_ script: String) throws -> String {
    try run("bash", ["-c", script])
  }

  private func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    process.environment = [
      "PATH": "\(try Programs.folder().path):/usr/bin:/bin", "HOME": folder.path, "TZ": "UTC", "LC_ALL": "C.UTF-8",
      "SWIFT_BACKTRACE": "enable=no",
    ]
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (folder.appending(path: ".out"), folder.appending(path: ".err"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    try #require(process.terminationStatus == 0, "\(program): \(said)")
    return String(decoding: try Data(contentsOf: output), as: UTF8.self)
  }
}
