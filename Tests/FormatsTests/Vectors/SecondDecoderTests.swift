import Bytes
import Deflate
import Formats
import Foundation
import History
import PropertyTesting
import Testing

/// The decoder that was written from the document, on bytes that nobody wrote down.
struct SecondDecoderTests {
  @Test func `both decoders read a thousand random and spoiled runs alike`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("valise-vectors-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var counts = (accepted: 0, refused: 0)
    try forAll(1_000) { random in
      var vector = try Self.vector(using: &random)
      switch vector.read() {
      case .success(let meaning):
        vector.meaning = meaning
        counts.accepted += 1
      case .failure(let refusal):
        vector = Vector(
          name: vector.name, what: vector.what, context: vector.context, bytes: vector.bytes, expect: refusal.name)
        counts.refused += 1
      }
      let name = "\(counts.accepted + counts.refused).json"
      try Data(vector.written.utf8).write(to: folder.appendingPathComponent(name))
    }
    let decoder = Process()
    decoder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script = Vector.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    decoder.arguments = ["python3", script.appendingPathComponent("tools/decode_vectors.py").path, folder.path]
    let output = Pipe()
    decoder.standardOutput = output
    try decoder.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    decoder.waitUntilExit()
    print("second decoder: \(counts.accepted) accepted, \(counts.refused) refused; \(said.suffix(60))")
    #expect(decoder.terminationStatus == 0, "\(said.prefix(2_000))")
    #expect(isReplay || counts.accepted > 200 && counts.refused > 200)
  }

  /// A run of a random history; its raw bytes spoiled in a few places, three times in four.
  private static func vector(using random: inout SeededRandom) throws -> Vector {
    let history = try RandomHistory(changes: 2 + random.below(14), using: &random)
    let (changes, previous) = history.stretch(using: &random)
    let packed = try RunCodec.pack(changes, signature: nil, refs: history.ref(of:))
    let sections = try packed.sections.map { packed -> [UInt8] in
      var raw = try packed.unpacked()
      if random.oneIn(4) { return section(packed.kind, raw, deflated: packed.isDeflated) }
      for _ in 0..<1 + random.below(2) { spoil(&raw, using: &random) }
      return section(packed.kind, raw.isEmpty ? [0] : raw)
    }
    let bytes = run(packed.device, first: packed.first, count: UInt64(packed.count), sections)
    let known = history.changes.filter { change in !changes.contains { $0.id == change.id } }.map { change in
      JSON.object([
        "device": .text(change.ref.device.bytes.hex), "seq": .number(change.ref.seq),
        "id": .text(change.id.digest.bytes.hex),
      ])
    }
    let context = JSON.object([
      "book": .text(history.book.digest.bytes.hex), "previous": previous.map { .text($0.digest.bytes.hex) },
      "known": .list(known),
    ])
    return Vector(name: "random", what: .run, context: context, bytes: bytes, expect: "ok")
  }

  private static func spoil(_ raw: inout [UInt8], using random: inout SeededRandom) {
    let place = random.below(raw.count)
    switch random.below(4) {
    case 0: raw[place] ^= 1 << UInt8(random.below(8))
    case 1: raw[place] = UInt8(random.below(9))
    case 2: if raw.count > 1 { raw.remove(at: place) }
    default: raw.insert(UInt8(random.below(200)), at: place)
    }
  }
}

extension PackedSection {
  /// The raw bytes, by the reader's own way.
  func unpacked() throws -> [UInt8] {
    isDeflated ? try Deflate.unpack(packed, rawCount: rawCount) : packed
  }
}
