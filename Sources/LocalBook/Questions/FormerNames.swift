import Bytes
import History
import Merge
import Replica
import ReplicaStore

/// The names that renamed entries have had: found in the history when somebody asks for one, and kept beside it, so
/// that each change is looked at once.
struct FormerNames {
  /// How many changes have been looked at.
  private var looked = 0
  private var names: [Name] = []

  private struct Name {
    let path: ExactText
    let entry: EntryID
    /// The change that gave the name.
    let since: ChangeIndex
  }

  /// All of them, up to the newest change. Costs an unpacking of what came since they were kept last; of everything,
  /// where there is no store to keep them in.
  init(_ replica: inout Replica, keptIn store: StoreTransaction?) throws(BookError) {
    do throws(StorageError) {
      if let bytes = try store?.setting(SettingName.formerNames) { try read(bytes) }
    } catch { throw BookError(error) }
    if looked >= replica.tip.count { return }
    try look(at: &replica)
    do throws(StorageError) { try store?.set(SettingName.formerNames, to: encoded) } catch { throw BookError(error) }
  }

  /// The entries that have had one of these names, those that had it last first; the same on every laptop.
  func owners(_ graph: EventGraph, of isMeant: (ExactText) -> Bool) -> [EntryID] {
    let found = names.filter { isMeant($0.path) }.sorted { graph.place($0.since) > graph.place($1.since) }
    var owners: [EntryID] = []
    for name in found where !owners.contains(name.entry) { owners.append(name.entry) }
    return owners
  }

  private mutating func look(at replica: inout Replica) throws(BookError) {
    var renamed: Set<EntryID> = []
    do throws(ReplicaError) {
      for place in looked..<replica.tip.count {
        let change = try replica.change(at: ChangeIndex(place))
        for case .set(let id, .path, _) in change.operations where id.creation.change != change.ref {
          renamed.insert(id)
        }
      }
    } catch { throw BookError(error) }
    names.removeAll { renamed.contains($0.entry) }
    for id in renamed.sorted() {
      let touches: [Touch]
      do throws(StorageError) { touches = try replica.storage.touches(of: id) } catch { throw BookError(error) }
      for touch in touches {
        let change: Change
        do throws(ReplicaError) { change = try replica.change(at: touch.index) } catch { throw BookError(error) }
        for case .set(id, .path, let values) in change.operations {
          for path in values.compactMap({ $0.content?.plain }) {
            names.append(Name(path: path, entry: id, since: touch.index))
          }
        }
      }
    }
    looked = replica.tip.count
  }

  private var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.put(count: looked)
    for name in names {
      writer.put(text: name.path)
      writer.put(name.entry.creation)
      writer.put(count: name.since.int)
    }
    return writer.bytes
  }

  private mutating func read(_ bytes: [UInt8]) throws(StorageError) {
    var reader = ByteReader(bytes)
    do {
      looked = try reader.count(limit: Int(Int32.max))
      while !reader.isAtEnd {
        names.append(
          Name(
            path: try reader.exactText(limit: ChangeLimits.value), entry: EntryID(creation: try reader.operationRef()),
            since: ChangeIndex(try reader.count(limit: Int(Int32.max)))))
      }
    } catch { throw .damaged("\(SettingName.formerNames): \(error)") }
  }
}

extension Workbench {
  /// The entry that had this name, with or without `.md`, before it was renamed; of several, one that is there.
  mutating func formerOwner(of names: [ExactText]) throws(BookError) -> (EntryID, now: ExactText)? {
    var owners: [(EntryID, now: ExactText, isThere: Bool)] = []
    for id in try formerOwners(of: names) {
      guard let state = try entry(id) else { continue }
      owners.append((id, try index().places[id] ?? EntryView.path(of: state), state.isAlive))
    }
    return (owners.first(where: \.isThere) ?? owners.first).map { ($0.0, $0.now) }
  }

  mutating func formerOwners(of names: [ExactText]) throws(BookError) -> [EntryID] {
    let former = try FormerNames(&replica, keptIn: storage)
    return former.owners(try replicated { replica throws(ReplicaError) in try replica.graph() }, of: names.contains)
  }
}

/// A file was asked for by a name that it had once.
package struct FormerName: Equatable, Sendable {
  package let asked: String
  /// What it is called now, or was when it was deleted.
  package let now: String
  package let isDeleted: Bool

  package init(asked: String, now: String, isDeleted: Bool) {
    self.asked = asked
    self.now = now
    self.isDeleted = isDeleted
  }
}
