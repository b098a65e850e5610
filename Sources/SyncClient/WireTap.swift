import NIOCore

/// Whoever wants to see every byte of a connection, as it goes over the socket; asked in order, on the socket's loop.
package protocol WireTap: Sendable {
  /// A connection is there, to a server's port.
  func opened(port: Int)
  func sent(_ bytes: [UInt8])
  func received(_ bytes: [UInt8])
  func closed()
}

/// Shows a tap what passes, and changes nothing.
final class WireTapHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  private let tap: any WireTap
  private let port: Int

  init(_ tap: any WireTap, port: Int) {
    self.tap = tap
    self.port = port
  }

  func channelActive(context: ChannelHandlerContext) {
    tap.opened(port: port)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    tap.received(Array(unwrapInboundIn(data).readableBytesView))
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    tap.sent(Array(unwrapOutboundIn(data).readableBytesView))
    context.write(data, promise: promise)
  }

  func channelInactive(context: ChannelHandlerContext) {
    tap.closed()
    context.fireChannelInactive()
  }
}
