package import History

/// A place in a book's log as it travels: a position and the first half of its chain hash.
package struct LogPlace: Hashable, Sendable {
  package let position: Position
  package let chain: ChainPrefix

  package init(position: Position, chain: ChainPrefix) {
    self.position = position
    self.chain = chain
  }
}

/// What other laptops have kept of a book, as far as a server knows: those about whom there was news since a mark.
///
/// A laptop counts as having something once it has said so after storing it, and never before. Nothing proves who says it,
/// until connections are authenticated.
package struct Received: Equatable, Sendable {
  package struct Laptop: Hashable, Sendable {
    package let device: DeviceID
    /// How many changes of other devices it has: the first so many of the log's that are not its own.
    package let changes: UInt64

    package init(device: DeviceID, changes: UInt64) {
      self.device = device
      self.changes = changes
    }
  }

  /// What to give when asking again, so that only news comes; from 1 on.
  package let mark: UInt64
  /// Ascending, each device once.
  package let laptops: [Laptop]

  /// Nil when devices do not ascend or a limit is broken.
  package init?(mark: UInt64, laptops: [Laptop]) {
    guard (1...SyncLimits.position).contains(mark), laptops.count <= SyncLimits.laptopsTold,
      laptops.allSatisfy({ $0.changes <= SyncLimits.position }),
      zip(laptops, laptops.dropFirst()).allSatisfy({ $0.device < $1.device })
    else { return nil }
    self.mark = mark
    self.laptops = laptops
  }
}
