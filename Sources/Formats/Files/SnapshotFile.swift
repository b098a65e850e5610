import Bytes
package import History

/// A book with its whole history in a file: the runs of a log in the log's order, in chunks, relayed as stored.
package struct SnapshotFile: Equatable, Sendable {
  package let book: BookID
  /// At least one; they cover the positions from 1 on without gaps.
  package let chunks: [SnapshotChunk]

  package init(book: BookID, chunks: [SnapshotChunk]) {
    self.book = book
    self.chunks = chunks
  }

  package func encoded() -> [UInt8] {
    var writer = FileWriter(.snapshot, of: book)
    for chunk in chunks {
      var head = ByteWriter()
      head.put(chunk.epoch)
      head.put(varint: chunk.first)
      head.put(count: chunk.runs.count)
      writer.put(FileSection.chunk, head.bytes)
      for run in chunk.runs { writer.put(run) }
    }
    return writer.finish()
  }

  /// Checks everything but what the runs hold, which `RunCodec.unpack` does.
  package init(decoding bytes: [UInt8]) throws(FormatError) {
    var reader = try FileReader(.snapshot, bytes)
    book = reader.book
    var chunks: [SnapshotChunk] = []
    var chains = ChainCheck(VersionVector())
    var section = try reader.next()
    repeat {
      let index = reader.count - 1
      let head = try reader.expect(section, FileSection.chunk)
      let before = chunks.last
      let (epoch, count) = try head.read(index: index) { reader throws(DecodingError) in
        try Self.head(&reader, after: before)
      }
      let first = before.map { $0.last + 1 } ?? 1
      var runs: [PackedRun] = []
      for _ in 0..<count {
        guard let next = try reader.next() else {
          throw .sectionOrder(kind: FileSection.end, section: reader.count - 1)
        }
        let run = try reader.run(next)
        try chains.follow(run)
        runs.append(run)
      }
      chunks.append(SnapshotChunk(epoch: epoch, first: first, runs: runs))
      section = try reader.next()
    } while section != nil
    self.chunks = chunks
  }

  /// Epoch, first position, number of runs; the epoch is the same in all chunks, the positions follow each other.
  static func head(
    _ reader: inout ByteReader, after before: SnapshotChunk?
  ) throws(DecodingError) -> (epoch: [UInt8], count: Int) {
    let epoch = try reader.take(SnapshotChunk.epochByteCount)
    if let before, before.epoch != epoch { throw .outOfOrder(at: 0) }
    let firstStart = reader.offset
    let first = try reader.varint()
    guard first == before.map({ $0.last + 1 }) ?? 1 else { throw .outOfOrder(at: firstStart) }
    let countStart = reader.offset
    let count = try reader.count(limit: FormatLimits.runs)
    guard count > 0 else { throw .outOfRange(at: countStart, found: 0) }
    return (epoch, count)
  }
}

/// A stretch of a log, named by (epoch, first position, last position), so that a broken download can go on behind it.
package struct SnapshotChunk: Equatable, Sendable {
  package static let epochByteCount = 16
  /// The life of the server's log that counted the positions; zeros when no server did.
  package let epoch: [UInt8]
  /// The position of the first run.
  package let first: UInt64
  /// At least one; a run is a position.
  package let runs: [PackedRun]

  package init(epoch: [UInt8], first: UInt64, runs: [PackedRun]) {
    self.epoch = epoch
    self.first = first
    self.runs = runs
  }

  package var last: UInt64 { first + UInt64(runs.count) - 1 }
}
