/// What is wrong with bytes that came from outside, and where: offsets count from the start of the reader's input.
package enum DecodingError: Error, Equatable, Sendable {
  /// The input ends before the item does.
  case truncated(at: Int, missing: Int)
  /// A length or count is above the format's limit.
  case tooLong(at: Int, found: UInt64, limit: Int)
  /// A number is not written in its shortest form.
  case notShortest(at: Int)
  /// A number or tag has a value that the format does not allow there.
  case outOfRange(at: Int, found: UInt64)
  /// Text is not valid UTF-8.
  case invalidUTF8(at: Int)
  /// Items that must ascend, or must differ, do not.
  case outOfOrder(at: Int)
  /// Bytes remain after the last item.
  case trailing(at: Int, count: Int)
  /// A value is written in a way that the format reserves for another.
  case notCanonical(at: Int)

  /// The name that golden vectors use for this error.
  package var name: String {
    switch self {
    case .truncated: "truncated"
    case .tooLong: "tooLong"
    case .notShortest: "notShortest"
    case .outOfRange: "outOfRange"
    case .invalidUTF8: "invalidUTF8"
    case .outOfOrder: "outOfOrder"
    case .trailing: "trailing"
    case .notCanonical: "notCanonical"
    }
  }

  /// Where the error stands.
  package var offset: Int {
    switch self {
    case .truncated(let at, _), .tooLong(let at, _, _), .notShortest(let at), .outOfRange(let at, _),
      .invalidUTF8(let at), .outOfOrder(let at), .trailing(let at, _), .notCanonical(let at):
      at
    }
  }

  /// The same error, seen from an input that holds this one at `base`.
  package func shifted(by base: Int) -> DecodingError {
    switch self {
    case .truncated(let at, let missing): .truncated(at: at + base, missing: missing)
    case .tooLong(let at, let found, let limit): .tooLong(at: at + base, found: found, limit: limit)
    case .notShortest(let at): .notShortest(at: at + base)
    case .outOfRange(let at, let found): .outOfRange(at: at + base, found: found)
    case .invalidUTF8(let at): .invalidUTF8(at: at + base)
    case .outOfOrder(let at): .outOfOrder(at: at + base)
    case .trailing(let at, let count): .trailing(at: at + base, count: count)
    case .notCanonical(let at): .notCanonical(at: at + base)
    }
  }
}
