package import BookFolder
import Record
package import SyncClient

/// What a use case takes from the world: a clock, randomness, who the person is, files, and patience.
package struct Environment: Sendable {
  /// Nanoseconds since 1970.
  package var now: @Sendable () -> Int64
  /// So many random bytes, fit for keys.
  package var randomBytes: @Sendable (Int) -> [UInt8]
  /// The person's name, where none was given: from the configuration file, else the system's.
  package var personName: @Sendable () -> String
  /// The level of the record's schema that this program knows; files of a book that needs more are not written.
  package var schemaLevel = Schema.level
  /// The file system that holds the notes.
  package var files: any FileSystem = LinuxFileSystem()
  /// How long a server is waited for.
  package var timeouts = SyncTimeouts()
  /// Sees the bytes of every connection to a server.
  package var tap: (any WireTap)?
  /// Nanoseconds of a clock that never jumps.
  package var ticks: @Sendable () -> Int64 = {
    let (seconds, attoseconds) = (ContinuousClock.now - Self.start).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
  /// Waits so many nanoseconds, or until its task is cancelled.
  package var pause: @Sendable (Int64) async -> Void = { try? await Task.sleep(for: .nanoseconds($0)) }

  private static let start = ContinuousClock.now

  package init(
    now: @escaping @Sendable () -> Int64, randomBytes: @escaping @Sendable (Int) -> [UInt8],
    personName: @escaping @Sendable () -> String
  ) {
    self.now = now
    self.randomBytes = randomBytes
    self.personName = personName
  }
}

extension Environment {
  /// Seconds since 1970, as changes carry them.
  var seconds: Int64 { now() / 1_000_000_000 }
}
