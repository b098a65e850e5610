import Bytes
import Foundation
import History
import Replica

extension VersionNames {
  /// What had been written by a time, by anybody: all changes that count as made by then.
  ///
  /// A change counts as made when its device's clock said so; but not before any change that it was made on, and a clock
  /// ahead of this laptop's is not believed: such a change counts as made with those that it was made on. So one clock
  /// that is years ahead or behind puts its own changes in a wrong place, and nobody else's. When a change came here is not
  /// asked: what a colleague wrote offline in the morning belongs to the morning.
  func version(at time: WallTime, asked: String, in replica: inout Replica) throws(BookError) -> Version {
    let instant = instant(of: time)
    let graph: EventGraph
    do { graph = try replica.graph() } catch { throw BookError(error) }
    let made = try timesMade(in: graph, replica.storage)
    let heads = graph.heads(ofPast: { made[$0.int] <= instant })
    guard !heads.isEmpty else { throw .notAVersion(asked, .beforeTheBook) }
    return graph.version(of: heads)
  }

  /// By change: when it counts as made, in seconds since 1970; never before its parents.
  func timesMade(in graph: EventGraph, _ storage: any ReplicaStorage) throws(BookError) -> [Int64] {
    let said: [Int64]
    do { said = try storage.times() } catch { throw BookError(error) }
    guard said.count == graph.count else { throw .storage(.damaged("a change without its time")) }
    var made: [Int64] = []
    made.reserveCapacity(said.count)
    for (place, time) in said.enumerated() {
      let parents = graph.parents(of: ChangeIndex(place)).map { made[$0.int] }.max()
      made.append(max(parents ?? .min, time <= now ? time : parents ?? .min))
    }
    return made
  }

  /// In the visit's zone where the system knows it, else in this laptop's. A time that a zone has twice is the later one.
  private func instant(of time: WallTime) -> Int64 {
    if let offset = time.offset { return time.seconds - Int64(offset) * 60 }
    let zone = zone.flatMap { TimeZone(identifier: $0) } ?? .current
    func offset(at instant: Int64) -> Int64 {
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant))))
    }
    let nearby = [-86_400, 86_400].map { offset(at: time.seconds + $0) }
    let matching = nearby.map { time.seconds - $0 }.filter { $0 + offset(at: $0) == time.seconds }
    return matching.max() ?? time.seconds - nearby[0]
  }
}
