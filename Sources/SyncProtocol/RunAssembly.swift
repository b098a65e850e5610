import Bytes
import Formats
import History

/// A run whose sections are still coming.
struct RunAssembly: Sendable {
  private let run: PackedRun
  private let sectionCount: Int
  /// The id that the log gives; nil on the way to the server.
  let id: ChangeID?
  let ends: Bool
  private var sections: [PackedSection] = []
  private(set) var byteCount = 0

  init(_ head: RunHead, from asker: DeviceID, ends: Bool) {
    run = PackedRun(
      device: head.device ?? asker, first: head.first, count: head.count, signature: head.signature, sections: [])
    sectionCount = head.sectionCount
    id = nil
    self.ends = ends
  }

  init(_ head: LoggedHead, ends: Bool) {
    run = PackedRun(
      device: head.device, first: head.first, count: head.count, signature: head.signature, sections: [])
    sectionCount = head.sectionCount
    id = head.id
    self.ends = ends
  }

  /// Adds a section of so many payload bytes; the run once it is whole.
  mutating func add(_ section: PackedSection, _ bytes: Int) throws(WireError) -> PackedRun? {
    byteCount += bytes
    guard byteCount <= SyncLimits.runBytes else {
      throw WireError(.overLimit, "a run has at most \(SyncLimits.runBytes) bytes")
    }
    sections.append(section)
    guard sections.count == sectionCount else { return nil }
    return PackedRun(
      device: run.device, first: run.first, count: run.count, signature: run.signature, sections: sections)
  }
}
