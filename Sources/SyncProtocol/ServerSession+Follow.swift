import History

extension ServerSession {
  /// The log stands here now: a client that follows is told, once it has nothing else to hear, and not again before it
  /// has asked.
  package mutating func grew(to book: BookState) -> [Effect] {
    guard isFollowing, book.position > grown?.position ?? .zero else { return [] }
    grown = book
    return notify()
  }

  mutating func notify() -> [Effect] {
    guard case .resting = state, isFollowing, notified == nil, let grown, grown.epoch == epoch, grown.position > place
    else { return [] }
    notified = grown
    return [.send(Frame.notify(LogPlace(position: grown.position, chain: grown.chain.prefix)).encoded())]
  }

  /// The client asks for what NOTIFY told of; what has come since is told of when that is through.
  mutating func follow(_ place: LogPlace) throws(WireError) -> [Effect] {
    guard let book = exchange(&notified, with: nil) else { throw WireError(.wrongOrder, "FOLLOW without NOTIFY") }
    guard place == said else { throw WireError(.wrongOrder, "FOLLOW is not where the answer ended") }
    return kept(place.position) + answer(through: book.position, book.chain, nil, vector: nil)
  }

  func kept(_ position: Position) -> [Effect] {
    guard let asker, agreed.contains(.received), position > .zero else { return [] }
    return [.kept(asker, position)]
  }

  /// Others have kept more than they had: a client that stays is told, with all that is known by the time of reading.
  package mutating func receivedChanged() -> [Effect] {
    guard let asker, isFollowing, !isReadingReceived, let mark = askedMark, said != nil else { return [] }
    isReadingReceived = true
    return [.readReceived(by: asker, after: mark)]
  }

  /// The news that were to be read; nil when there are none.
  package mutating func received(_ news: Received?) -> [Effect] {
    isReadingReceived = false
    guard isFollowing, let news, news.mark > mark else { return [] }
    mark = news.mark
    return [.send(Frame.received(news).encoded())]
  }
}
