import Bytes
package import History

/// Something that is wrong with a file, and where.
package struct FileFault: Equatable, Sendable {
  /// Bytes of the file.
  package let range: Range<Int>
  /// Among the sections of the file, from 0; nil in its head, and where there is no section.
  package let section: Int?
  package let what: What

  package enum What: Equatable, Sendable {
    /// One byte was altered; what is shown is what it was before.
    case altered(AlteredByte)
    /// The packed bytes, or those of the head, are not those that their checksum was made of.
    case bytes
    /// No section begins here.
    case lost
    /// Bytes stand behind the end.
    case trailing
    /// The file stops before its end: it was cut off.
    case noEnd
    /// A section is of a kind that means nothing here.
    case unknownKind(UInt8)
    /// A section belongs to no run.
    case stray
    /// What the section holds is not what one of its kind holds.
    case content
    /// Sections of a run are not there.
    case incompleteRun(device: DeviceID, first: UInt64, sections: Int, of: Int)
    /// What whoever takes the file in refuses it for.
    case refused(FormatError)

    init(_ damage: FileOutline.Damage) {
      switch damage {
      case .byte(let byte): self = .altered(byte)
      case .bytes: self = .bytes
      }
    }
  }
}

/// What a section is in its file.
package enum SectionRole: Equatable, Sendable {
  case header, body, base, run, chunk, rows, columns, end
  /// Of a light snapshot.
  case standing, entries, entriesGoOn, stateID
  /// Of a kind that a reader may skip.
  case ignorable
  /// Of a kind that this version does not know.
  case unknown

  init(kind: UInt8) {
    switch kind {
    case FileSection.header: self = .header
    case FileSection.body: self = .body
    case FileSection.base: self = .base
    case FileSection.run: self = .run
    case FileSection.chunk: self = .chunk
    case FileSection.end: self = .end
    case FileSection.standing: self = .standing
    case FileSection.entries: self = .entries
    case FileSection.entriesGoOn: self = .entriesGoOn
    case FileSection.stateID: self = .stateID
    case RunSection.rows: self = .rows
    case RunSection.columns: self = .columns
    case RunSection.firstIgnorable...: self = .ignorable
    default: self = .unknown
    }
  }
}
