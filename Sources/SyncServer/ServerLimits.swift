/// How much one server takes on, and how long it waits.
package struct ServerLimits: Equatable, Sendable {
  /// Connections at a time; more are told CONNECTIONS and closed.
  package var connections: Int
  /// From the connection to OPEN.
  package var handshake: Duration
  /// Without a byte from a client, until it is asked for a sign of life.
  package var quiet: Duration
  /// Without a byte from a client, until it is given up.
  package var dead: Duration
  /// For what is under way when the server goes down.
  package var farewell: Duration
  /// Bytes that a client may send before it is granted more.
  package var window: Int
  /// Bytes of the log that are read at a time.
  package var page: Int
  /// How often at most those who follow a book hear what other laptops have kept.
  package var received: Duration

  package init(
    connections: Int = 256, handshake: Duration = .seconds(10), quiet: Duration = .seconds(20),
    dead: Duration = .seconds(45), farewell: Duration = .seconds(5), window: Int = 1 << 20, page: Int = 1 << 20,
    received: Duration = .seconds(5)
  ) {
    self.connections = connections
    self.handshake = handshake
    self.quiet = quiet
    self.dead = dead
    self.farewell = farewell
    self.window = window
    self.page = page
    self.received = received
  }
}
