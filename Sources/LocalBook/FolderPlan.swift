import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

/// What has to happen in the folder so that the files that are behind show the newest version: by path, whose file
/// stands there and whose shall.
///
/// The bytes are not kept: both follow from the store, which nothing else changes until the plan is done or recovered.
struct FolderPlan: Equatable {
  let id: UInt64
  /// The version that the files shall show.
  let version: Version
  var steps: [Step] = []

  struct Step: Equatable {
    let path: ExactText
    let leaving: EntryID?
    let coming: EntryID?
  }

  var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.put(varint: id)
    writer.put(count: version.heads.count)
    for head in version.heads { writer.put(head.digest) }
    writer.put(count: steps.count)
    for step in steps {
      writer.put(text: step.path)
      for entry in [step.leaving, step.coming] {
        writer.put(byte: entry == nil ? 0 : 1)
        if let entry { writer.put(entry.creation) }
      }
    }
    return writer.bytes
  }

  init(id: UInt64, version: Version) {
    self.id = id
    self.version = version
  }

  init(encoded bytes: [UInt8]) throws(DecodingError) {
    var reader = ByteReader(bytes)
    id = try reader.varint()
    var heads: [ChangeID] = []
    for _ in 0..<(try reader.count(limit: 1 << 20)) { heads.append(ChangeID(try reader.digest())) }
    version = Version(sorting: heads)
    for _ in 0..<(try reader.count(limit: 1 << 21)) {
      let path = try reader.exactText(limit: 1 << 16)
      var owners: [EntryID?] = []
      for _ in 0..<2 {
        owners.append(try reader.count(limit: 1) == 1 ? EntryID(creation: try reader.operationRef()) : nil)
      }
      steps.append(Step(path: path, leaving: owners[0], coming: owners[1]))
    }
    try reader.finish()
  }
}

extension Workbench {
  /// Plans the files that are behind; nil when none is. Entries that need no file any more, and files that show the
  /// newest version as they are, are settled at once.
  mutating func planFolder(id: UInt64) throws(BookError) -> FolderPlan? {
    let behind = try stored { storage throws(StorageError) in try storage.entriesBehind() }
    guard !behind.isEmpty else { return nil }
    let places = try index().places
    let targets = try targets()
    var leaving: [ExactText: EntryID] = [:]
    var coming: [ExactText: EntryID] = [:]
    for entry in behind {
      let (place, target) = (places[entry], targets[entry]?.text)
      var isDone = place == target
      if isDone && place != nil { isDone = try showsNewest(entry) }
      if isDone {
        try stored { storage throws(StorageError) in try storage.forgetShown(entry) }
        continue
      }
      if let place { leaving[place] = entry }
      if let target { coming[target] = entry }
    }
    var plan = FolderPlan(id: id, version: replica.version)
    for path in Set(leaving.keys).union(coming.keys).sorted() {
      plan.steps.append(FolderPlan.Step(path: path, leaving: leaving[path], coming: coming[path]))
    }
    return plan.steps.isEmpty ? nil : plan
  }

  /// The plan with the bytes that it is about.
  mutating func writePlan(_ plan: FolderPlan) throws(BookError) -> WritePlan {
    let index = try index()
    var writes: [PlannedWrite] = []
    for step in plan.steps {
      let before = try step.leaving.flatMap { entry throws(BookError) in try shown(entry).state }
      let after = try step.coming.flatMap { entry throws(BookError) in try self.entry(entry) }
      writes.append(
        PlannedWrite(
          path: step.path, before: try before.map { state throws(BookError) in try rendered(state) },
          after: try after.map { state throws(BookError) in try rendered(state) },
          expected: index[step.path].flatMap { $0.isCertain ? $0.stamp : nil }))
    }
    return WritePlan(id: plan.id, writes: writes, ownFolders: try ownFolders())
  }

  func rendered(_ state: EntryState) throws(BookError) -> [UInt8] { EntryFile(try view(state)).rendered() }

  private mutating func showsNewest(_ id: EntryID) throws(BookError) -> Bool {
    guard let old = try shown(id).state, let new = try entry(id) else { return false }
    return try rendered(old) == rendered(new)
  }

  // MARK: Folders that Valise made

  func ownFolders() throws(BookError) -> [ExactText] {
    guard let bytes = try stored({ storage throws(StorageError) in try storage.setting(SettingName.folders) }) else {
      return []
    }
    return bytes.split(separator: 0).compactMap { ExactText(validating: Array($0)) }
  }

  func put(ownFolders: [ExactText]) throws(BookError) {
    let bytes = Array(ownFolders.map(\.bytes).joined(separator: [0]))
    try stored { storage throws(StorageError) in try storage.set(SettingName.folders, to: bytes.isEmpty ? nil : bytes) }
  }
}
