/// Why an exchange ends early: a code, whether trying again may help, and a word for the log.
///
/// A wire error ends its connection and nothing else.
package struct WireError: Error, Equatable, Sendable {
  package let code: ErrorCode
  /// Milliseconds after which it makes sense to try again; nil when it does not.
  package let retryAfter: UInt32?
  /// At most `SyncLimits.detail` bytes: ids, numbers and names of frames, never a note's text. From a peer it is
  /// untrusted text, to be made harmless before it is printed.
  package let detail: String

  package init(_ code: ErrorCode, _ detail: String = "", retryAfter: UInt32? = nil) {
    self.code = code
    self.retryAfter = retryAfter
    self.detail = Self.clipped(detail)
  }

  /// The longest prefix of whole characters within the limit.
  private static func clipped(_ text: String) -> String {
    guard text.utf8.count > SyncLimits.detail else { return text }
    var clipped = ""
    var count = 0
    for character in text {
      count += character.utf8.count
      if count > SyncLimits.detail { break }
      clipped.append(character)
    }
    return clipped
  }
}

/// The number of an error. Codes of later versions are kept; their hundreds say what they are about.
package struct ErrorCode: Hashable, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  // 1xx: frames.
  package static let badMagic = ErrorCode(rawValue: 100)
  package static let tooLarge = ErrorCode(rawValue: 101)
  package static let badChecksum = ErrorCode(rawValue: 102)
  package static let badEncoding = ErrorCode(rawValue: 103)
  package static let unknownFrame = ErrorCode(rawValue: 104)
  package static let flow = ErrorCode(rawValue: 105)
  package static let wrongOrder = ErrorCode(rawValue: 106)
  package static let timedOut = ErrorCode(rawValue: 107)
  // 2xx: versions and features.
  package static let version = ErrorCode(rawValue: 200)
  package static let feature = ErrorCode(rawValue: 201)
  // 3xx: who somebody is.
  package static let badSignature = ErrorCode(rawValue: 301)
  package static let uncertified = ErrorCode(rawValue: 302)
  // 5xx: books and changes.
  package static let unknownParent = ErrorCode(rawValue: 500)
  package static let equivocation = ErrorCode(rawValue: 501)
  package static let rollback = ErrorCode(rawValue: 503)
  package static let gap = ErrorCode(rawValue: 504)
  package static let brokenChain = ErrorCode(rawValue: 505)
  package static let badRoot = ErrorCode(rawValue: 506)
  package static let badRun = ErrorCode(rawValue: 507)
  package static let overLimit = ErrorCode(rawValue: 508)
  package static let noSuchBook = ErrorCode(rawValue: 510)
  package static let nameTaken = ErrorCode(rawValue: 511)
  package static let otherName = ErrorCode(rawValue: 512)
  // 6xx: shares of the server.
  package static let connections = ErrorCode(rawValue: 602)
  // 7xx: the server itself; trying again later may help.
  package static let readOnly = ErrorCode(rawValue: 700)
  package static let diskFull = ErrorCode(rawValue: 701)
  package static let corrupt = ErrorCode(rawValue: 702)
  package static let shutdown = ErrorCode(rawValue: 703)
  package static let unavailable = ErrorCode(rawValue: 704)

  /// Every code that this version sends, ascending, with the name that documents and vectors use.
  package static let named: [(ErrorCode, String)] = [
    (badMagic, "BAD_MAGIC"), (tooLarge, "TOO_LARGE"), (badChecksum, "BAD_CHECKSUM"), (badEncoding, "BAD_ENCODING"),
    (unknownFrame, "UNKNOWN_FRAME"), (flow, "FLOW"), (wrongOrder, "WRONG_ORDER"), (timedOut, "TIMED_OUT"),
    (version, "VERSION"), (feature, "FEATURE"), (badSignature, "BAD_SIGNATURE"), (uncertified, "UNCERTIFIED"),
    (unknownParent, "UNKNOWN_PARENT"), (equivocation, "EQUIVOCATION"), (rollback, "ROLLBACK"), (gap, "GAP"),
    (brokenChain, "BROKEN_CHAIN"), (badRoot, "BAD_ROOT"), (badRun, "BAD_RUN"), (overLimit, "OVER_LIMIT"),
    (noSuchBook, "NO_SUCH_BOOK"), (nameTaken, "NAME_TAKEN"), (otherName, "OTHER_NAME"), (connections, "CONNECTIONS"),
    (readOnly, "READ_ONLY"), (diskFull, "DISK_FULL"), (corrupt, "CORRUPT"), (shutdown, "SHUTDOWN"),
    (unavailable, "UNAVAILABLE"),
  ]

  package var name: String { Self.named.first { $0.0 == self }?.1 ?? "ERROR_\(rawValue)" }
}
