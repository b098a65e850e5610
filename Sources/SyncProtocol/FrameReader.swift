/// Cuts a stream of bytes into frames, whatever pieces it comes in.
///
/// Holds at most one frame beyond what was appended last; a header that announces more than its type may have is
/// refused before its payload is awaited.
package struct FrameReader: Sendable {
  private var buffer: [UInt8] = []
  private var start = 0
  /// Bytes of an ignorable frame that are still to be dropped.
  private var toSkip = 0
  /// The largest payload taken now; below every type's own limit until the handshake is over.
  package var ceiling: Int
  /// Whether RECEIVED was agreed on; else it is passed over like any ignorable frame.
  package var readsReceived = false

  package init(ceiling: Int) { self.ceiling = ceiling }

  package mutating func append(_ bytes: [UInt8]) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// Bytes that wait for the rest of their frame.
  package var waiting: Int { buffer.count - start }

  /// The preamble, once its eight bytes are there: false while they are not.
  package mutating func preamble() throws(WireError) -> Bool {
    let here = buffer[start...].prefix(Preamble.bytes.count)
    let magic = Preamble.magic
    guard here.prefix(magic.count).elementsEqual(magic.prefix(here.count)) else { throw WireError(.badMagic) }
    guard here.count == Preamble.bytes.count else { return false }
    guard here.last == Preamble.framing else { throw WireError(.version, "framing 1 is spoken here") }
    start += Preamble.bytes.count
    return true
  }

  /// The next frame that is whole; nil until more bytes come. Ignorable frames that nobody knows are passed over.
  package mutating func next() throws(WireError) -> Message? {
    while true {
      let dropped = min(toSkip, waiting)
      start += dropped
      toSkip -= dropped
      guard toSkip == 0, waiting >= FrameHeader.byteCount else { return nil }
      let length = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      let type = FrameType(rawValue: buffer[start + 4])
      let flags = buffer[start + 5]
      guard let limit = type.payloadLimit else { throw WireError(.unknownFrame, type.name) }
      guard length <= min(limit, ceiling) else { throw WireError(.tooLarge, "\(type.name): \(length) bytes") }
      if !type.isKnown && !(readsReceived && type == .received) {
        start += FrameHeader.byteCount
        toSkip = length
        continue
      }
      guard flags == 0 || (flags == FrameHeader.end && type.mayEnd) else {
        throw WireError(.badEncoding, "\(type.name): flags \(flags)")
      }
      guard waiting >= FrameHeader.byteCount + length else { return nil }
      let body = start + FrameHeader.byteCount
      let frame = try Frame(type, payload: Array(buffer[body..<body + length]))
      start = body + length
      return Message(frame, ends: flags & FrameHeader.end != 0, payloadCount: length)
    }
  }
}
