import Bytes
import Formats
import History

extension ClientSession {
  mutating func receive(_ message: Message) throws(WireError) -> [Effect] {
    if message.frame.type.isCounted {
      guard inflow.received(FrameHeader.byteCount + message.payloadCount) else {
        throw WireError(.flow, "\(message.frame.type.name) without credit")
      }
    }
    switch message.frame {
    case .ping(let bytes):
      replies += 1
      guard replies <= SyncLimits.unsentReplies else { throw WireError(.flow, "too many pings") }
      return [.send(Frame.pong(bytes).encoded())]
    case .pong: return []
    case .credit(let bytes):
      guard outflow.granted(bytes) else { throw WireError(.flow, "more credit than a window") }
      return pump()
    case .error(let error): return refused(error)
    case .goodbye(let retryAfter): return refused(WireError(.shutdown, retryAfter: retryAfter))
    case .received(let received): return [.received(received)]
    default: return try step(message)
    }
  }

  /// The server ends it; the runs that came whole before are given all the same, and not waited for.
  private mutating func refused(_ error: WireError) -> [Effect] {
    if case .answering(let answer) = exchange(&state, with: .closed), !pages.isEmpty {
      pages.close(through: answer.isChained ? cursor : nil)
    }
    return pages.rest() + [.failed(.refused(error, last: welcome?.last))]
  }

  private mutating func step(_ message: Message) throws(WireError) -> [Effect] {
    // Closed unless a branch says otherwise; taking the state out also spares a copy.
    switch (exchange(&state, with: .closed), message.frame) {
    case (.awaitingWelcome, .welcome(let welcome)): return try welcomed(welcome, ends: message.ends)
    case (.awaitingVector, .vector(let vector)):
      guard message.ends else { throw WireError(.wrongOrder, "VECTOR does not end the answer") }
      state = .awaitingRuns(byVector: true)
      return [.lookUp(beyond: vector)]
    case (.answering(var answer), .ack(let ack)) where answer.awaitsAck:
      guard let target, ack.epoch == welcome?.epoch, ack.position >= notified?.position ?? target.position else {
        throw WireError(.wrongOrder, "ACK is behind what was said before")
      }
      answer.awaitsAck = false
      self.ack = ack
      self.target = LogPlace(position: ack.position, chain: ack.chain)
      (named, notified) = (ack.head, nil)
      report?.acknowledged = ack.head
      let told = ack.head.map { [Effect.acknowledged($0)] } ?? []
      return told + (try proceed(answer, ends: message.ends))
    case (.answering(var answer), .logged(let head)) where !answer.awaitsAck && answer.assembly == nil:
      answer.assembly = RunAssembly(head, ends: message.ends)
      state = .answering(answer)
      return grant()
    case (.answering(var answer), .section(let section)):
      guard var assembly = answer.assembly, let id = assembly.id else { break }
      answer.assembly = nil
      guard let run = try assembly.add(section, message.payloadCount) else {
        answer.assembly = assembly
        state = .answering(answer)
        return grant()
      }
      report?.changesDown += run.count
      owesKept = true
      return try took(.run(run, id: id), id: id, bytes: assembly.byteCount, answer, ends: assembly.ends)
    case (.answering(let answer), .own(let own))
    where answer.isChained && !answer.awaitsAck && answer.assembly == nil:
      let id = try id(of: own)
      return try took(
        .own(first: own.first, count: own.count, id: id), id: id, bytes: FrameHeader.byteCount + message.payloadCount,
        answer, ends: message.ends)
    case (.answering(let answer), .reached(let position, let chain))
    where !answer.isChained && !answer.awaitsAck && answer.assembly == nil:
      guard message.ends, let ack, position == ack.position, chain.prefix == ack.chain else {
        throw WireError(.wrongOrder, "REACHED is not where the ack is")
      }
      place = (position, chain)
      return try completed()
    case (let before, .notify(let place)) where mayHear(before):
      state = before
      return try heard(place)
    default: break
    }
    throw WireError(.wrongOrder, "\(message.frame.type.name) is not due")
  }

