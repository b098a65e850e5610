/// Gives equal stretches of a sequence equal small numbers, counted from zero.
///
/// Open addressing with a bounded number of probes: a text made to collide loses matches, not time.
struct Interner {
  private static let probeLimit = 32
  private static let markBits: UInt64 = 0xffff_ffff_0000_0000
  private let sequence: [UInt32]
  /// The high half of a hash above a number plus one, or zero. Grows with the numbers: few words stay in the caches.
  private var slots = [UInt64](repeating: 0, count: 1 << 10)
  /// Where each number's first stretch lies.
  private var ranges: [Range<Int32>] = []

  init(_ sequence: [UInt32]) { self.sequence = sequence }

  /// How many numbers were given.
  var count: Int { ranges.count }

  mutating func number(_ range: Range<Int>) -> UInt32 { number(range, hash: Self.hash(sequence, range)) }

  /// The number of a stretch whose hash is known.
  mutating func number(_ range: Range<Int>, hash: UInt64) -> UInt32 {
    if ranges.count * 2 > slots.count { grow() }
    var slot = Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
    for _ in 0..<Self.probeLimit {
      let entry = slots[slot]
      if entry == 0 {
        slots[slot] = hash & Self.markBits | UInt64(ranges.count + 1)
        break
      }
      if (entry ^ hash) & Self.markBits == 0 {
        let known = Int(entry & ~Self.markBits) - 1
        if isEqual(ranges[known], range) { return UInt32(known) }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    ranges.append(Int32(range.lowerBound)..<Int32(range.upperBound))
    return UInt32(ranges.count - 1)
  }

  private mutating func grow() {
    let entries = slots
    slots = [UInt64](repeating: 0, count: entries.count * 4)
    for entry in entries where entry != 0 {
      var slot = Int(truncatingIfNeeded: entry >> 32) & (slots.count - 1)
      for _ in 0..<Self.probeLimit {
        if slots[slot] == 0 {
          slots[slot] = entry
          break
        }
        slot = (slot + 1) & (slots.count - 1)
      }
    }
  }

  /// A hash of the stretch, well mixed in its high bits.
  static func hash(_ sequence: [UInt32], _ range: Range<Int>) -> UInt64 {
    var mix: UInt64 = 0x9e37_79b9_7f4a_7c15
    for place in range {
      mix = (mix ^ UInt64(sequence[place])) &* 0xff51_afd7_ed55_8ccd
      mix ^= mix >> 32
    }
    return mix &* 0x9e37_79b9_7f4a_7c15
  }

  private func isEqual(_ known: Range<Int32>, _ range: Range<Int>) -> Bool {
    guard known.count == range.count else { return false }
    let start = Int(known.lowerBound)
    for offset in 0..<range.count where sequence[start + offset] != sequence[range.lowerBound + offset] { return false }
    return true
  }
}
