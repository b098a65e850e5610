package import Replica

/// What a sync did.
package struct SyncSummary: Sendable {
  package var saved: SaveReport
  package var outcome: Outcome
  /// Changes that the server acknowledged now: this laptop's, and those of others that had come here in files.
  package var sent: Int
  /// Colleagues' changes that came, by person, in the order of their names.
  package var received: [FromPerson]
  /// What came, against what stood here before; nil where that is too much for a summary.
  package var differences: Comparison?
  /// Fields and bodies that two or more people edited at the same time and nobody has settled, by path.
  package var together: [EditedTogether]
  /// What colleagues settled, by path.
  package var settled: [SettledConflict]
  /// What several people settled at the same time, each in another way: conflicts again; by path.
  package var settledApart: [SettledApart]
  /// Files that were given the same name, one of them just now, by path.
  package var sameNames: [SameName]
  /// Entries that somebody deleted while somebody else was writing, by path.
  package var kept: [Kept]
  /// Files that got back their name, or another number behind it, because a file of the same name is gone.
  package var renumbered: [String]
  package var newConflicts: Int
  package var olderConflicts: Int
  package var notices: [Notice]
  package var standing: StatusReport.ServerStanding
  package var wire: Wire

  package enum Outcome: Equatable, Sendable {
    case synced
    /// Saved here, not sent: why not.
    case offline(Offline)
    /// The changes came out of a file that holds so many; the rest of them was here already.
    case applied(changesInFile: Int)
  }

  package enum Offline: Equatable, Sendable {
    case noNetwork
    /// Nobody listens at `HOST:PORT`.
    case refused(at: String)
    case unknownHost(host: String)
    case timedOut(at: String)
    case brokenOff(at: String)
  }

  package struct FromPerson: Equatable, Sendable {
    package let name: String
    package let changes: Int
    package let files: [SaveReport.FileChange]
  }

  package struct EditedTogether: Equatable, Sendable {
    package let path: String
    /// As `FILE:FIELD` has it; nil for the body.
    package let field: String?
    /// One alone has a conflict between two laptops.
    package let people: [String]
    /// Of a body, the sentences that more than one of them touched; none where all edits are apart.
    package let passages: [FoundPassage]
  }

  package struct Kept: Equatable, Sendable {
    package let path: String
    package let deletedBy: [String]
    package let editedBy: [String]
  }

  package struct SettledApart: Equatable, Sendable {
    package let path: String
    /// As `FILE:FIELD` has it.
    package let field: String
    /// By person.
    package let ways: [Way]

    package struct Way: Equatable, Sendable {
      /// Nil for no value.
      package let value: String?
      package let person: String
    }
  }

  package struct SameName: Equatable, Sendable {
    /// The name that all were given.
    package let name: String
    /// Where each stands now, and who put it there; the first is the one that keeps the name.
    package let files: [File]

    package struct File: Equatable, Sendable {
      package let path: String
      package let person: String
    }
  }

  package enum Notice: Equatable, Sendable {
    /// The server's log began anew (a restored backup): so many changes were sent again.
    case newEpoch(sentAgain: Int)
    /// The server's log is not the one this laptop saw.
    case rollback
    /// This folder was a copy of another device; it counts as its own from now on.
    case newDevice
  }
}
