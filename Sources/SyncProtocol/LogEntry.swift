package import Bytes
package import Formats
package import History

/// One position of a book's log: a signed run as it came, chained to everything before it.
package struct LogEntry: Equatable, Sendable {
  package let position: Position
  package let device: DeviceID
  package let first: UInt64
  package let count: Int
  package let signature: Signature
  /// The id of the run's last change.
  package let id: ChangeID
  package let chain: ChainHash
  package let sectionCount: Int
  /// The run's SECTION frames, header and payload, as they travel; empty when a reader asked to do without.
  package let sections: [UInt8]

  package init(
    position: Position, device: DeviceID, first: UInt64, count: Int, signature: Signature, id: ChangeID,
    chain: ChainHash, sectionCount: Int, sections: [UInt8]
  ) {
    self.position = position
    self.device = device
    self.first = first
    self.count = count
    self.signature = signature
    self.id = id
    self.chain = chain
    self.sectionCount = sectionCount
    self.sections = sections
  }

  /// The seq of the last change.
  package var last: UInt64 { first + UInt64(count) - 1 }

  /// A run's sections as they travel.
  package static func sections(of run: PackedRun) -> [UInt8] {
    run.sections.flatMap { Frame.section($0).encoded() }
  }

  /// The sections in a run's SECTION frames; thrown where the bytes are anything but these, whole and undamaged.
  ///
  /// Offsets count from the first byte of the frames.
  package static func packedSections(in frames: [UInt8]) throws(FormatError) -> [PackedSection] {
    var sections: [PackedSection] = []
    var start = 0
    while start < frames.count {
      let body = start + FrameHeader.byteCount
      guard body <= frames.count else { throw .layout(.truncated(at: frames.count, missing: body - frames.count)) }
      let length = frames[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      for (place, expected) in [(start + 4, FrameType.section.rawValue), (start + 5, 0)] where frames[place] != expected
      {
        throw .layout(.outOfRange(at: place, found: UInt64(frames[place])))
      }
      let end = body + length
      guard end <= frames.count else { throw .layout(.truncated(at: frames.count, missing: end - frames.count)) }
      var reader = ByteReader(Array(frames[body..<end]))
      sections.append(try reader.section(index: sections.count))
      guard reader.isAtEnd else { throw .layout(.trailing(at: body + reader.offset, count: reader.remaining)) }
      start = end
    }
    return sections
  }

  var head: LoggedHead {
    LoggedHead(
      device: device, first: first, count: count, signature: signature, id: id, sectionCount: sectionCount)
  }
}

/// Where a book's log stands; what an append is compared with.
package struct BookState: Equatable, Sendable {
  package let book: BookID
  package let epoch: Epoch
  package let position: Position
  package let chain: ChainHash

  package init(book: BookID, epoch: Epoch, position: Position, chain: ChainHash) {
    self.book = book
    self.epoch = epoch
    self.position = position
    self.chain = chain
  }

  /// A book that has no entry yet.
  package static func start(of book: BookID, epoch: Epoch, hash: ([UInt8]) -> Digest) -> BookState {
    BookState(book: book, epoch: epoch, position: .zero, chain: .start(of: book, hash: hash))
  }
}

/// How a cursor stands to a book's log.
package enum CursorCheck: Equatable, Sendable {
  case onChain
  case offChain
  case beyondHead
  case otherEpoch
}

/// What to read of a book's log, in order.
package struct LogSelection: Equatable, Sendable {
  package var after: Position
  package var through: Position
  /// Only runs with a change that somebody with this vector lacks.
  package var lackedBy: VersionVector?
  /// The device whose runs come without sections.
  package var asker: DeviceID?

  package init(after: Position, through: Position, lackedBy: VersionVector? = nil, asker: DeviceID? = nil) {
    self.after = after
    self.through = through
    self.lackedBy = lackedBy
    self.asker = asker
  }
}

/// A part of what was selected: whole entries, in order.
package struct LogPage: Equatable, Sendable {
  package let entries: [LogEntry]
  /// Where the next page begins; nil when nothing is left of the selection.
  package let next: Position?

  package init(entries: [LogEntry], next: Position?) {
    self.entries = entries
    self.next = next
  }
}

/// What the sequencer says to a run.
package enum Verdict: Equatable, Sendable {
  /// It has this position, and is on the disk when the caller hears of it.
  case accepted(Position)
  /// Its last change was there already, in the run at this position.
  case duplicate(Position)
  /// Some of its changes are there and some are not, so it has no place; the device goes on at this seq.
  case overlapping(next: UInt64)
  case refused(WireError)
}
