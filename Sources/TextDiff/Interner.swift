/// Gives equal stretches of a sequence equal small numbers, counted from zero.
///
/// Open addressing with a bounded number of probes: a text made to collide loses matches, not time.
struct Interner {
  private static let probeLimit = 32
  private let sequence: [UInt32]
  private var slots: [Int32]
  private var starts: [Int32] = []
  private var lengths: [Int32] = []
  private var hashes: [UInt32] = []

  /// For at most `capacity` stretches of the sequence.
  init(_ sequence: [UInt32], capacity: Int) {
    self.sequence = sequence
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
  }

  /// How many numbers were given.
  var count: Int { starts.count }

  mutating func number(_ start: Int, _ end: Int) -> UInt32 {
    var mix: UInt64 = 0x9e37_79b9_7f4a_7c15
    for place in start..<end {
      mix = (mix ^ UInt64(sequence[place])) &* 0xff51_afd7_ed55_8ccd
      mix ^= mix >> 32
    }
    let hash = UInt32(truncatingIfNeeded: mix)
    var slot = Int(hash) & (slots.count - 1)
    for _ in 0..<Self.probeLimit {
      let known = Int(slots[slot])
      if known < 0 {
        slots[slot] = Int32(starts.count)
        break
      }
      if hashes[known] == hash && isEqual(Int(starts[known]), Int(lengths[known]), start, end - start) {
        return UInt32(known)
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    starts.append(Int32(start))
    lengths.append(Int32(end - start))
    hashes.append(hash)
    return UInt32(starts.count - 1)
  }

  private func isEqual(_ first: Int, _ firstCount: Int, _ second: Int, _ secondCount: Int) -> Bool {
    guard firstCount == secondCount else { return false }
    for offset in 0..<firstCount where sequence[first + offset] != sequence[second + offset] { return false }
    return true
  }
}
