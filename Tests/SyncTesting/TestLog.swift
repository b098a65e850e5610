package import Formats
package import History
import Signing
package import SyncProtocol

extension BookState {
  /// As it travels.
  package var place: LogPlace { LogPlace(position: position, chain: chain.prefix) }
}

/// A server's log in a few lines, for sessions without a store: one book, everything at once.
package struct TestLog: Sendable {
  package private(set) var state: BookState
  package private(set) var known = KnownHistory()
  package private(set) var entries: [LogEntry] = []
  package var name: BookName?
  package var pageBytes: Int
  /// How far devices said that they have kept the log.
  package private(set) var kept: [DeviceID: Position] = [:]
  /// What a server would know of other laptops.
  package var news: Received?

  package init(of book: BookID, epoch: UInt8 = 1, name: BookName? = nil, pageBytes: Int = 1 << 20) {
    state = .start(of: book, epoch: .numbered(epoch), hash: Signing.hash)
    self.name = name
    self.pageBytes = pageBytes
  }

  /// The same log in another life.
  package mutating func restart(epoch: UInt8) {
    state = BookState(book: state.book, epoch: .numbered(epoch), position: state.position, chain: state.chain)
  }

  @discardableResult
  package mutating func submit(_ runs: [PackedRun]) -> [Verdict] {
    let outcome = Sequencer.plan(
      runs, on: state, naming: name, known: known, cryptography: Signing.cryptography)
    if let plan = outcome.plan {
      entries += plan.entries.map(\.entry)
      state = plan.next
    }
    known = outcome.known
    return outcome.verdicts
  }

  package func check(_ claim: CursorClaim) -> CursorCheck {
    guard claim.epoch == state.epoch else { return .otherEpoch }
    guard claim.position <= state.position else { return .beyondHead }
    let chain =
      claim.position == .zero
      ? ChainHash.start(of: state.book, hash: Signing.hash) : entries[Int(claim.position.rawValue) - 1].chain
    return chain.prefix == claim.chain ? .onChain : .offChain
  }

  package func page(_ selection: LogSelection) -> LogPage {
    var page: [LogEntry] = []
    var bytes = 0
    for entry in entries where entry.position > selection.after && entry.position <= selection.through {
      if let vector = selection.lackedBy, entry.last < vector[entry.device] { continue }
      if bytes >= pageBytes { return LogPage(entries: page, next: page.last?.position) }
      bytes += entry.sections.count
      page.append(entry)
    }
    return LogPage(entries: page, next: nil)
  }

  /// What a server that owns this log answers to a session's order; nil for orders that need no answer.
  package mutating func answer(_ effect: ServerSession.Effect, to session: inout ServerSession) -> [ServerSession
    .Effect]
  {
    switch effect {
    case .send, .close: return []
    case .kept(let device, let position):
      kept[device] = max(kept[device] ?? .zero, position)
      return []
    case .readReceived: return session.received(news)
    case .open(let opening, let device):
      let news = session.askedMark.flatMap { mark in self.news.flatMap { $0.mark > mark ? $0 : nil } }
      var check = CursorCheck.onChain
      switch opening {
      case .known(let book, let claim):
        guard book == state.book, state.position > .zero else {
          return session.opened(.refused(WireError(.noSuchBook)))
        }
        if let claim { check = self.check(claim) }
      case .named(let asked):
        guard asked == name, state.position > .zero else {
          return session.opened(.refused(WireError(.noSuchBook)))
        }
      case .create(let asked, let book):
        guard book == state.book else { return session.opened(.refused(WireError(.nameTaken))) }
        name = asked
      }
      return session.opened(.book(state, last: known.head(of: device), check), received: news)
    case .submit(let run): return session.decided(submit([run])[0])
    case .count: return session.counted(known.vector)
    case .stand(let device): return session.stands(state, last: known.head(of: device))
    case .read(let selection): return session.page(page(selection))
    }
  }
}
