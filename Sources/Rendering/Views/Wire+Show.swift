import LocalBook

extension Wire {
  /// `312 bytes up, 1.1 KB down`.
  var bytes: Line { ("\(bytesUp.bytes) up, \(bytesDown.bytes) down" as Line).styled(.faint) }

  var jsonPairs: [(String, JSON)] {
    [("bytesUp", .int(bytesUp)), ("bytesDown", .int(bytesDown)), ("roundTrips", .int(roundTrips))]
  }
}
