import BookFolder
import History
import Merge
import Replica
import SyncClient
import SyncProtocol

/// What has come and gone since the last news of a watch.
struct WatchedExchange {
  var saved = SaveReport(version: "")
  /// How things stood before.
  var before: LocalBook.Before?
  var arrived = Arrived()
  /// Bytes and turns.
  var wire = Wire()

  /// The device that the connection is for, and the log that it follows.
  var device: DeviceID?
  var epoch: Epoch?
  /// Changes of the first flight.
  var outgoing = 0
  /// Whether the server has welcomed the laptop.
  var isOpened = false
  /// Whether a flight is under way, which holds all that the server was known to lack then.
  var isSending = false
  var lacking: [DeviceID: UInt64] = [:]
  /// The server's last ack, not written down yet.
  var acknowledged: DeviceHead?
  /// Whether the first answer is over.
  var hasRested = false

  var isOffline = false
  /// Whether the server has all that was recorded last.
  var hasNothingToSend = false
  /// Whether the folder was looked at a second time for a file in trouble.
  var hasLookedAgain = false

  /// A look at the folder: all that it found since the last news, and the trouble as it is now.
  mutating func add(_ report: SaveReport) {
    saved.files += report.files
    saved.settled += report.settled
    saved.notices += report.notices
    (saved.version, saved.trouble, saved.left) = (report.version, report.trouble, report.left)
    (saved.held, saved.neededLevel) = (report.held, report.neededLevel)
  }

  /// Another connection begins.
  mutating func begin(for device: DeviceID, outgoing: Int, lacking: [DeviceID: UInt64]) {
    (self.device, self.outgoing, self.lacking) = (device, outgoing, lacking)
    (isOpened, hasRested, epoch, acknowledged) = (false, false, nil, nil)
    isSending = true
  }

  /// Everything was told.
  mutating func forget() {
    (saved.files, saved.settled, saved.notices) = ([], [], [])
    (arrived, before, wire) = (Arrived(), nil, Wire())
  }
}

/// What was said of files and deletions that wait: not again while it stays so.
struct ToldTrouble {
  private(set) var trouble: [Trouble] = []
  private var held: HeldDeletions?
  private var level: UInt64?

  /// Takes out of a report what was said before; whether anything else is to be said of trouble.
  @discardableResult mutating func take(from report: inout SaveReport) -> Bool {
    let isOld = report.trouble == trouble && report.held == held && report.neededLevel == level
    (trouble, held, level) = (report.trouble, report.held, report.neededLevel)
    if isOld { (report.trouble, report.held, report.neededLevel) = ([], nil, nil) }
    return !isOld && (!report.trouble.isEmpty || report.held != nil || report.neededLevel != nil)
  }
}
