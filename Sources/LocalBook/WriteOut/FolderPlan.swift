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
  /// What a file that is behind shows, and what it shall show: found out while planning, and needed to write.
  struct Renderings {
    let before: [UInt8]?
    let after: [UInt8]?
  }

  /// Plans the files that are behind; nil when none is. Entries that need no file any more, and files that show the
  /// newest version as they are, are settled at once.
  ///
  /// - Parameters:
  ///   - held: entries whose deletion has to be accepted first.
  ///   - isLeftAlone: whether a file is one that a person has to look at first, or does not want touched.
  mutating func planFolder(
    now: Int64, except held: Set<EntryID>, _ isLeftAlone: (ExactText) -> Bool
  ) throws(BookError) -> (plan: FolderPlan, renderings: [ExactText: Renderings])? {
    let behind = try stored { storage throws(StorageError) in try storage.entriesBehind() }
    let mayHaveLeftOvers = try stored { storage throws(StorageError) in try storage.setting(SettingName.leftOvers) }
    guard !behind.isEmpty || mayHaveLeftOvers != nil else { return nil }
    let old = try self.index()
    var index = old
    let places = index.places
    let targets = try targets()
    var leaving: [ExactText: EntryID] = [:]
    var coming: [ExactText: EntryID] = [:]
    var staying: [(entry: EntryID, place: ExactText)] = []
    var done: [EntryID] = []
    for entry in behind where !held.contains(entry) {
      let (place, target) = (places[entry], targets[entry]?.text)
      if [place, target].contains(where: { $0.map(isLeftAlone) ?? false }) { continue }
      if place == target {
        if let place { staying.append((entry, place)) } else { done.append(entry) }
        continue
      }
      if let place { leaving[place] = entry }
      if let target { coming[target] = entry }
    }
    let known = try compareInPlace(staying, &index)
    for (entry, place) in staying {
      if known[place] == nil { done.append(entry) } else { (leaving[place], coming[place]) = (entry, entry) }
    }
    for entry in done { try stored { storage throws(StorageError) in try storage.forgetShown(entry) } }
    let leftOvers = index.leftOvers
    for (path, entry) in leftOvers where !isLeftAlone(path) { leaving[path] = entry }
    if leftOvers.isEmpty && mayHaveLeftOvers != nil {
      try stored { storage throws(StorageError) in try storage.set(SettingName.leftOvers, to: nil) }
    }
    if index != old { try put(index) }
    let paths = Set(leaving.keys).union(coming.keys).sorted()
    if paths.isEmpty { return nil }
    var plan = FolderPlan(id: try nextPlan(now), version: replica.version)
    for path in paths {
      plan.steps.append(FolderPlan.Step(path: path, leaving: leaving[path], coming: coming[path]))
    }
    return (plan, known)
  }

  /// The plan with the bytes that it is about; those that planning has rendered are not rendered again.
  mutating func writePlan(
    _ plan: FolderPlan, _ renderings: [ExactText: Renderings] = [:]
  ) throws(BookError) -> WritePlan {
    let index = try index()
    var writes: [PlannedWrite] = []
    var rest = plan.steps[...]
    while !rest.isEmpty {
      var some: [StepToRender] = []
      for step in rest.prefix(Self.renderedTogether) { some.append(try stepToRender(step, index, renderings)) }
      writes += inParallel(some) { $0.rendered() }
      rest = rest.dropFirst(some.count)
    }
    return WritePlan(id: plan.id, writes: writes, ownFolders: try ownFolders())
  }

  /// So many entries are in memory at a time, beside the bytes of their files.
  private static let renderedTogether = 256

  private mutating func stepToRender(
    _ step: FolderPlan.Step, _ index: FileIndex, _ renderings: [ExactText: Renderings]
  ) throws(BookError) -> StepToRender {
    let expected = index[step.path].flatMap { $0.isCertain ? $0.stamp : nil }
    var toRender = StepToRender(path: step.path, expected: expected)
    if step.leaving == step.coming, let known = renderings[step.path] {
      toRender.known = known
      return toRender
    }
    if let leaving = step.leaving, let state = try shown(at: step.path, of: leaving, index).state {
      toRender.before = (state, index.context(of: step.path))
    }
    if let coming = step.coming, let state = try entry(coming) { toRender.after = (state, try facts(of: state)) }
    return toRender
  }

  /// The file of an entry as the book shows it now.
  func rendered(_ state: EntryState) throws(BookError) -> [UInt8] { Self.rendered(state, in: try facts(of: state)) }

  /// The file of an entry as it was written when the entries around it said this.
  static func rendered(_ state: EntryState, in context: ShownContext) -> [UInt8] {
    EntryFile(EntryView(state, in: context.display)).rendered()
  }

  func facts(of state: EntryState) throws(BookError) -> ShownContext {
    do { return try context.facts(of: state) } catch { throw BookError(error) }
  }

  /// What files that stay where they stand would be written with. Those that would be written as they are have none:
  /// they follow from what the book says now, and the index says so.
  private mutating func compareInPlace(
    _ staying: [(entry: EntryID, place: ExactText)], _ index: inout FileIndex
  ) throws(BookError) -> [ExactText: Renderings] {
    var different: [ExactText: Renderings] = [:]
    var rest = staying[...]
    while !rest.isEmpty {
      let some = rest.prefix(Self.renderedTogether)
      rest = rest.dropFirst(some.count)
      var toRender: [StepToRender] = []
      for (entry, place) in some {
        var step = StepToRender(path: place, expected: nil)
        step.before = try shown(entry).state.map { ($0, index.context(of: place)) }
        if let new = try self.entry(entry) { step.after = (new, try facts(of: new)) }
        toRender.append(step)
      }
      for ((entry, place), (step, write)) in zip(some, zip(toRender, inParallel(toRender) { $0.rendered() })) {
        if let after = step.after, write.before == write.after {
          index.claim(place, FilePayload(entry, after.context))
        } else {
          different[place] = Renderings(before: write.before, after: write.after)
        }
      }
    }
    return different
  }

  /// What the file of a step follows from.
  private struct StepToRender: Sendable {
    let path: ExactText
    let expected: FileStamp?
    var known: Renderings?
    var before: (state: EntryState, context: ShownContext)?
    var after: (state: EntryState, context: ShownContext)?

    init(path: ExactText, expected: FileStamp?) {
      self.path = path
      self.expected = expected
    }

    func rendered() -> PlannedWrite {
      let both =
        known
        ?? Workbench.Renderings(
          before: before.map { Workbench.rendered($0.state, in: $0.context) },
          after: after.map { Workbench.rendered($0.state, in: $0.context) })
      return PlannedWrite(path: path, before: both.before, after: both.after, expected: expected)
    }
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
