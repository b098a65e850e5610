import ArgumentParser
import Bytes
import Foundation
import Formats
import Signing

struct Grow: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a long history out of a short one: a snapshot goes in, a longer one comes out.",
    discussion: """
      Each new change puts a word for a word of one note. They come in runs of four, as people save a few times before \
      they sync; two people write at the same time, in different notes, and the next two have both. The same options \
      make the same edits; keys and ids are new each time.
      """)

  @Option(help: "How many changes the history has in the end.")
  var changes: Int

  @Option(help: "How many laptops write the new ones.")
  var devices: Int

  @Argument(help: "A snapshot, with its history.")
  var from: String

  @Argument(help: "The snapshot to write.")
  var to: String

  func validate() throws {
    guard changes >= 0, changes <= 1 << 24 else { throw ValidationError("--changes 0 to 16777216") }
    guard devices > 0, devices < FormatLimits.devices else {
      throw ValidationError("--devices 1 to \(FormatLimits.devices - 1)")
    }
  }

  func run() throws {
    let snapshot = try SnapshotFile(decoding: [UInt8](Data(contentsOf: URL(fileURLWithPath: from))))
    var history = try GrownHistory(snapshot, writers: devices)
    try history.grow(to: changes)
    let bytes = history.snapshot.encoded()
    try Data(bytes).write(to: URL(fileURLWithPath: to))
    print("\(history.count) changes in \(history.runCount) runs, \(bytes.count) bytes")
  }
}
