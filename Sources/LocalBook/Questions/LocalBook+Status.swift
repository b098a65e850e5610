import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension LocalBook {
  /// How the book stands, after recording what changed.
  package func status(acceptDeletions: Bool = false) throws(BookError) -> StatusReport {
    let saved = try save(acceptDeletions: acceptDeletions)
    return try transaction { workbench throws(BookError) in
      let (conflicts, behind) = try workbench.stored { storage throws(StorageError) in
        (try storage.conflictCount(), try storage.entriesBehind().count)
      }
      return StatusReport(
        title: try workbench.title(), saved: saved, conflicts: conflicts, behind: behind,
        server: try workbench.standing(), received: try workbench.received())
    }
  }
}

extension Workbench {
  /// What the visit is called, else the folder's name.
  mutating func title() throws(BookError) -> String {
    let title = try visit()?.register(RegisterKey(.value, "title"))?.shown.content?.plain.string
    if let title, !title.isEmpty { return title }
    return book.root.split(separator: "/").last.map(String.init) ?? book.root
  }

  /// The entry that describes the visit, for the private side too; nil where there is none.
  func visit() throws(BookError) -> EntryState? {
    try stored { storage throws(StorageError) in
      let shared = storage.on(.shared)
      return try shared.entry(at: "visit.md").flatMap(shared.entry)
    }
  }

  /// What the server has of this laptop's changes, and of those that came here in files.
  func standing() throws(BookError) -> StatusReport.ServerStanding {
    let acknowledged = try number(SettingName.acknowledged) ?? 0
    let made = replica.tip.own.map { $0.ref.seq + 1 } ?? 0
    let own = made > acknowledged ? made - acknowledged : 0
    let unsent = Int(clamping: own + (try lackingCount()))
    var oldest: Int64?
    if own > 0, let device = replica.tip.device {
      oldest = try stored { storage throws(StorageError) in
        try storage.time(of: ChangeRef(device: device, seq: acknowledged))
      }
    }
    return StatusReport.ServerStanding(
      url: try text(SettingName.serverURL), unsent: unsent, oldestUnsent: oldest,
      lastSync: try number(SettingName.lastSync).map { Int64(clamping: $0) })
  }

  func text(_ name: String) throws(BookError) -> String? {
    try stored { storage throws(StorageError) in try storage.setting(name) }.map { String(decoding: $0, as: UTF8.self) }
  }

  func number(_ name: String, in other: StoreTransaction? = nil) throws(BookError) -> UInt64? {
    let settings = other ?? storage
    guard let bytes = try stored({ _ throws(StorageError) in try settings.setting(name) }) else { return nil }
    var reader = ByteReader(bytes)
    do { return try reader.varint() } catch { throw .storage(.damaged("\(name): \(error)")) }
  }

  func set(_ name: String, to number: UInt64, in other: StoreTransaction? = nil) throws(BookError) {
    var writer = ByteWriter()
    writer.put(varint: number)
    let (settings, bytes) = (other ?? storage, writer.bytes)
    try stored { _ throws(StorageError) in try settings.set(name, to: bytes) }
  }
}
