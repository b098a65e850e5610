import Formats
import History
import NIOCore
import SyncProtocol

/// Carries bytes and orders between a socket and a `ClientSession`; decides nothing.
final class ClientHandler: ChannelInboundHandler, ChannelOutboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  /// What the laptop says to its session.
  enum Answer: Sendable {
    case delivered
    case supply([PackedRun])
    case send([PackedRun], VersionVector)
  }

  private var session: ClientSession
  private let timeouts: SyncTimeouts
  private let events: AsyncStream<SyncLine.Event>.Continuation
  private var bytesUp = 0
  private var bytesDown = 0
  private var lastRead = NIODeadline.now()
  private var unsent = 0
  private var isWelcome = false
  private var lastAsked = NIODeadline.now()
  private var clock: Scheduled<Void>?

  init(_ session: ClientSession, _ timeouts: SyncTimeouts, _ events: AsyncStream<SyncLine.Event>.Continuation) {
    self.session = session
    self.timeouts = timeouts
    self.events = events
  }

  func channelActive(context: ChannelHandlerContext) {
    lastRead = .now()
    watch(context)
    perform(session.start(), context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    lastRead = .now()
    bytesDown += buffer.readableBytes
    perform(session.receive(Array(buffer.readableBytesView)), context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    perform(session.disconnected(), context)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    perform(session.disconnected(), context)
    context.close(promise: nil)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    clock?.cancel()
    events.finish()
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    switch event as? Answer {
    case .delivered?: perform(session.delivered(), context)
    case .supply(let runs)?: perform(session.supply(runs), context)
    case .send(let runs, let vector)?: perform(session.send(runs, vector: vector), context)
    case nil: context.triggerUserOutboundEvent(event, promise: promise)
    }
  }

  private func perform(_ effects: [ClientSession.Effect], _ context: ChannelHandlerContext) {
    for effect in effects {
      switch effect {
      case .send(let bytes): send(bytes, context)
      case .opened:
        isWelcome = true
        events.yield(.effect(effect))
      case .acknowledged, .deliver, .lookUp, .received: events.yield(.effect(effect))
      case .rested(let report): events.yield(.effect(.rested(counted(report))))
      case .finished(let report): end(.finished(counted(report)))
      case .failed(let failure): end(.failed(SyncFailure(failure)))
      }
    }
  }

  /// With the bytes that went over the socket since the report before.
  private func counted(_ report: SyncReport) -> SyncReport {
    var report = report
    (report.bytesUp, report.bytesDown) = (bytesUp, bytesDown)
    (bytesUp, bytesDown) = (0, 0)
    return report
  }

  private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
    bytesUp += bytes.count
    unsent += 1
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenSuccess {
      self.unsent -= 1
      if self.unsent == 0 { self.session.flushed() }
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: promise)
  }

  /// The last job; what was sent before still goes out.
  private func end(_ event: SyncLine.Event) {
    clock?.cancel()
    events.yield(event)
    events.finish()
  }

  /// Looks at the silence now and then: asks for a sign of life, and gives up in the end.
  private func watch(_ context: ChannelHandlerContext) {
    let tick = TimeAmount(min(timeouts.quiet, timeouts.welcome) / 4)
    clock = context.eventLoop.assumeIsolated().scheduleTask(in: tick) {
      let now = NIODeadline.now()
      if now - self.lastRead >= TimeAmount(self.isWelcome ? self.timeouts.dead : self.timeouts.welcome) {
        self.end(.failed(.timedOut))
        context.close(promise: nil)
        return
      }
      if now - max(self.lastRead, self.lastAsked) >= TimeAmount(self.timeouts.quiet) {
        self.lastAsked = now
        self.perform(self.session.quiet(), context)
      }
      self.watch(context)
    }
  }
}

extension SyncFailure {
  fileprivate init(_ failure: SessionFailure) {
    switch failure {
    case .interrupted: self = .interrupted
    case .refused(let error, let last): self = SyncFailure(error, last: last)
    case .deviceAhead(let last): self = .equivocation(last: last)
    case .violation(let error): self = .violation(error)
    }
  }
}
