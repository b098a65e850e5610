package import Bytes
package import History
package import Merge

/// A book in a file as it is at one version, without its history: opens without replaying anything.
///
/// Nothing in it proves that a history led there, so it is for one's own eyes and disk; nobody takes it in from a peer.
package struct LightSnapshotFile: Equatable, Sendable {
  package let book: BookID
  /// The version that it shows.
  package let version: Version
  /// Up to which level whoever shows the book's files must know the record's schema.
  package let level: UInt64
  /// Everybody whose changes the version holds, ascending by device.
  package let devices: [Device]
  /// Every entry, deleted ones included, ascending by id.
  package let entries: [EntryState]

  package struct Device: Equatable, Sendable {
    package let device: DeviceID
    /// How many of its changes the version holds.
    package let count: UInt64
    /// The person's name, as last said.
    package let name: ExactText

    package init(device: DeviceID, count: UInt64, name: ExactText) {
      self.device = device
      self.count = count
      self.name = name
    }
  }

  package init(
    book: BookID, version: Version, level: UInt64, devices: [Device], entries: [EntryState]
  ) {
    self.book = book
    self.version = version
    self.level = level
    self.devices = devices
    self.entries = entries
  }

  static let domain = Array("valise state\n".utf8)

  /// Entries are gathered into sections of about so many bytes, so that a damaged one takes few with it.
  private static let gathered = 128 << 10

  /// What the file is called by: SHA-256 over the domain, the book, and what the sections hold. Everybody who has the same
  /// changes makes the same file.
  package func id(hash: ([UInt8]) -> Digest) -> Digest {
    Self.id(of: book, standing: standing, entries: entries.flatMap(\.prefixed), hash: hash)
  }

  static func id(of book: BookID, standing: [UInt8], entries: [UInt8], hash: ([UInt8]) -> Digest) -> Digest {
    hash(domain + book.digest.bytes + standing + entries)
  }

  /// `overLimit` for more devices than one section holds, or more entries than a file may.
  package func encoded(hash: ([UInt8]) -> Digest) throws(FormatError) -> [UInt8] {
    let standing = standing
    guard standing.count <= FormatLimits.section else { throw .overLimit(.bytes, limit: FormatLimits.section) }
    var writer = FileWriter(.light, of: book)
    writer.put(FileSection.standing, standing)
    var all: [UInt8] = []
    var piece: [UInt8] = []
    for entry in entries {
      piece += entry.prefixed
      if piece.count >= Self.gathered { Self.flush(&piece, into: &writer, &all) }
      guard all.count + piece.count <= FormatLimits.states else {
        throw .overLimit(.bytes, limit: FormatLimits.states)
      }
    }
    Self.flush(&piece, into: &writer, &all)
    writer.put(FileSection.stateID, Self.id(of: book, standing: standing, entries: all, hash: hash).bytes)
    return writer.finish()
  }

  private static func flush(_ piece: inout [UInt8], into writer: inout FileWriter, _ all: inout [UInt8]) {
    for start in stride(from: 0, to: piece.count, by: FormatLimits.section) {
      let kind = start == 0 ? FileSection.entries : FileSection.entriesGoOn
      writer.put(kind, Array(piece[start..<min(piece.count, start + FormatLimits.section)]))
    }
    all += piece
    piece = []
  }

  private var standing: [UInt8] {
    var writer = ByteWriter()
    writer.put(count: version.heads.count)
    for head in version.heads { writer.put(head.digest) }
    writer.put(varint: level)
    writer.put(count: devices.count)
    for device in devices {
      writer.put(device.device.bytes)
      writer.put(varint: device.count)
      writer.put(text: device.name)
    }
    writer.put(count: entries.count)
    return writer.bytes
  }
}

extension EntryState {
  /// A length, and the state.
  fileprivate var prefixed: [UInt8] {
    var state = ByteWriter()
    encode(into: &state)
    var writer = ByteWriter(reserving: state.count + 4)
    writer.put(prefixed: state.bytes)
    return writer.bytes
  }
}
