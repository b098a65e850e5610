import Foundation
import ProgramTesting
import Testing

@Suite(.serialized) struct DemoTests {
  @Test func `tools/demo, with these programs, holds all that it claims`() throws {
    let demo = Process()
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    demo.executableURL = tests.resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "tools/demo")
    let place = try Place()
    demo.environment = [
      "HOME": place.folder.path, "TMPDIR": place.folder.path, "PATH": "/usr/bin:/bin",
      "VALISE_BIN": try Programs.folder().path, "SWIFT_BACKTRACE": "enable=no",
    ]
    let output = place.log(".out")
    try Data().write(to: output)
    demo.standardOutput = try FileHandle(forWritingTo: output)
    demo.standardError = demo.standardOutput
    demo.standardInput = FileHandle.nullDevice
    try demo.run()
    demo.waitUntilExit()
    let said = String(decoding: try Data(contentsOf: output), as: UTF8.self)
    #expect(demo.terminationStatus == 0 && said.contains("claims were checked, and all held"), "\(said.suffix(2_000))")
  }
}
