package import Bytes
package import History

/// UTF-8 text under edit, in chunks of a few KiB that know how many scalars they hold.
///
/// An edit costs the chunks between it and the edit before it, and one chunk's copying.
package struct TextBuffer: Sendable {
  /// Never empty; each holds whole scalars.
  private var chunks: [[UInt8]]
  /// Scalars of each chunk.
  private var counts: [Int]
  /// Scalars of all chunks.
  package private(set) var scalarCount: Int
  /// Where the last edit was: a chunk, and the scalars before it.
  private var cursor: (chunk: Int, before: Int) = (0, 0)

  private static let chunkSize = 2048

  package init(_ text: ExactText = "") { self.init(pieces: Self.pieces(of: text.bytes[...])) }

  private init(pieces: [[UInt8]]) {
    chunks = pieces
    counts = pieces.map(Self.scalars)
    scalarCount = counts.reduce(0, +)
  }

  package var byteCount: Int { chunks.reduce(0) { $0 + $1.count } }

  /// All bytes, copied.
  package var bytes: [UInt8] {
    if chunks.count == 1 { return chunks[0] }
    var all: [UInt8] = []
    all.reserveCapacity(byteCount)
    for chunk in chunks { all.append(contentsOf: chunk) }
    return all
  }

  package var text: ExactText { ExactText(String(decoding: bytes, as: UTF8.self)) }

  /// Applies edits one after the other. What lies beyond the end of the text means its end.
  package mutating func apply(_ edits: some Sequence<TextEdit>) {
    for edit in edits { apply(edit) }
  }

  package mutating func apply(_ edit: TextEdit) {
    let position = min(max(0, edit.position), scalarCount)
    seek(position)
    delete(min(max(0, edit.deleted), scalarCount - position), at: position)
    insert(edit.inserted.bytes, at: position)
  }

  /// Moves the cursor to the first chunk that the position is in or at the end of.
  private mutating func seek(_ position: Int) {
    while cursor.before > 0 && position <= cursor.before {
      cursor.chunk -= 1
      cursor.before -= counts[cursor.chunk]
    }
    while position > cursor.before + counts[cursor.chunk] { step() }
  }

  private mutating func step() {
    cursor.before += counts[cursor.chunk]
    cursor.chunk += 1
  }

  private mutating func delete(_ count: Int, at position: Int) {
    var rest = count
    while rest > 0 {
      let start = position - cursor.before
      let here = min(rest, counts[cursor.chunk] - start)
      if here == 0 {
        step()
        continue
      }
      let bytes = byteOffset(start)..<byteOffset(start + here)
      chunks[cursor.chunk].removeSubrange(bytes)
      counts[cursor.chunk] -= here
      rest -= here
      if chunks[cursor.chunk].isEmpty && chunks.count > 1 { dropChunk() }
    }
    scalarCount -= count
  }

  private mutating func dropChunk() {
    chunks.remove(at: cursor.chunk)
    counts.remove(at: cursor.chunk)
    if cursor.chunk == chunks.count {
      cursor.chunk -= 1
      cursor.before -= counts[cursor.chunk]
    }
  }

  private mutating func insert(_ bytes: [UInt8], at position: Int) {
    guard !bytes.isEmpty else { return }
    if scalarCount == 0 {
      self = TextBuffer(pieces: Self.pieces(of: bytes[...]))
      return
    }
    let count = Self.scalars(bytes)
    let offset = byteOffset(position - cursor.before)
    chunks[cursor.chunk].insert(contentsOf: bytes, at: offset)
    counts[cursor.chunk] += count
    scalarCount += count
    if chunks[cursor.chunk].count > 2 * Self.chunkSize {
      let pieces = Self.pieces(of: chunks[cursor.chunk][...])
      counts.replaceSubrange(cursor.chunk...cursor.chunk, with: pieces.map(Self.scalars))
      chunks.replaceSubrange(cursor.chunk...cursor.chunk, with: pieces)
    }
  }

  /// Where a scalar of the cursor's chunk begins.
  private func byteOffset(_ scalar: Int) -> Int {
    let chunk = chunks[cursor.chunk]
    if scalar == counts[cursor.chunk] { return chunk.count }
    if chunk.count == counts[cursor.chunk] { return scalar }
    var rest = scalar
    for offset in chunk.indices where chunk[offset] & 0xc0 != 0x80 {
      if rest == 0 { return offset }
      rest -= 1
    }
    return chunk.count
  }

  private static func scalars(_ bytes: [UInt8]) -> Int {
    var count = 0
    for byte in bytes where byte & 0xc0 != 0x80 { count += 1 }
    return count
  }

  /// Cuts between scalars; at least one piece.
  private static func pieces(of bytes: ArraySlice<UInt8>) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes
    while rest.count > 2 * chunkSize {
      var end = rest.startIndex + chunkSize
      while rest[end] & 0xc0 == 0x80 { end += 1 }
      pieces.append(Array(rest[..<end]))
      rest = rest[end...]
    }
    pieces.append(Array(rest))
    return pieces
  }
}

extension TextBuffer: Equatable {
  /// Whether the texts are the same, however they are cut.
  package static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes }
}
