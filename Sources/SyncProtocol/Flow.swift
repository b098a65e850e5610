/// What one side may still send: bytes of counted frames, header included.
///
/// A frame goes out whole while any credit is left, so a window is overdrawn by less than one frame; thereby no frame
/// is too large for a window.
struct Outflow: Sendable {
  private var credit: Int

  init(window: Int) { credit = window }

  var isOpen: Bool { credit > 0 }

  mutating func sent(_ bytes: Int) { credit -= bytes }

  /// Nil when the peer grants more than may ever be outstanding.
  mutating func granted(_ bytes: Int) -> Bool {
    guard credit + bytes <= SyncLimits.largestWindow else { return false }
    credit += bytes
    return true
  }

  /// The peer said a window other than the one assumed until now.
  mutating func rebase(to window: Int) { credit += window - SyncLimits.window }
}

/// What one side lets the other send, and when it grants more.
///
/// Bytes are granted again as they arrive, while what waits to be processed is under a window; beyond that they are
/// owed until some of it is done. So memory is bounded by the backlog, one window and one run, and a peer that has a
/// long run to send is never stuck behind it.
struct Inflow: Sendable {
  private let window: Int
  private var credit: Int
  /// Arrived and not yet granted again.
  private var owed = 0
  /// Waits to be processed.
  private(set) var backlog = 0

  init(window: Int) {
    self.window = window
    credit = window
  }

  /// Counts a frame; false when the peer had no credit left to send it.
  mutating func received(_ bytes: Int) -> Bool {
    guard credit > 0 else { return false }
    credit -= bytes
    owed += bytes
    return true
  }

  mutating func queued(_ bytes: Int) { backlog += bytes }
  mutating func processed(_ bytes: Int) { backlog -= bytes }

  /// What to grant now: nothing until less than half a window is left, nor while the backlog is a window.
  mutating func grant() -> Int? {
    guard credit < window / 2, owed > 0, backlog < window else { return nil }
    let grant = owed
    owed = 0
    credit += grant
    return grant
  }
}
