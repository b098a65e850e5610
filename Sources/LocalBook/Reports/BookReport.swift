/// A book that was just made, joined or published.
package struct BookReport: Sendable {
  package let root: String
  package let book: String
  /// Entries of each kind, by kind.
  package let kinds: [(kind: String, count: Int)]
  package let saved: SaveReport
  package let url: String?
  /// What the exchange with the server took; nil where there was none.
  package let wire: Wire?
  /// Of a join that goes on where another one broke off: how many changes that one had brought.
  package internal(set) var kept = 0
}

/// A file that was written: a bundle, or a snapshot.
package struct FileReport: Sendable {
  package enum Kind: String, Sendable { case snapshot, light, bundle }

  /// As the person wrote it.
  package let path: String
  package let kind: Kind
  /// Short name of the version that whoever takes it in has.
  package let version: String
  /// How many changes are in it; 0 where there was nothing to write.
  package internal(set) var changes: Int
  package internal(set) var bytes: Int
  package let saved: SaveReport
}

/// What an exchange took.
package struct Wire: Equatable, Sendable {
  /// At the socket.
  package var bytesUp = 0
  package var bytesDown = 0
  package var roundTrips = 0
}
