/// The wire's bounds (`wire.md`, Limits). A peer that goes over one gets the error named there; no bound is the sender's.
package enum SyncLimits {
  /// Payload of the frames before a session is open.
  package static let handshakeFrame = 4096
  /// Payload of frames that hold numbers and ids only.
  package static let smallFrame = 4096
  /// Payload of a section: a packed MiB and its head.
  package static let sectionFrame = (1 << 20) + 64
  /// Payload of an ignorable frame that this version does not know; it is skipped unread.
  package static let ignoredFrame = 64 << 10
  /// Devices that one book knows, and so the entries of a vector.
  package static let devices = 4096
  /// Payload of a vector.
  package static let vectorFrame = 16 + devices * 26
  /// Section payloads of one run, together.
  package static let runBytes = 16 << 20
  /// Bytes that a side may send before it is granted more, when HELLO or WELCOME say nothing else.
  package static let window = 1 << 20
  /// The largest window that may be announced, and the most that may ever be outstanding.
  package static let largestWindow = 16 << 20
  /// The smallest window that may be announced.
  package static let smallestWindow = 64 << 10
  /// UTF-8 bytes of an error's detail.
  package static let detail = 256
  /// Bytes that a ping may carry and a pong gives back.
  package static let ping = 8
  /// Answers to pings that may wait to be sent.
  package static let unsentReplies = 64
  /// Laptops whose news RECEIVED, or WELCOME, brings at a time.
  package static let laptopsTold = 150
  /// Flights of a client in one exchange.
  package static let flights = 4
  /// Packed bytes after which a page is given, when the window is no smaller.
  package static let page = 1 << 20
  /// The highest position of a log, so that one more never overflows.
  package static let position = UInt64(1) << 62
}
