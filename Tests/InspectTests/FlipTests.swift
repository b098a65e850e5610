import Bytes
import Formats
import PropertyTesting
import Signing
import Testing
import valise_inspect

/// A snapshot of about 32 KB with one byte altered: the alteration is found, wherever it is, and the rest is read.
@Suite final class FlipTests {
  private let sample: SampleBook
  private let bytes: [UInt8]

  init() throws {
    sample = try SampleBook()
    bytes = sample.snapshot
  }

  deinit { try? sample.remove() }

  @Test func `the snapshot is of the size that is spoken of, and sound`() throws {
    #expect((28_000..<40_000).contains(bytes.count), "\(bytes.count) bytes")
    #expect(try Inspected(file: "sample", bytes).findings == [])
  }

  @Test func `every byte that is altered is found`() throws {
    var random = SeededRandom(seed: 11)
    for offset in bytes.indices {
      let pattern = UInt8(1 + random.below(255))
      #expect(isFound(offset, pattern), "byte \(offset), by \(pattern)")
    }
  }

  @Test func `whatever a byte becomes is found`() throws {
    var random = SeededRandom(seed: 12)
    for _ in 0..<60 {
      let offset = random.below(bytes.count)
      for pattern in UInt8(1)...255 { #expect(isFound(offset, pattern), "byte \(offset), by \(pattern)") }
    }
    for offset in 0..<FileOutline.Head.byteCount {
      for pattern in UInt8(1)...255 { #expect(isFound(offset, pattern), "byte \(offset), by \(pattern)") }
    }
  }

  @Test func `an altered byte is named, and everything is read as it was written`() throws {
    let whole = try Inspected(file: "sample", bytes).history.changes.map(\.change)
    var random = SeededRandom(seed: 13)
    for _ in 0..<150 {
      let offset = random.below(bytes.count)
      let read = try Inspected(file: "sample", altered(offset, UInt8(1 + random.below(255))))
      let place = try #require(read.findings.first?.place.bytes)
      #expect(place.contains(offset), "byte \(offset): \(place)")
      #expect(read.history.changes.map(\.change) == whole, "byte \(offset)")
    }
  }

  @Test func `every byte of a light snapshot that is altered is found, and its entries are read as they were`() throws {
    var random = SeededRandom(seed: 14)
    let whole = try #require(try Inspected(file: "sample", sample.light).light).entries
    #expect(whole.count == 20)
    for offset in stride(from: 0, to: sample.light.count, by: 101) {
      var altered = sample.light
      altered[offset] ^= UInt8(1 + random.below(255))
      let read = try Inspected(file: "sample", altered)
      #expect(!read.findings.isEmpty, "byte \(offset)")
      #expect(read.light?.entries == whole, "byte \(offset)")
    }
  }

  @Test(arguments: ["snapshot", "bundle", "light"])
  func `the kind of a section, which no checksum covers, is named as well, and all is read as it was`(
    file: String
  ) throws {
    let bytes = file == "snapshot" ? sample.snapshot : file == "bundle" ? sample.bundle : sample.light
    let whole = try Inspected(file: "sample", bytes)
    var random = SeededRandom(seed: 15)
    for part in try FileOutline(of: bytes).parts {
      guard case .section(let section) = part else { continue }
      let offset = section.range.lowerBound
      let known: [UInt8] = [0x01, 0x02, 0x10, 0x11, 0x20, 0x21, 0x30, 0x31, 0x32, 0x33, 0x34, 0x3f, 0x80]
      for kind in known + (0..<3).map({ _ in UInt8(random.below(256)) }) where kind != bytes[offset] {
        var altered = bytes
        altered[offset] = kind
        let read = try Inspected(file: "sample", altered)
        let place = "byte \(offset), kind \(kind)"
        #expect(read.findings.map(\.name) == ["altered"], "\(place)")
        #expect(read.findings.first?.place.bytes == offset..<offset + 1, "\(place)")
        #expect(read.history.changes.map(\.change) == whole.history.changes.map(\.change), "\(place)")
        #expect(read.light?.entries == whole.light?.entries, "\(place)")
      }
    }
  }

  private func altered(_ offset: Int, _ pattern: UInt8) -> [UInt8] {
    var altered = bytes
    altered[offset] ^= pattern
    return altered
  }

  /// By the sections alone where that is enough: then nothing has to be replayed.
  private func isFound(_ offset: Int, _ pattern: UInt8) -> Bool {
    let altered = altered(offset, pattern)
    guard let contents = try? FileContents(of: altered, hash: Signing.hash) else { return true }
    if !contents.faults.isEmpty { return true }
    return (try? Inspected(file: "sample", altered).findings.isEmpty) != true
  }
}
