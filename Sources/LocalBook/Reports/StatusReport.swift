/// How a book stands.
package struct StatusReport: Sendable {
  package var title: String
  package var saved: SaveReport
  package var conflicts: Int
  /// Entries whose files do not show the newest version yet.
  package var behind: Int
  package var server: ServerStanding
  package var received: ReceivedBy

  /// What other laptops have on their disks, as far as the server has told.
  package struct ReceivedBy: Equatable, Sendable {
    /// Those who wrote in the book, by name; then those who only read.
    package var laptops: [Laptop]
    /// When the server told last; nil when it never did.
    package var asOf: Int64?

    package struct Laptop: Equatable, Sendable {
      /// Nil for one that has written nothing yet.
      package let person: String?
      /// The device's id, in hexadecimal.
      package let device: String
      /// How many of the changes here it does not have; nil where nobody has told.
      package let lacks: Int?
    }
  }

  package struct ServerStanding: Equatable, Sendable {
    /// Nil until the book is published or joined.
    package var url: String?
    /// Changes that the server has not acknowledged: this laptop's, and those that came here in files.
    package var unsent: Int
    /// When the oldest of this laptop's own was made.
    package var oldestUnsent: Int64?
    /// When a sync last ended well.
    package var lastSync: Int64?
  }
}
