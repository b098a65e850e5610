import Bytes
import Deflate
import Formats
import History
import SyncProtocol
import SyncTesting

// Frames by themselves: header, layout, values.

extension WireCases {
  private typealias Make = WireCases

  mutating func frames() throws {
    let ping = FrameType.ping
    frame("W3-ping-of-eight", .ping([1, 2, 3, 4, 5, 6, 7, 8]))
    frame("W3-ping-of-nine", Make.raw(ping, [1, 2, 3, 4, 5, 6, 7, 8, 9]), "TOO_LARGE")
    frame("W3-section-above-its-limit", Make.raw(.section, [], length: 1_048_641), "TOO_LARGE")
    frame("W3-vector-above-its-limit", Make.raw(.vector, [], length: 106_513), "TOO_LARGE")
    frame("W3-all-bits-of-the-length", Make.raw(.section, [], length: Int(UInt32.max)), "TOO_LARGE")
    frame("W5-reserved-for-following", Make.raw(FrameType(rawValue: 0x33), []), "UNKNOWN_FRAME")
    frame("W5-type-7f", Make.raw(FrameType(rawValue: 0x7f), [1]), "UNKNOWN_FRAME")
    frame("W5-type-0", Make.raw(FrameType(rawValue: 0), []), "UNKNOWN_FRAME")
    frame("W5-W6-type-80", Make.raw(FrameType(rawValue: 0x80), [1, 2, 3]))
    frame("W6-any-flags", Make.raw(FrameType(rawValue: 0x8a), [1], flags: 0xff))
    frame("W6-above-64-KiB", Make.raw(FrameType(rawValue: 0x82), [], length: 65_537), "TOO_LARGE")
    frame(
      "W7-end-on-an-ack", .ack(Ack(epoch: .numbered(1), position: .zero, chain: chain.prefix, head: nil)), ends: true)
    frame("W7-end-on-a-ping", Make.raw(ping, [], flags: 1), "BAD_ENCODING")
    frame(
      "W7-end-on-a-section", Make.raw(.section, WireVector.payload(.section(run.sections[0])), flags: 1), "BAD_ENCODING"
    )
    frame("W7-flag-2", Make.raw(.open, WireVector.payload(.open(.known(book.id, nil))), flags: 2), "BAD_ENCODING")
    frame("W8-goodbye", .goodbye(retryAfter: 1_000))
    frame("W8-goodbye-of-nothing", Make.raw(.goodbye, []), "BAD_ENCODING")
    frame("W8-goodbye-and-more", Make.raw(.goodbye, [1, 0]), "BAD_ENCODING")
    frame("W8-half-a-book", Make.raw(.open, [0] + [UInt8](repeating: 7, count: 16)), "BAD_ENCODING")
    frame("W9-two-bytes-for-128", Make.raw(.goodbye, [0x80, 0x01]))
    frame("W9-two-bytes-for-0", Make.raw(.goodbye, [0x80, 0x00]), "BAD_ENCODING")
    frame("W47-a-byte", .credit(1))
    frame("W47-a-window-of-16-MiB", .credit(16 << 20))
    frame("W47-nothing", Make.raw(.credit, [0]), "BAD_ENCODING")
    frame("W47-more-than-16-MiB", Make.raw(.credit, Make.varint((16 << 20) + 1)), "BAD_ENCODING")
    frame("W49-equivocation", .error(WireError(.equivocation, "0c2b0d78:3")))
    frame("W49-try-again", .error(WireError(.diskFull, retryAfter: 60_000)))
    frame("W49-a-code-of-later-times", .error(WireError(ErrorCode(rawValue: 799), "tomorrow", retryAfter: 0)))
    frame("W49-flag-2", Make.raw(.error, [100, 2, 0]), "BAD_ENCODING")
    frame(
      "W49-a-detail-of-256", .error(WireError(.unavailable, String(repeating: "x", count: 256))))
    frame(
      "W49-a-detail-of-257",
      Make.raw(.error, [100, 0] + Make.varint(257) + [UInt8](repeating: 0x78, count: 257)), "BAD_ENCODING")
    frame("W49-a-detail-of-no-text", Make.raw(.error, [100, 0, 1, 0xff]), "BAD_ENCODING")
    frame("W49-code-65536", Make.raw(.error, Make.varint(65_536) + [0, 0]), "BAD_ENCODING")
  }

