package import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Runs the property once a seed, 1 to `count`; a failure prints the seed, and `VALISE_SEED=N` runs that case alone.
package func forAll(
  _ count: Int, at place: SourceLocation = #_sourceLocation, _ property: (inout SeededRandom) throws -> Void
) throws {
  for seed in replayedSeed.map({ $0...$0 }) ?? 1...UInt64(count) {
    var random = SeededRandom(seed: seed)
    do { try property(&random) } catch {
      Issue.record("replay with VALISE_SEED=\(seed)", sourceLocation: place)
      throw error
    }
  }
}

/// The seed of `VALISE_SEED`, whose case alone is run; nil in a whole run.
package var replayedSeed: UInt64? { environment("VALISE_SEED").flatMap { UInt64($0) } }

/// Whether one case is replayed: how often something has to occur in a whole run is not asked of it.
package var isReplay: Bool { replayedSeed != nil }

/// An environment variable of the test process.
package func environment(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}
