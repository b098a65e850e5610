import Bytes
import Formats
package import History

extension ServerSession {
  /// The book was found, or not. `received` is the news of other laptops since `askedMark`.
  package mutating func opened(_ outcome: Opened, received: Received? = nil) -> [Effect] {
    guard case .opening(let opening, let flight) = exchange(&state, with: .closed) else { return [] }
    switch outcome {
    case .refused(let error): return fail(error)
    case .book(let book, let last, let check):
      epoch = book.epoch
      var welcome = Welcome(
        version: version, features: agreed, standing: .continues, epoch: book.epoch, position: book.position,
        chain: book.chain.prefix, last: last, book: nil, window: window)
      if agreed.contains(.received), let received {
        welcome.received = received
        mark = received.mark
      }
      if case .named = opening { welcome.book = book.book }
      var cursor: CursorClaim?
      if case .known(_, let claim) = opening { cursor = claim }
      switch check {
      case .onChain: break
      case .otherEpoch: welcome.standing = .otherEpoch
      case .offChain, .beyondHead: welcome.standing = .rollback
      }
      guard welcome.standing == .continues else {
        state = .voided(told: false)
        return [.send(Frame.welcome(welcome).encoded()), .count] + grant()
      }
      place = cursor?.position ?? .zero
      return welcomed(welcome, book, last, flight) + kept(place)
    }
  }

  private mutating func welcomed(
    _ welcome: Welcome, _ book: BookState, _ last: DeviceHead?, _ flight: Flight
  ) -> [Effect] {
    if flight.hasEnded && flight.runs == 0 {
      let isAll = place == book.position
      return [.send(Frame.welcome(welcome).encoded(ends: isAll))]
        + (isAll ? rested(at: book.chain) : answer(through: book.position, book.chain, last, vector: nil))
    }
    var effects: [Effect] = [.send(Frame.welcome(welcome).encoded())]
    var flight = flight
    for (run, bytes) in zip(flight.waiting, flight.waitingBytes) { effects += submit(run, bytes) }
    flight.waiting = []
    flight.waitingBytes = []
    if flight.hasEnded { state = .deciding(flight) } else { state = .taking(flight) }
    return effects + grant()
  }

  /// How many changes of each device the book has.
  package mutating func counted(_ vector: VersionVector) -> [Effect] {
    guard case .voided(told: false) = state else { return [] }
    state = .voided(told: true)
    return [.send(Frame.vector(vector).encoded(ends: true))]
  }

  /// What became of the run that was submitted first of those that wait.
  package mutating func decided(_ verdict: Verdict) -> [Effect] {
    guard !isClosed, !undecided.isEmpty else { return [] }
    inflow.processed(undecided.removeFirst())
    if case .refused(let error) = verdict { return fail(error) }
    if case .deciding = state, undecided.isEmpty { return stand() }
    return grant()
  }

  /// Where the log stands, after everything of the flight was decided.
  package mutating func stands(_ book: BookState, last: DeviceHead?) -> [Effect] {
    guard case .deciding(let flight) = exchange(&state, with: .closed) else { return [] }
    guard book.epoch == epoch else { return fail(WireError(.unavailable, "another epoch", retryAfter: 0)) }
    let ack = Ack(epoch: book.epoch, position: book.position, chain: book.chain.prefix, head: last)
    let isAll = flight.vector == nil && place == book.position
    return [.send(Frame.ack(ack).encoded(ends: isAll))]
      + (isAll ? rested(at: book.chain) : answer(through: book.position, book.chain, last, vector: flight.vector))
  }

  /// All is answered, up to `place`; if the log has grown since, a follower hears of it.
  private mutating func rested(at chain: ChainHash) -> [Effect] {
    state = .resting
    said = LogPlace(position: place, chain: chain.prefix)
    return notify()
  }

  mutating func answer(
    through position: Position, _ chain: ChainHash, _ head: DeviceHead?, vector: VersionVector?
  ) -> [Effect] {
    let after = vector == nil ? place : .zero
    let selection = LogSelection(
      after: after, through: position, lackedBy: vector, asker: vector == nil ? asker : nil)
    state = .answering(Answer(selection: selection, chain: chain, head: head))
    return [.read(selection)]
  }

  /// A page of the log that was to be read.
  package mutating func page(_ page: LogPage) -> [Effect] {
    guard case .answering(var answer) = exchange(&state, with: .closed), answer.isReading else { return [] }
    answer.page = page.entries[...]
    answer.next = page.next
    answer.offset = nil
    answer.isReading = false
    state = .answering(answer)
    return pump()
  }

  /// Sends what the client's credit allows; asks for the next page when one is through.
  mutating func pump() -> [Effect] {
    guard case .answering(var answer) = state, !answer.isReading else { return [] }
    state = .closed
    var out: [UInt8] = []
    while !answer.page.isEmpty, outflow.isOpen { send(&answer, into: &out) }
    if answer.page.isEmpty {
      if let next = answer.next {
        answer.selection.after = next
        answer.isReading = true
        let selection = answer.selection
        state = .answering(answer)
        return (out.isEmpty ? [] : [.send(out)]) + [.read(selection)]
      }
      place = answer.selection.through
      if answer.selection.lackedBy != nil {
        out += Frame.reached(answer.selection.through, answer.chain).encoded(ends: true)
      }
      return (out.isEmpty ? [] : [.send(out)]) + rested(at: answer.chain)
    }
    state = .answering(answer)
    return out.isEmpty ? [] : [.send(out)]
  }

  /// The next frames of the page's first entry.
  private mutating func send(_ answer: inout Answer, into out: inout [UInt8]) {
    let entry = answer.page[answer.page.startIndex]
    let ends = answer.selection.lackedBy == nil && entry.position == answer.selection.through
    guard var offset = answer.offset else {
      let frame: [UInt8]
      if answer.selection.asker == entry.device {
        let isNamed = answer.head == DeviceHead(seq: entry.last, id: entry.id)
        let own = OwnRun(first: entry.first, count: entry.count, id: isNamed ? nil : entry.id)
        frame = Frame.own(own).encoded(ends: ends)
        answer.page.removeFirst()
      } else {
        frame = Frame.logged(entry.head).encoded(ends: ends)
        answer.offset = 0
      }
      outflow.sent(frame.count)
      out += frame
      return
    }
    let start = offset
    while offset < entry.sections.count, outflow.isOpen {
      // The store's own bytes: each begins with the length of its payload.
      let length = entry.sections[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } + FrameHeader.byteCount
      outflow.sent(length)
      offset += length
    }
    out += entry.sections[start..<offset]
    if offset == entry.sections.count {
      answer.page.removeFirst()
      answer.offset = nil
    } else {
      answer.offset = offset
    }
  }
}
