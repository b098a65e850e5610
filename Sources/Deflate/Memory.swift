import CZlib

// The one file of this target that says `unsafe`.
//
// Zlib relies on this: every pointer that zlib gets comes from an array's own closure, is used inside that closure only,
// and carries that array's count; so zlib, which reads at most `avail_in` bytes and writes at most `avail_out`, stays
// inside them. The z_stream has one address from its init to its end (zlib keeps a pointer back to it), because it is
// only touched inside one `withUnsafeMutablePointer`.
// What it wrote is initialised: `total_out` counts it.
//
// `word(at:)` relies on this: the load checks its bounds itself, and any eight bytes are a UInt64.
//
// `GrowingText` relies on this: both parts are checked against their arrays before any byte is copied.

extension Span<UInt8> {
  /// The eight bytes from `offset` on, the first of them lowest. Traps outside the span.
  func word(at offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

/// Bytes that are written from front to back, until there are as many as were asked for. Traps before it writes or reads
/// outside of them.
struct GrowingText {
  private(set) var bytes: [UInt8]
  private var filled = 0

  init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

  /// Adds a part of other bytes.
  mutating func append(_ source: [UInt8], _ part: Range<Int>) {
    precondition(part.upperBound <= source.count && part.lowerBound >= 0 && part.count <= bytes.count - filled)
    unsafe source.withUnsafeBytes { source in
      unsafe bytes.withUnsafeMutableBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<filled + part.count])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[part]))
      }
    }
    filled += part.count
  }

  /// Adds a part of what is written already.
  mutating func repeatPart(_ part: Range<Int>) {
    precondition(part.upperBound <= filled && part.lowerBound >= 0 && part.count <= bytes.count - filled)
    unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<filled + part.count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[part]))
    }
    filled += part.count
  }
}

/// zlib's calls, with arrays in and out.
enum Zlib {
  /// Why inflating stopped.
  enum End { case stream, output, input, corrupt, dictionary, memory }

  private static let rawWindowBits: CInt = -15
  private static let memoryLevel: CInt = 9

  static func deflate(_ raw: [UInt8], level: CInt, strategy: CInt) -> [UInt8] {
    var stream = unsafe z_stream()
    return unsafe withUnsafeMutablePointer(to: &stream) { stream in
      let opened = unsafe valise_deflate_init(stream, level, rawWindowBits, memoryLevel, strategy)
      precondition(opened == Z_OK, "zlib found no memory")
      defer { _ = unsafe deflateEnd(stream) }
      var room = unsafe Int(deflateBound(stream, uLong(raw.count)))
      while true {
        var status = Z_OK
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
          status = unsafe run(stream, raw, output) { unsafe CZlib.deflate($0, Z_FINISH) }
          count = unsafe Int(stream.pointee.total_out)
        }
        if status == Z_STREAM_END { return packed }
        precondition(status == Z_OK || status == Z_BUF_ERROR, "zlib lost its own state")
        // The bound is too small under 8 bytes at level 0 with this memory level (zlib 1.2.13): again, with more room.
        let again = unsafe deflateReset(stream)
        precondition(again == Z_OK, "zlib lost its own state")
        room = 2 * room + 64
      }
    }
  }

  /// At most `capacity` bytes of the stream, how many packed bytes they took, and why it ended there.
  static func inflate(_ packed: [UInt8], capacity: Int) -> (bytes: [UInt8], consumed: Int, end: End) {
    var stream = unsafe z_stream()
    return unsafe withUnsafeMutablePointer(to: &stream) { stream in
      guard unsafe valise_inflate_init(stream, rawWindowBits) == Z_OK else { return ([], 0, .memory) }
      defer { _ = unsafe inflateEnd(stream) }
      var end = End.corrupt
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
        // One call with all the input and all the room: there is no loop that could turn without progress.
        let status = unsafe run(stream, packed, output) { unsafe CZlib.inflate($0, Z_FINISH) }
        count = unsafe Int(stream.pointee.total_out)
        end = Self.end(status, outputLeft: capacity - count)
      }
      return unsafe (bytes, Int(stream.pointee.total_in), end)
    }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      UInt32(truncatingIfNeeded: unsafe crc32_z(0, buffer.baseAddress, buffer.count))
    }
  }

  /// Hands zlib the whole input and the whole room; both counts are checked against `Deflate.byteLimit` by the caller.
  private static func run(
    _ stream: UnsafeMutablePointer<z_stream>, _ input: [UInt8], _ output: UnsafeMutableBufferPointer<UInt8>,
    _ call: (UnsafeMutablePointer<z_stream>) -> CInt
  ) -> CInt {
    unsafe input.withUnsafeBufferPointer { input in
      // zlib's `next_in` lacks a const but is only read.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.pointee.avail_in = uInt(input.count)
      unsafe stream.pointee.next_out = output.baseAddress
      unsafe stream.pointee.avail_out = uInt(output.count)
      return unsafe call(stream)
    }
  }

  private static func end(_ status: CInt, outputLeft: Int) -> End {
    switch status {
    case Z_STREAM_END: .stream
    case Z_OK, Z_BUF_ERROR: outputLeft == 0 ? .output : .input
    case Z_NEED_DICT: .dictionary
    case Z_MEM_ERROR: .memory
    default: .corrupt
    }
  }
}

extension Deflate.Strategy {
  /// zlib's number for it.
  var code: CInt {
    switch self {
    case .default: Z_DEFAULT_STRATEGY
    case .filtered: Z_FILTERED
    case .huffmanOnly: Z_HUFFMAN_ONLY
    }
  }
}
