/// How long to wait before a server is tried again: longer each time, and never the same for all laptops.
package struct Backoff: Sendable {
  /// The shortest and the longest wait, in nanoseconds.
  package static let shortest: Int64 = 500_000_000
  package static let longest: Int64 = 60_000_000_000
  /// A server that asks for more than this is tried all the same.
  package static let mostAsked: Int64 = 600_000_000_000

  private var ceiling = 2 * shortest

  package init() {}

  /// All goes well again.
  package mutating func reset() { ceiling = 2 * Self.shortest }

  /// Anything from the shortest wait to a ceiling that doubles; no shorter than the server asked for. `chance` is any
  /// number, each as likely as the others.
  package mutating func next(chance: UInt64, askedFor: Int64 = 0) -> Int64 {
    let span = UInt64(ceiling - Self.shortest)
    let wait = Self.shortest + Int64(chance % (span + 1))
    ceiling = min(ceiling * 2, Self.longest)
    let asked = min(max(askedFor, 0), Self.mostAsked)
    // Those who were told the same moment do not all come at it.
    return asked > 0 ? asked + Int64(chance % UInt64(asked / 4 + 1)) : wait
  }
}
