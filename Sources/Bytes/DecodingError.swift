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
}
