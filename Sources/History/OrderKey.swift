package import Bytes

/// A place between neighbours: a fraction written in the digits 0-9 A-Z a-z, without a last 0.
///
/// Two devices that choose the same place get the same key; whoever shows them breaks the tie by stamp.
package struct OrderKey: Hashable, Comparable, Sendable {
  package let text: ExactText

  /// Nil when a character is no digit, the last digit is 0, or the key is longer than the format allows.
  package init?(_ text: ExactText) {
    guard text.bytes.count <= ChangeLimits.orderKey, text.bytes.last != Self.digits[0],
      text.bytes.allSatisfy({ Self.value(of: $0) != nil })
    else { return nil }
    self.text = text
  }

  private init(digits: [Int]) {
    text = ExactText(String(decoding: digits.map { Self.digits[$0] }, as: UTF8.self))
  }

  package static func < (a: Self, b: Self) -> Bool { a.text < b.text }

  /// `count` ascending keys strictly between two neighbours (nil: no neighbour on that side).
  ///
  /// Nil when the place has no room left within the format's length, or the neighbours do not ascend: then everything
  /// around is keyed anew.
  package static func keys(_ count: Int, after low: OrderKey?, before high: OrderKey?) -> [OrderKey]? {
    if let low, let high, low >= high { return nil }
    var keys: [OrderKey] = []
    guard fill(count, low?.values ?? [], high?.values, into: &keys) else { return nil }
    return keys
  }

  private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
  private static let base = 62

  private static func value(of byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 10
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 36
    default: nil
    }
  }

  private var values: [Int] { text.bytes.map { Self.value(of: $0) ?? 0 } }

  /// Finds digits that all keys between begin with, and spreads the keys over the digits behind.
  private static func fill(_ count: Int, _ low: [Int], _ high: [Int]?, into keys: inout [OrderKey]) -> Bool {
    guard count > 0 else { return true }
    func digit(_ digits: [Int]?, _ place: Int) -> Int {
      guard let digits else { return base - 1 }
      return place < digits.count ? digits[place] : 0
    }
    var start = 0
    while start < max(low.count, high?.count ?? 0), digit(low, start) == digit(high, start) { start += 1 }
    if spread(count, low, high, from: start, into: &keys) { return true }
    // Crowded below a round number: what is above the lower one and begins like it is below the higher one, too.
    guard high != nil, start < low.count else { return false }
    start += 1
    while start < low.count, low[start] == base - 1 { start += 1 }
    return spread(count, low, nil, from: start, into: &keys)
  }

  /// Spreads the keys evenly over as few digits as have room for all of them.
  private static func spread(
    _ count: Int, _ low: [Int], _ high: [Int]?, from start: Int, into keys: inout [OrderKey]
  ) -> Bool {
    let prefix = (0..<start).map { $0 < low.count ? low[$0] : 0 }

    /// The digits behind the prefix, as a number of `width` digits.
    func number(_ digits: [Int], _ width: Int) -> Int {
      (start..<start + width).reduce(0) { $0 * base + ($1 < digits.count ? digits[$1] : 0) }
    }
    // Ten digits still fit an Int.
    for width in 1...10 where start + width <= ChangeLimits.orderKey {
      let floor = number(low, width)
      let ceiling = high.map { number($0, width) } ?? (0..<width).reduce(1) { power, _ in power * base }
      let span = ceiling - floor
      guard span > count else { continue }
      let (step, rest) = span.quotientAndRemainder(dividingBy: count + 1)
      for index in 1...count {
        var value = floor + step * index + rest * index / (count + 1)
        var tail: [Int] = []
        for _ in 0..<width {
          tail.append(value % base)
          value /= base
        }
        let digits = prefix + tail.reversed()
        keys.append(OrderKey(digits: Array(digits.reversed().drop { $0 == 0 }.reversed())))
      }
      return true
    }
    return false
  }
}
