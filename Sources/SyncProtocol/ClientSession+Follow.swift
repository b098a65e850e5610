package import Formats
package import History

extension SyncRequest {
  /// What HELLO offers.
  var features: Features {
    var features: Features = []
    if follows { features.insert(.following) }
    if mark != nil { features.insert(.received) }
    return features
  }
}

extension ClientSession {
  /// Sends new runs of a laptop that rests: its changes, all of `vector`, go up as another flight. Nothing happens while
  /// anything else is under way; `rested` comes again after that.
  package mutating func send(_ runs: [PackedRun], vector: VersionVector) -> [Effect] {
    guard case .resting = state, !runs.isEmpty else { return [] }
    precondition(runs.allSatisfy { $0.signature != nil }, "nothing unsigned is sent")
    request.vector = vector
    beginReport()
    return flight(of: runs, isChained: true)
  }

  /// All that the exchange was to do is done. What others wrote is kept, so the server is told.
  mutating func finished() -> [Effect] {
    guard let report else { return [] }
    var effects: [Effect] = []
    if agreed.contains(.received), owesKept, let place = cursor?.place, !isCutOff {
      owesKept = false
      effects.append(.send(Frame.kept(place).encoded()))
    }
    guard agreed.contains(.following) else {
      state = .closed
      return effects + [.finished(report)]
    }
    guard !isCutOff else {
      state = .closed
      return [.rested(report), .failed(.interrupted)]
    }
    state = .resting
    return effects + [.rested(report)] + follow()
  }

  /// Whether NOTIFY may come: while the server has answered all, as far as can be known here.
  func mayHear(_ state: State) -> Bool {
    guard agreed.contains(.following) else { return false }
    switch state {
    case .resting, .delivering, .awaitingRuns(byVector: false): return true
    // It crossed the flight.
    case .answering(let answer): return answer.awaitsAck && answer.isChained && isAnswered
    default: return false
    }
  }

  /// The log has grown: asked for at once by a laptop that rests, else when it does.
  mutating func heard(_ place: LogPlace) throws(WireError) -> [Effect] {
    guard notified == nil, let here = self.place, place.position > here.position else {
      throw WireError(.wrongOrder, "NOTIFY tells nothing new")
    }
    notified = place
    return follow()
  }

  private mutating func follow() -> [Effect] {
    guard case .resting = state, let goal = notified, let here = cursor?.place else { return [] }
    (target, named, notified, ack) = (goal, nil, nil, nil)
    sender = RunSender()
    beginReport()
    state = .answering(Answer(isChained: true, awaitsAck: false))
    return [.send(Frame.follow(here).encoded(ends: true))]
  }

  /// A report of what comes from now on.
  private mutating func beginReport() {
    guard let before = report else { return }
    report = SyncReport(
      book: before.book, epoch: before.epoch, cursor: before.cursor, acknowledged: nil, serverLast: before.serverLast,
      news: .none, changesUp: 0, changesDown: 0, bytesUp: 0, bytesDown: 0, roundTrips: 1, features: before.features)
  }
}

extension Cursor {
  /// As it travels within an epoch.
  var place: LogPlace { LogPlace(position: position, chain: chain.prefix) }
}