  mutating func heads() {
    let id = device.bytes
    let usual: [UInt8] = [1, 1, 0] + id
    frame("W10-hello", .hello(Hello(device: device)))
    frame("W10-versions-1-to-300", Make.raw(.hello, [1, 0xac, 0x02, 0] + id))
    frame("W10-version-0", Make.raw(.hello, [0, 1, 0] + id), "BAD_ENCODING")
    frame("W10-newest-before-oldest", Make.raw(.hello, [3, 2, 0] + id), "BAD_ENCODING")
    frame("W12-W13-two-ignorable-extensions", Make.raw(.hello, usual + [0x80, 0x01, 1, 5, 0x81, 0x01, 0]))
    frame("W12-the-same-twice", Make.raw(.hello, usual + [0x80, 0x01, 0, 0x80, 0x01, 0]), "BAD_ENCODING")
    frame("W12-descending", Make.raw(.hello, usual + [0x81, 0x01, 0, 0x80, 0x01, 0]), "BAD_ENCODING")
    frame("W13-critical-in-hello", Make.raw(.hello, usual + [2, 0]), "FEATURE")
    frame(
      "W13-critical-in-an-ack",
      Make.raw(
        .ack,
        WireVector.payload(.ack(Ack(epoch: .numbered(1), position: .zero, chain: chain.prefix, head: nil))) + [0x7f, 0]),
      "FEATURE")
    frame("W14-smallest", .hello(Hello(device: device, window: 65_536)))
    frame("W14-largest", .hello(Hello(device: device, window: 16 << 20)))
    frame("W14-below-64-KiB", Make.raw(.hello, usual + [1, 3] + Make.varint(65_535)), "BAD_ENCODING")
    frame("W14-above-16-MiB", Make.raw(.hello, usual + [1, 4] + Make.varint((16 << 20) + 1)), "BAD_ENCODING")
    frame("W14-the-usual-one", Make.raw(.hello, usual + [1, 3] + Make.varint(1 << 20)), "BAD_ENCODING")
    frame("W14-and-more", Make.raw(.hello, usual + [1, 4] + Make.varint(70_000) + [0]), "BAD_ENCODING")

    frame("W15-from-the-start", .open(.known(book.id, nil)))
    frame("W15-W17-from-a-cursor", .open(.known(book.id, claim)))
    frame("W15-form-4", Make.raw(.open, [4] + book.id.digest.bytes), "BAD_ENCODING")
    frame("W15-W16-join", .open(.named(.of("Prague-2021_11.b"))))
    frame("W15-W16-publish", .open(.create(.of(ExactText(String(repeating: "9", count: 100))), book.id)))
    for (words, name) in [
      ("empty", ""), ("101-letters", String(repeating: "x", count: 101)), ("first-a-dot", ".visit"), ("a-slash", "a/b"),
      ("a-letter-with-accent", "é"), ("a-line-feed", "a\n"),
    ] {
      frame(
        "W16-\(words)", Make.raw(.open, [2] + Make.varint(UInt64(name.utf8.count)) + Array(name.utf8)), "BAD_ENCODING")
    }
    let epoch = Epoch.numbered(1).bytes
    frame(
      "W17-above-2-to-the-62",
      Make.raw(.open, [1] + book.id.digest.bytes + epoch + Make.varint((1 << 62) + 1) + chain.prefix.bytes),
      "BAD_ENCODING")
    frame("W17-2-to-the-62", Make.raw(.reached, Make.varint(1 << 62) + chain.digest.bytes))
    for standing in [UInt8(0), 1, 2, 3, 4, 5, 6, 7, 8] {
      let book = standing & 4 != 0 ? self.book.id.digest.bytes : []
      let payload = [1, 0, standing] + epoch + [1] + chain.prefix.bytes + [0] + book
      frame(
        "W18-standing-\(standing)", Make.raw(.welcome, payload), [3, 7, 8].contains(standing) ? "BAD_ENCODING" : "ok")
    }
  }

