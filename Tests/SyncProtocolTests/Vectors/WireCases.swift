import Bytes
import Deflate
import Formats
import History
import Signing
import SyncProtocol
import SyncTesting

/// Everything that the golden files show, made from one small book.
struct WireCases {
  let book: TestBook
  let run: PackedRun
  let device: DeviceID
  let head: DeviceHead
  let signature: Signature
  let chain: ChainHash
  var all: [WireVector] = []

  init() throws {
    var book = try TestBook()
    try book.type("Welcome ", by: 0)
    self.book = book
    run = try book.run(0)
    device = book.authors[0].device
    guard let head = book.head(of: 0), let signature = run.signature else { throw WireError(.badRun) }
    self.head = head
    self.signature = signature
    chain = .start(of: book.id, hash: Signing.hash)
    try frames()
    heads()
    values()
    flights()
    try answers()
    try following()
  }

  // MARK: Building

  mutating func frame(_ name: String, _ bytes: [UInt8], _ expect: String = "ok") {
    all.append(WireVector(name: name, what: .frame, bytes: bytes, expect: expect))
  }

  mutating func frame(_ name: String, _ frame: Frame, ends: Bool = false) {
    self.frame(name, frame.encoded(ends: ends))
  }

  mutating func flight(
    _ name: String, standing: UInt8 = 0, growth: UInt64 = 0, _ parts: [[UInt8]], _ expect: String = "ok"
  ) {
    var context = WireVector.Context()
    context.standing = standing
    context.growth = growth
    all.append(
      WireVector(
        name: name, what: .flight, context: context, bytes: Preamble.bytes + parts.flatMap { $0 }, expect: expect))
  }

  mutating func answer(
    _ name: String, _ context: WireVector.Context, _ parts: [[UInt8]], _ expect: String = "ok"
  ) {
    all.append(
      WireVector(name: name, what: .answer, context: context, bytes: parts.flatMap { $0 }, expect: expect))
  }

  /// A frame of any type, flags and payload.
  static func raw(_ type: FrameType, _ payload: [UInt8], flags: UInt8 = 0, length: Int? = nil) -> [UInt8] {
    var bytes: [UInt8] = []
    UInt32(clamping: length ?? payload.count).appendBigEndian(to: &bytes)
    return bytes + [type.rawValue, flags] + payload
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    var writer = ByteWriter()
    writer.put(varint: value)
    return writer.bytes
  }

  var hello: [UInt8] { Frame.hello(Hello(device: device)).encoded() }
  var claim: CursorClaim { CursorClaim(epoch: .numbered(1), position: .zero.next, chain: chain.prefix) }
  var open: [UInt8] { Frame.open(.known(book.id, claim)).encoded() }
  var openOnly: [UInt8] { Frame.open(.known(book.id, claim)).encoded(ends: true) }
  var section: [UInt8] { Frame.section(run.sections[0]).encoded() }

  func runFrame(sections: Int = 1, ends: Bool = false) -> [UInt8] {
    Frame.run(
      RunHead(device: nil, first: 0, count: 2, signature: signature, sectionCount: sections)
    ).encoded(ends: ends)
  }
}

extension WireVector {
  /// The payload of a frame with one part in another's place.
  static func payload(_ frame: Frame) -> [UInt8] { Array(frame.encoded().dropFirst(FrameHeader.byteCount)) }
}
