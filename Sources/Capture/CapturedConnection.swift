import Bytes

/// A TCP connection out of a capture: what each end said, put together again.
package struct CapturedConnection: Equatable, Sendable {
  package let client: CaptureEnd
  package let server: CaptureEnd
  package fileprivate(set) var sent = CapturedStream()
  package fileprivate(set) var received = CapturedStream()

  /// What an end said.
  package func stream(of side: CaptureSide) -> CapturedStream { side == .client ? sent : received }
}

/// What one end said, as far as the capture has it without a gap.
package struct CapturedStream: Equatable, Sendable {
  package private(set) var bytes: [UInt8] = []
  /// Where each packet's part of the bytes ends, ascending.
  package private(set) var arrivals: [Arrival] = []
  /// Bytes behind a gap: what would have come between was not captured.
  package var isBroken: Bool { !waiting.isEmpty }
  private var base: UInt32?
  private var waiting: [CapturedSegment] = []

  /// Bytes that wait behind a gap are bounded; what is beyond is not kept.
  private static let waitingLimit = 4096

  package struct Arrival: Equatable, Sendable {
    package let end: Int
    package let packet: Int
    package let time: Int64

    package init(end: Int, packet: Int, time: Int64) {
      self.end = end
      self.packet = packet
      self.time = time
    }
  }

  /// The packet that brought the byte at a place.
  package func arrival(of offset: Int) -> Arrival? {
    var (low, high) = (0, arrivals.count)
    while low < high {
      let middle = (low + high) / 2
      if arrivals[middle].end <= offset { low = middle + 1 } else { high = middle }
    }
    return low < arrivals.count ? arrivals[low] : nil
  }

  fileprivate mutating func take(_ segment: CapturedSegment) {
    if segment.isFirst {
      base = segment.sequence &+ 1
      return
    }
    guard !segment.payload.isEmpty else { return }
    if base == nil { base = segment.sequence }
    if !add(segment) && waiting.count < Self.waitingLimit { waiting.append(segment) }
    while let place = waiting.firstIndex(where: { place(of: $0) <= bytes.count }) { _ = add(waiting.remove(at: place)) }
  }

  /// Where the segment's bytes belong; sequence numbers begin anew after 4 GiB.
  private func place(of segment: CapturedSegment) -> Int {
    let expected = (base ?? 0) &+ UInt32(truncatingIfNeeded: bytes.count)
    return bytes.count + Int(Int32(bitPattern: segment.sequence &- expected))
  }

  /// False where something is missing before it. What is there already is passed over.
  private mutating func add(_ segment: CapturedSegment) -> Bool {
    let place = place(of: segment)
    guard place <= bytes.count else { return false }
    let new = segment.payload.dropFirst(bytes.count - place)
    guard !new.isEmpty else { return true }
    bytes += new
    arrivals.append(Arrival(end: bytes.count, packet: segment.packet, time: segment.time))
    return true
  }
}

extension CapturedConnection {
  /// All connections of a capture, in the order in which they began, and why it could not be read to its end.
  package static func all(in bytes: [UInt8]) throws(CaptureError) -> (connections: [Self], error: CaptureError?) {
    var reader = try PcapReader(bytes)
    var connections: [Self] = []
    var open: [CapturePair: Int] = [:]
    do throws(CaptureError) {
      while let segment = try reader.next() {
        let pair = CapturePair(segment.from, segment.to)
        var place = open[pair]
        // The same two ends may meet again; an opening that is sent twice is one all the same.
        if segment.opens, let known = place, !connections[known].isSilent { place = nil }
        let found = place ?? connections.count
        if place == nil {
          connections.append(segment.isFromClient ? Self(segment.from, segment.to) : Self(segment.to, segment.from))
          open[pair] = found
        }
        if connections[found].client == segment.from {
          connections[found].sent.take(segment)
        } else {
          connections[found].received.take(segment)
        }
      }
    } catch { return (connections, error) }
    return (connections, nil)
  }

  private init(_ client: CaptureEnd, _ server: CaptureEnd) {
    self.client = client
    self.server = server
  }

  private var isSilent: Bool { sent.bytes.isEmpty && received.bytes.isEmpty }
}

extension CapturedSegment {
  /// Whether it asks for a connection.
  fileprivate var opens: Bool { isFirst && !isAnswer }

  /// By the opening; in a capture that began later, by the port, which is a server's when it is the lower one.
  fileprivate var isFromClient: Bool { isFirst ? !isAnswer : from.port > to.port }
}

/// Two ends, whichever speaks.
private struct CapturePair: Hashable {
  private let ends: Set<CaptureEnd>

  init(_ one: CaptureEnd, _ other: CaptureEnd) { ends = [one, other] }
}
