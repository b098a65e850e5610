package import BookFolder
import Bytes
import History
package import Replica

// What the use cases answer: values, never printed text. Paths are relative to the book, times are seconds since 1970.

/// What a scan of the folder recorded, and what it left alone.
package struct SaveReport: Sendable {
  /// Short name of the version that the folder shows now.
  package var version: String
  /// The entries that changed, in the order of their paths.
  package var files: [FileChange] = []
  /// Conflicts that the edits settled, by path.
  package var settled: [SettledConflict] = []
  package var trouble: [Trouble] = []
  /// Colleagues' deletions that wait to be accepted, because they are so many.
  package var held: HeldDeletions?
  package var left = LeftAlone()
  /// Things said once about how a file was recorded (a name brought to NFC).
  package var notices: [String] = []
  /// The level of the record's schema that this program would have to know to write the book's files; nil: it does.
  package var neededLevel: UInt64?

  package struct FileChange: Equatable, Sendable {
    package enum What: Equatable, Sendable {
      case created
      case edited
      /// A colleague settled a conflict there, and did nothing else.
      case settled
      case deleted
      /// Deleted before, and there again.
      case broughtBack
      case renamed(from: String)
    }
    package let what: What
    package let path: String
    package let kind: String

    package init(_ what: What, path: String, kind: String) {
      self.what = what
      self.path = path
      self.kind = kind
    }
  }
}

/// A file that was not recorded or not written: it is named, left alone, and holds back nothing else.
package struct Trouble: Equatable, Sendable {
  package let path: String
  /// From 1; nil where the whole file is meant.
  package let line: Int?
  package let column: Int?
  package let why: Why
  /// What waits until the file can be read or written.
  package internal(set) var waiting: [WaitingChanges] = []

  package enum Why: Equatable, Sendable {
    case unreadable(UnreadableFile.Reason)
    case unrecordable(RecorderError)
    /// The name cannot be had on every system.
    case name(RefusedName)
    case suddenlyEmpty
    /// It changed each time it was read; the next command tries again.
    case stillBeingWritten
    /// A book of its own, below this one.
    case anotherBook
    case tooDeep
    case notRead(doing: String, errno: Int32)
    case notWritten(doing: String, errno: Int32)
  }
}

/// What a scan saw and did not take.
package struct LeftAlone: Equatable, Sendable {
  /// Files that are no notes.
  package var others = 0
  /// Files under `private/`.
  package var privates = 0
  /// Notes that `.valiseignore` names.
  package var ignored = 0
  /// Symbolic links, by path.
  package var links: [String] = []
  /// Files of the book that `.valiseignore` names, by path, and what waits for them.
  package var ofBook: [Ignored] = []

  package struct Ignored: Equatable, Sendable {
    package let path: String
    package let waiting: [WaitingChanges]
  }

  package init() {}
}

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

/// What waited for a decision, and does not any more.
package struct SettledConflict: Equatable, Sendable {
  package let path: String
  /// As `FILE:FIELD` has it.
  package let field: String
  /// What it is now; nil for no value, `yes` or `no` for whether the entry is deleted.
  package let value: String?
  /// Whoever made it so; several where they agree.
  package let people: [String]
}

/// A line of the log.
package struct LogLine: Equatable, Sendable {
  /// Hash of the change; names the version that ends with it.
  package let hash: String
  package let person: String
  package let time: Int64
  /// What the person said, or what the change did.
  package let message: String
  package let isDerived: Bool
  package let files: [SaveReport.FileChange]
}

/// A conflict as `conflicts` lists it.
package struct ConflictLine: Equatable, Sendable {
  /// The entry's id, in hexadecimal.
  package let entry: String
  /// The entry's present path, or its last one.
  package let file: String
  package let isDeleted: Bool
  /// A field's key, `path` for a rename, `deleted` for a deletion that met an edit.
  package let field: String
  /// Where the field stands in the file, from 1; nil when it does not.
  package let line: Int?
  /// What the file shows comes first.
  package let values: [Value]

  package struct Value: Equatable, Sendable {
    /// Nil for "no value".
    package let text: String?
    package let person: String
    package let time: Int64
    /// Whether the file shows this one.
    package let isShown: Bool
    /// What `--take` wants to choose this side.
    package let take: String
  }
}

/// What `resolve` settled.
package struct ResolveReport: Sendable {
  package let saved: SaveReport
  package let file: String
  package let field: String
  /// Nil: settled to no value.
  package let value: String?
  package let conflictsLeft: Int
}

/// What `restore` brought back.
package struct RestoreReport: Sendable {
  package internal(set) var saved: SaveReport
  /// Short name of the version; nil where what was lost was given back, whatever version it was of.
  package let restored: String?
  /// What became of the files; none where all was so already.
  package let files: [SaveReport.FileChange]
  /// Conflicts that are gone with it, by path.
  package internal(set) var settled: [SettledConflict] = []
}

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

/// What an exchange took.
package struct Wire: Equatable, Sendable {
  /// At the socket.
  package var bytesUp = 0
  package var bytesDown = 0
  package var roundTrips = 0
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

/// What `show` shows.
package enum Shown: Sendable {
  /// A file at a version, byte for byte.
  case file(path: String, version: String, bytes: [UInt8])
  /// A change: its line of the log, what it changed, and the passages of what it was made on.
  case change(LogLine, Comparison, [FoundPassage])
  /// A version that brings several changes together, none of them made on another: their lines of the log, and the
  /// passages that they touched together.
  case merged(version: String, [LogLine], [FoundPassage])
}
