import Bytes
import Formats
import History
import Logging
import NIOCore
import SyncProtocol

/// Carries bytes and orders between a socket, a `ServerSession` and the store; decides nothing.
final class ServerHandler: ChannelInboundHandler, ChannelOutboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  /// What the server tells a connection.
  enum Command: Sendable {
    /// Go, once everything asked is answered.
    case leave
    /// Go with an error.
    case end(WireError)
  }

  private var session: ServerSession
  private let books: Books
  private let limits: ServerLimits
  private let logger: Logger
  private var book: BookID?
  private var log: BookLog?
  private var name: BookName?
  private var unsent = 0
  private var bytesIn = 0
  private var bytesOut = 0
  private var lastRead = NIODeadline.now()
  private var lastAsked = NIODeadline.now()
  private let opened = NIODeadline.now()
  private var clock: Scheduled<Void>?
  private var isFollowing = false
  private var owesReceived = false
  private var isLeaving = false
  private var isEnding = false

  init(_ session: ServerSession, _ books: Books, _ limits: ServerLimits, _ logger: Logger) {
    self.session = session
    self.books = books
    self.limits = limits
    self.logger = logger
  }

  func channelActive(context: ChannelHandlerContext) {
    lastRead = .now()
    watch(context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isEnding else { return }
    let buffer = unwrapInboundIn(data)
    lastRead = .now()
    bytesIn += buffer.readableBytes
    perform(session.receive(Array(buffer.readableBytesView)), context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
    session.disconnected()
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    session.disconnected()
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    session.disconnected()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    clock?.cancel()
    if let book {
      books.watchers.remove(ObjectIdentifier(self), of: book)
      books.leave(book)
    }
    logger.debug("closed", metadata: ["in": "\(bytesIn)", "out": "\(bytesOut)"])
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    switch event as? Command {
    case .leave?:
      isLeaving = true
      perform([], context)
    case .end(let error)?: perform(session.end(error), context)
    case nil: context.triggerUserOutboundEvent(event, promise: promise)
    }
  }

  private func perform(_ effects: [ServerSession.Effect], _ context: ChannelHandlerContext) {
    for effect in effects { perform(effect, context) }
    follow(context)
    if isLeaving && session.isIdle && !session.isClosed {
      for effect in session.leave(retryAfter: 1_000) { perform(effect, context) }
    }
  }

  private func perform(_ effect: ServerSession.Effect, _ context: ChannelHandlerContext) {
    switch effect {
    case .send(let bytes): send(bytes, context)
    case .open(let opening, let device):
      if case .create(let name, _) = opening { self.name = name }
      let mark = session.askedMark
      ask(context) { [books] in
        await books.find(opening, for: device, since: mark)
      } then: { handler, found in
        handler.found(found.opened, found.news)
      }
    case .submit(let run):
      let (bound, loop) = (NIOLoopBound((self, context), eventLoop: context.eventLoop), context.eventLoop)
      log?.submit(run, naming: name) { verdict in
        loop.execute {
          let (handler, context) = bound.value
          handler.perform(handler.session.decided(verdict), context)
        }
      }
    case .count:
      guard let book else { return }
      ask(context) { [books] in
        await books.vector(of: book)
      } then: { handler, result in
        switch result {
        case .success(let vector): handler.session.counted(vector)
        case .failure(let error): handler.session.end(error)
        }
      }
    case .stand(let device):
      guard let book else { return }
      ask(context) { [books] in
        await books.standing(of: book, for: device)
      } then: { handler, result in
        switch result {
        case .success((let state, let last)): handler.session.stands(state, last: last)
        case .failure(let error): handler.session.end(error)
        }
      }
    case .read(let selection):
      guard let book else { return }
      ask(context) { [books, limits] in
        await books.page(of: book, selection, limit: limits.page)
      } then: { handler, result in
        switch result {
        case .success(let page): handler.session.page(page)
        case .failure(let error): handler.session.end(error)
        }
      }
    case .kept(let device, let position):
      if let book { books.kept(position, by: device, in: book) }
    case .readReceived(let device, let mark):
      guard let book else { return }
      ask(context) { [books] in
        await books.news(of: book, for: device, since: mark)
      } then: { handler, news in
        handler.session.received(news)
      }
    case .close(let error): end(error, context)
    }
  }

  private func found(_ opened: ServerSession.Opened, _ news: Received?) -> [ServerSession.Effect] {
    if case .book(let state, _, _) = opened, !session.isClosed {
      book = state.book
      log = books.enter(state.book)
    }
    return session.opened(opened, received: news)
  }

  /// Has the connection told when its book grows, once it follows one.
  private func follow(_ context: ChannelHandlerContext) {
    guard let book, let device = session.asker, session.isFollowing, !isFollowing else { return }
    isFollowing = true
    let (bound, loop) = (NIOLoopBound((self, context), eventLoop: context.eventLoop), context.eventLoop)
    let watcher = Watchers.Watcher { state in
      loop.execute {
        let (handler, context) = bound.value
        handler.perform(handler.session.grew(to: state), context)
      }
    } receivedChanged: {
      loop.execute {
        let (handler, context) = bound.value
        handler.tellReceived(context)
      }
    }
    books.watchers.add(watcher, as: ObjectIdentifier(self), of: book)
    // What was committed between finding the book and now.
    ask(context) { [books] in
      await books.standing(of: book, for: device)
    } then: { handler, result in
      guard case .success((let state, _)) = result else { return [] }
      return handler.session.grew(to: state) + handler.session.receivedChanged()
    }
  }

  /// Not to a client that does not read: it hears all at once when it does.
  private func tellReceived(_ context: ChannelHandlerContext) {
    owesReceived = unsent > 0
    if !owesReceived { perform(session.receivedChanged(), context) }
  }

  /// Asks something of the store, and brings the answer back to the event loop.
  private func ask<Value: Sendable>(
    _ context: ChannelHandlerContext, _ question: @escaping @Sendable () async -> Value,
    then answer: @escaping @Sendable (ServerHandler, Value) -> [ServerSession.Effect]
  ) {
    let (bound, loop) = (NIOLoopBound((self, context), eventLoop: context.eventLoop), context.eventLoop)
    Task {
      let value = await question()
      loop.execute {
        let (handler, context) = bound.value
        handler.perform(answer(handler, value), context)
      }
    }
  }

  private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
    bytesOut += bytes.count
    unsent += 1
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenSuccess {
      self.unsent -= 1
      guard self.unsent == 0 else { return }
      self.session.flushed()
      if self.owesReceived { self.tellReceived(context) }
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: promise)
  }

  /// Closes so that the last frame arrives: a socket closed with unread bytes would take it back.
  private func end(_ error: WireError?, _ context: ChannelHandlerContext) {
    guard !isEnding else { return }
    isEnding = true
    clock?.cancel()
    if let error {
      logger.info("refused", metadata: ["code": "\(error.code.name)", "in": "\(bytesIn)", "out": "\(bytesOut)"])
    }
    context.close(mode: .output, promise: nil)
    clock = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(2)) { context.close(promise: nil) }
  }

  private func watch(_ context: ChannelHandlerContext) {
    let tick = TimeAmount(min(limits.quiet, limits.handshake) / 4)
    clock = context.eventLoop.assumeIsolated().scheduleTask(in: tick) {
      let now = NIODeadline.now()
      let isLate = self.session.isHandshaking && now - self.opened >= TimeAmount(self.limits.handshake)
      if isLate || now - self.lastRead >= TimeAmount(self.limits.dead) {
        self.perform(self.session.end(WireError(.timedOut)), context)
        return
      }
      if now - max(self.lastRead, self.lastAsked) >= TimeAmount(self.limits.quiet) {
        self.lastAsked = now
        self.perform(self.session.quiet(), context)
      }
      self.watch(context)
    }
  }
}

extension TimeAmount {
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
