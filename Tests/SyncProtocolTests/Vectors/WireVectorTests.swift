import Foundation
import PropertyTesting
import SyncProtocol
import Testing

@Suite(.serialized) struct WireVectorTests {
  /// `VALISE_RECORD=1` writes the files anew; the difference is for a person to read.
  @Test func `each case is read as it says, and recorded when asked`() throws {
    var names: Set<String> = []
    let isRecording = environment("VALISE_RECORD") != nil
    if isRecording {
      try FileManager.default.createDirectory(at: WireVector.folder, withIntermediateDirectories: true)
      for file in try WireVector.files {
        try FileManager.default.removeItem(at: WireVector.folder.appendingPathComponent(file))
      }
    }
    var counts = (accepted: 0, refused: 0)
    for vector in try WireCases().all {
      #expect(names.insert(vector.name).inserted, "\(vector.name) is there twice")
      #expect(vector.read().expect == vector.expect, "\(vector.name)")
      if vector.expect == "ok" { counts.accepted += 1 } else { counts.refused += 1 }
      let file = WireVector.folder.appendingPathComponent(vector.name + ".json")
      if isRecording { try vector.written().write(to: file) }
      #expect(try Data(contentsOf: file) == vector.written(), "\(vector.name): record with VALISE_RECORD=1")
    }
    #expect(try Set(WireVector.files) == Set(names.map { $0 + ".json" }), "record with VALISE_RECORD=1")
    print("wire vectors: \(counts.accepted) accepted, \(counts.refused) refused")
    #expect(counts.accepted > 50 && counts.refused > 80)
  }

  @Test func `the second reader, written from the document, reads them all alike`() throws {
    let said = try Self.secondReader(on: WireVector.folder)
    #expect(said.isContent, "\(said.text.prefix(2_000))")
  }

  @Test func `both readers make the same of a thousand spoiled exchanges`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("valise-wire-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let cases = try WireCases().all
    var counts: [String: Int] = [:]
    var number = 0
    try forAll(1_000) { random in
      let vector = cases[random.below(cases.count)].spoiled(using: &random)
      number += 1
      counts[vector.read().expect, default: 0] += 1
      try vector.written().write(to: folder.appendingPathComponent("\(number).json"))
    }
    let said = try Self.secondReader(on: folder)
    print("spoiled: \(counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
    #expect(said.isContent, "\(said.text.prefix(2_000))")
    #expect(isReplay || (counts["ok"] ?? 0) > 50 && counts.count > 6)
  }

  private static func secondReader(on folder: URL) throws -> (isContent: Bool, text: String) {
    let root = WireVector.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let reader = Process()
    reader.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    reader.arguments = ["python3", root.appendingPathComponent("tools/decode_wire.py").path, folder.path]
    let output = Pipe()
    reader.standardOutput = output
    try reader.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    reader.waitUntilExit()
    return (reader.terminationStatus == 0, said)
  }
}

extension WireVector {
  /// The same with a frame dropped, doubled or moved, an end flag turned, or a byte changed, once or twice.
  fileprivate func spoiled(using random: inout SeededRandom) -> WireVector {
    let head = what == .flight ? min(8, bytes.count) : 0
    var frames = Self.cut(bytes[head...])
    for _ in 0...random.below(2) where !frames.isEmpty {
      let place = random.below(frames.count)
      switch random.below(5) {
      case 0 where frames.count > 1: frames.remove(at: place)
      case 1 where what != .frame: frames.insert(frames[random.below(frames.count)], at: place)
      case 2: frames.swapAt(place, random.below(frames.count))
      case 3 where frames[place].count > 5: frames[place][5] ^= 1
      default:
        // The length stays, so that the frames stay whole.
        let byte = random.below(frames[place].count)
        if byte >= 4 { frames[place][byte] ^= 1 << UInt8(random.below(8)) }
      }
    }
    return WireVector(
      name: name, what: what, context: context, bytes: bytes.prefix(head) + frames.flatMap { $0 }, expect: "")
  }

  private static func cut(_ bytes: ArraySlice<UInt8>) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var rest = bytes
    while rest.count >= 6 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      frames.append(Array(rest.prefix(6 + length)))
      rest = rest.dropFirst(6 + length)
    }
    return frames
  }
}