  mutating func values() {
    let signed = signature.bytes
    frame("W23-W24-W25-run", .run(RunHead(device: nil, first: 300, count: 2, signature: signature, sectionCount: 1)))
    frame(
      "W23-W24-W25-the-most",
      .run(RunHead(device: device, first: 1 << 62, count: 65_536, signature: signature, sectionCount: 4_096)))
    frame(
      "W23-logged",
      .logged(
        LoggedHead(device: device, first: 0, count: 2, signature: signature, id: head.id, sectionCount: 1)))
    frame("W23-no-change", Make.raw(.run, [0, 0] + signed + [1]), "BAD_ENCODING")
    frame("W23-65537-changes", Make.raw(.run, [0] + Make.varint(131_074) + signed + [1]), "BAD_ENCODING")
    frame("W23-own-of-no-change", Make.raw(.own, [0, 0]), "BAD_ENCODING")
    frame(
      "W23-logged-of-no-change",
      Make.raw(.logged, device.bytes + [0, 0] + signed + head.id.digest.bytes + [1]), "BAD_ENCODING")
    frame("W24-above-2-to-the-62", Make.raw(.run, Make.varint((1 << 62) + 1) + [2] + signed + [1]), "BAD_ENCODING")
    frame("W25-no-section", Make.raw(.run, [0, 2] + signed + [0]), "BAD_ENCODING")
    frame("W25-4097-sections", Make.raw(.run, [0, 2] + signed + Make.varint(4_097)), "BAD_ENCODING")
    frame("W27-W28-rows", .section(run.sections[0]))
    let text = [UInt8](String(repeating: "a bomb is a small stream ", count: 400).utf8)
    let packed = Deflate.pack(text)
    frame(
      "W27-W28-deflated", .section(PackedSection(kind: 2, rawCount: text.count, isDeflated: true, packed: packed)))
    frame(
      "W27-deflated-but-no-shorter",
      Make.raw(.section, [1, 7, 3] + [0, 0, 0, 0] + [1, 2, 3]), "BAD_ENCODING")
    frame("W27-nothing-packed", Make.raw(.section, [1, 0, 0, 0, 0, 0]), "BAD_ENCODING")
    var wrong = Frame.section(run.sections[0]).encoded()
    wrong[wrong.count - 1] ^= 1
    frame("W28-another-last-byte", wrong, "BAD_CHECKSUM")
    let devices = [DeviceID(number: 1), DeviceID(number: 2)]
    func vector(_ entries: [(DeviceID, UInt64)]) -> [UInt8] {
      Make.raw(
        .vector, Make.varint(UInt64(entries.count)) + entries.flatMap { $0.0.bytes + Make.varint($0.1) }, flags: 1)
    }
    frame("W31-W32-vector", vector([(devices[0], 1), (devices[1], 1 << 62)]))
    frame("W31-W32-of-nobody", vector([]))
    frame("W31-descending", vector([(devices[1], 1), (devices[0], 1)]), "BAD_ENCODING")
    frame("W31-the-same-twice", vector([(devices[0], 1), (devices[0], 2)]), "BAD_ENCODING")
    frame("W32-no-change", vector([(devices[0], 0)]), "BAD_ENCODING")
    frame("W32-above-2-to-the-62", vector([(devices[0], (1 << 62) + 1)]), "BAD_ENCODING")
  }
}
