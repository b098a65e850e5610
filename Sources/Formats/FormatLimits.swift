import History

/// The bounds of runs and files, part of the format (`formats.md`, Limits): more is refused before it is allocated.
package enum FormatLimits {
  /// Bytes of one section, unpacked and packed.
  package static let section = 1 << 20
  /// Bytes of all sections of a run, unpacked; of all its text; of the canonical bodies of all its changes.
  package static let run = 64 << 20
  /// Bytes of all entries of a light snapshot.
  package static let states = 256 << 20
  /// Changes of a run.
  package static let changes = 1 << 16
  /// Parents, operations, values and edits of a run, together.
  package static let items = 1 << 20
  /// Copies of repeated text in a run.
  package static let copies = 1 << 22
  /// Sections of a run.
  package static let sections = 4096
  /// Devices of a vector, which is one section.
  package static let devices = 1 << 15
  /// Runs of a chunk.
  package static let runs = 1 << 16
  /// The highest seq.
  package static let seq = UInt64(1) << 62
  /// Runs of fewer bytes are written as rows.
  package static let rows = 512
}
