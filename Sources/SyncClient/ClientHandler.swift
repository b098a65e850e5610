import Formats
import History
import NIOCore
import SyncProtocol

/// Carries bytes and orders between a socket and a `ClientSession`; decides nothing.
final class ClientHandler: ChannelInboundHandler, ChannelOutboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  /// What the exchange has to do, one after the other.
  enum Job: Sendable {
    case effect(ClientSession.Effect)
    case finished(SyncReport)
    case failed(SyncFailure)
  }

  /// What the exchange says when it is done with a job.
  enum Answer: Sendable {
    case delivered
    case supply([PackedRun])
  }

  private var session: ClientSession
  private let timeouts: SyncTimeouts
  private let jobs: AsyncStream<Job>.Continuation
  private var bytesUp = 0
  private var bytesDown = 0
  private var lastRead = NIODeadline.now()
  private var unsent = 0
  private var isWelcome = false
  private var lastAsked = NIODeadline.now()
  private var clock: Scheduled<Void>?

  init(_ session: ClientSession, _ timeouts: SyncTimeouts, _ jobs: AsyncStream<Job>.Continuation) {
    self.session = session
    self.timeouts = timeouts
    self.jobs = jobs
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
    jobs.finish()
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    switch event as? Answer {
    case .delivered?: perform(session.delivered(), context)
    case .supply(let runs)?: perform(session.supply(runs), context)
    case nil: context.triggerUserOutboundEvent(event, promise: promise)
    }
  }

  private func perform(_ effects: [ClientSession.Effect], _ context: ChannelHandlerContext) {
    for effect in effects {
      switch effect {
      case .send(let bytes): send(bytes, context)
      case .opened:
        isWelcome = true
        jobs.yield(.effect(effect))
      case .acknowledged, .deliver, .lookUp: jobs.yield(.effect(effect))
      case .finished(var report):
        report.bytesUp = bytesUp
        report.bytesDown = bytesDown
        end(.finished(report))
      case .failed(let failure): end(.failed(SyncFailure(failure)))
      }
    }
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
  private func end(_ job: Job) {
    clock?.cancel()
    jobs.yield(job)
    jobs.finish()
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
