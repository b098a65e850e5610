import Foundation
import ProgramTesting
import Testing

/// `export` and `bundle create`, killed in front of a system call that changes a disk.
@Suite(.serialized) struct KilledFileTests {
  private static let calls = ["write", "openat", "fsync,fdatasync,syncfs", "renameat2,renameat,rename", "pwrite64"]

  @Test(arguments: calls)
  func `under the name that was asked for there is a whole file or none, and the same command makes it`(call: String)
    throws
  {
    let place = try Place()
    try place.write("---\ntitle: A\n---\nSome words.\n", to: "one/notes/a.md")
    try #require(place.valise("new", "one", "--name", "Anne").code == 0)
    let inspect = try Programs.folder().appending(path: "valise-inspect").path
    let file = place.url("one/out").path
    for words in [
      ["export", "--snapshot", file], ["export", "--snapshot", file, "--light"], ["bundle", "create", file],
    ] {
      for point in [1, 2, 3, 5, 8] {
        try place.write("---\ntitle: A\n---\nSome words, \(words) \(point).\n", to: "one/notes/a.md")
        let traced = Tracing(place: place, folder: "one", calls: call)
        let ended = try traced.run(words + ["-C", "one"], .kill(at: point))
        let isThere = place.exists("one/out")
        #expect(isThere || ended.code != 0, "\(words) \(call) \(point)")
        if !isThere {
          let again = try Running(place, "valise", words + ["-C", "one"]).wait()
          #expect(again.code == 0, "\(words) \(call) \(point): \(again.errors)")
        }
        let checked = try Running(place, inspect, ["verify", "one/out"]).wait()
        #expect(checked.code == 0, "\(words) \(call) \(point): \(checked.output)\(checked.errors)")
        try FileManager.default.removeItem(at: place.url("one/out"))
      }
      let status = try place.valise("-C", "one", "status")
      #expect(status.code == 0 && !status.output.contains("Changed here"), "\(status.output)\(status.errors)")
    }
  }
}
