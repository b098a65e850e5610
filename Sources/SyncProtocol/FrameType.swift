import Bytes

/// The number of a frame's kind. Below 0x80 critical: whoever does not know it answers UNKNOWN_FRAME and closes. From
/// 0x80 on ignorable: skipped unread.
package struct FrameType: Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let hello = FrameType(rawValue: 0x01)
  package static let open = FrameType(rawValue: 0x02)
  package static let welcome = FrameType(rawValue: 0x03)

  package static let run = FrameType(rawValue: 0x10)
  package static let section = FrameType(rawValue: 0x11)
  package static let logged = FrameType(rawValue: 0x12)
  package static let own = FrameType(rawValue: 0x13)
  package static let ack = FrameType(rawValue: 0x14)
  package static let vector = FrameType(rawValue: 0x15)
  package static let reached = FrameType(rawValue: 0x16)

  package static let notify = FrameType(rawValue: 0x30)
  package static let follow = FrameType(rawValue: 0x31)
  package static let kept = FrameType(rawValue: 0x32)

  /// Ignorable: read by whoever agreed to be told, skipped by everybody else.
  package static let received = FrameType(rawValue: 0x80)

  package static let credit = FrameType(rawValue: 0x20)
  package static let ping = FrameType(rawValue: 0x21)
  package static let pong = FrameType(rawValue: 0x22)
  package static let error = FrameType(rawValue: 0x23)
  package static let goodbye = FrameType(rawValue: 0x24)

  // Reserved, so that nobody takes the numbers: no version sends them yet. Critical ones are refused, ignorable ones
  // skipped, like any unknown type.
  package static let reservedForChallenge = FrameType(rawValue: 0x04)
  package static let reservedForAuthentication = FrameType(rawValue: 0x05)
  package static let reservedForEnrolment: ClosedRange<UInt8> = 0x08...0x0b
  package static let reservedForFollowing = FrameType(rawValue: 0x33)
  package static let reservedForChunks: ClosedRange<UInt8> = 0x38...0x3b
  package static let reservedForPresence = FrameType(rawValue: 0x81)
  package static let reservedForReceipts = FrameType(rawValue: 0x82)
  /// Sent now and then by careful peers to see that others really skip what they do not know.
  package static let grease: [UInt8] = [0x8a, 0x9a, 0xaa, 0xba, 0xca, 0xda, 0xea, 0xfa]

  package var isCritical: Bool { rawValue < 0x80 }

  /// Whether this version always reads it.
  package var isKnown: Bool { isCritical && payloadLimit != nil }

  /// The most bytes that a payload of this type may have; nil for a critical type that this version does not know.
  package var payloadLimit: Int? {
    switch self {
    case .hello, .open, .welcome: SyncLimits.handshakeFrame
    case .run, .logged, .own, .ack, .reached, .credit, .error, .goodbye: SyncLimits.smallFrame
    case .notify, .follow, .kept: SyncLimits.smallFrame
    case .ping, .pong: SyncLimits.ping
    case .vector: SyncLimits.vectorFrame
    case .section: SyncLimits.sectionFrame
    default: isCritical ? nil : SyncLimits.ignoredFrame
    }
  }

  /// Whether the receiver grants bytes of this type.
  package var isCounted: Bool {
    switch self {
    case .run, .section, .logged, .own: true
    default: false
    }
  }

  /// Whether a flight or an answer may end with it.
  package var mayEnd: Bool {
    switch self {
    case .open, .welcome, .run, .logged, .own, .ack, .vector, .reached, .follow: true
    default: false
    }
  }

  package var name: String {
    switch self {
    case .hello: "HELLO"
    case .open: "OPEN"
    case .welcome: "WELCOME"
    case .run: "RUN"
    case .section: "SECTION"
    case .logged: "LOGGED"
    case .own: "OWN"
    case .ack: "ACK"
    case .vector: "VECTOR"
    case .reached: "REACHED"
    case .notify: "NOTIFY"
    case .follow: "FOLLOW"
    case .kept: "KEPT"
    case .received: "RECEIVED"
    case .credit: "CREDIT"
    case .ping: "PING"
    case .pong: "PONG"
    case .error: "ERROR"
    case .goodbye: "GOODBYE"
    default: "frame 0x\([rawValue].hex)"
    }
  }
}