  private mutating func welcomed(_ welcome: Welcome, ends: Bool) throws(WireError) -> [Effect] {
    guard request.versions.contains(welcome.version) else {
      throw WireError(.version, "version \(welcome.version) was not offered")
    }
    guard welcome.features.isSubset(of: request.features) else {
      throw WireError(.feature, "a feature was not offered")
    }
    let book: BookID
    var cursor: Cursor?
    switch (request.book, welcome.book) {
    case (.known(let known, let here), nil): (book, cursor) = (known, here)
    case (.create(_, let known), nil): book = known
    case (.named, let named?): book = named
    default: throw WireError(.badEncoding, "WELCOME: the book's id is for whoever does not know it")
    }
    self.welcome = welcome
    reader.readsReceived = welcome.features.contains(.received)
    target = LogPlace(position: welcome.position, chain: welcome.chain)
    named = welcome.last
    report = SyncReport(
      book: book, epoch: welcome.epoch, cursor: cursor, acknowledged: nil, serverLast: welcome.last,
      news: .none, changesUp: 0, changesDown: 0, bytesUp: 0, bytesDown: 0, roundTrips: 1,
      features: welcome.features)
    outflow.rebase(to: welcome.window)
    var opened = [Effect.opened(book, welcome.epoch, last: welcome.last)]
    if agreed.contains(.received), let news = welcome.received { opened.append(.received(news)) }
    if let last = welcome.last, last.seq >= request.vector[request.device] {
      state = .closed
      return opened + [.failed(.deviceAhead(last))]
    }
    switch welcome.standing {
    case .continues:
      guard cursor == nil || cursor?.epoch == welcome.epoch else {
        throw WireError(.badEncoding, "WELCOME: another epoch does not continue")
      }
      place = cursor.map { ($0.position, $0.chain) } ?? (.zero, .start(of: book, hash: hash))
      return opened + (try proceed(Answer(isChained: true, awaitsAck: sender.count > 0), ends: ends)) + pump()
    case .otherEpoch, .rollback:
      guard cursor != nil, !ends else { throw WireError(.wrongOrder, "WELCOME: no cursor was wrong") }
      report?.news = welcome.standing == .rollback ? .rollback : .newEpoch
      // What was sent on the strength of the cursor is void; the vectors decide anew.
      sender = RunSender()
      state = .awaitingVector
      return opened
    }
  }

  /// A whole run of the log.
  private mutating func took(
    _ delivery: Delivery, id: ChangeID, bytes: Int, _ answer: Answer, ends: Bool
  ) throws(WireError) -> [Effect] {
    if answer.isChained, let before = place {
      guard let target, before.position < target.position else {
        throw WireError(.wrongOrder, "a run beyond the answer's end")
      }
      place = (before.position.next, before.chain.next(id, hash: hash))
    }
    pages.add(delivery, bytes)
    inflow.queued(bytes)
    if pages.isFull { pages.close(through: answer.isChained ? cursor : nil) }
    return try proceed(answer, ends: ends)
  }

  private mutating func proceed(_ answer: Answer, ends: Bool) throws(WireError) -> [Effect] {
    if ends {
      guard answer.isChained, !answer.awaitsAck else { throw WireError(.wrongOrder, "the answer ends too early") }
      guard let place, let target, place.position == target.position, place.chain.prefix == target.chain else {
        throw WireError(.rollback, "the log does not lead to its chain hash")
      }
      return try completed()
    }
    state = .answering(answer)
    return (pages.next().map { [$0] } ?? []) + grant()
  }

  var cursor: Cursor? {
    guard let place, let report else { return nil }
    return Cursor(epoch: report.epoch, position: place.position, chain: place.chain)
  }

  /// The id of an own run: said, or that of the change that the ack or WELCOME names.
  private func id(of own: OwnRun) throws(WireError) -> ChangeID {
    if let id = own.id { return id }
    guard let head = named, head.seq == own.first + UInt64(own.count) - 1 else {
      throw WireError(.badEncoding, "OWN: nothing names its last change")
    }
    return head.id
  }

  /// The answer is here in full.
  private mutating func completed() throws(WireError) -> [Effect] {
    let cursor = cursor
    if !pages.isEmpty || cursor != report?.cursor { pages.close(through: cursor) }
    report?.cursor = cursor
    report?.changesUp += sender.sent
    isAnswered = true
    state = .delivering
    if let page = pages.next() { return [page] }
    return pages.isDone ? concluded() : []
  }

  /// All is delivered: done, or one more flight for what a run's border kept the server from taking.
  mutating func concluded() -> [Effect] {
    guard let report, sender.count > 0, report.roundTrips < SyncLimits.flights else { return finished() }
    let here = ack.map { $0.head.map { $0.seq + 1 } ?? 0 } ?? 0
    guard here < request.vector[request.device] else { return finished() }
    var vector = request.vector
    if here > 0 { vector[request.device] = here } else { return finished() }
    state = .awaitingRuns(byVector: false)
    return [.lookUp(beyond: vector)]
  }

  private mutating func pump() -> [Effect] {
    let bytes = sender.next(from: request.device, within: &outflow)
    return bytes.isEmpty ? [] : [.send(bytes)]
  }
}

/// Puts a new value in a place and gives the old one back.
func exchange<Value>(_ place: inout Value, with value: Value) -> Value {
  defer { place = value }
  return place
}
