package import Bytes
package import History
package import Merge

/// What a light snapshot says, as far as it can be read: entries of sections that are lost are not there.
package struct LightContents: Equatable, Sendable {
  package let version: Version
  package let level: UInt64
  package let devices: [LightSnapshotFile.Device]
  /// How many entries there were when it was written.
  package let entryCount: UInt64
  package internal(set) var id: Digest?
  private let standing: LightStanding
  private var done: [EntryState] = []
  private var current: LightEntries
  /// Of all sections so far, raw.
  private var byteCount = 0

  init(_ standing: LightStanding) {
    version = standing.version
    level = standing.level
    devices = standing.devices
    entryCount = standing.entryCount
    self.standing = standing
    current = LightEntries(standing)
  }

  package static func == (one: Self, other: Self) -> Bool {
    one.standing == other.standing && one.entries == other.entries && one.id == other.id
  }

  /// Those that can be read, in the order of the file.
  package var entries: [EntryState] { done + current.found }

  /// Takes the entries of a section, each section for itself but where it goes on with the one before; why some of them
  /// cannot be read.
  mutating func add(_ section: PackedSection, index: Int) -> FormatError? {
    byteCount += section.rawCount
    guard byteCount <= FormatLimits.states else { return .overLimit(.bytes, limit: FormatLimits.states) }
    if section.kind == FileSection.entries {
      done += current.found
      current = LightEntries(standing)
    }
    do { try current.add(section, index: index) } catch { return error }
    return nil
  }
}
