/// A change's place in one replica's order of arrival, which is a topological order of the history.
///
/// Another replica numbers the same changes differently: never written to the wire, into a file that travels, or into
/// anything hashed.
package struct ChangeIndex: Hashable, Comparable, Sendable {
  package let rawValue: Int32
  package init(_ rawValue: Int) { self.rawValue = Int32(rawValue) }
  package var int: Int { Int(rawValue) }
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The shape of a history: which changes there are, and what each was made on. It only grows.
///
/// About 100 bytes a change.
package struct EventGraph: Sendable {
  private var ids: [ChangeID] = []
  private var lamports: [UInt64] = []
  /// Whose chain a change is in, and where.
  private var places: [(device: Int32, seq: Int32)] = []
  /// The parents of change i are `parentList[parentStarts[i] ..< parentStarts[i + 1]]`, ascending.
  private var parentStarts: [Int] = [0]
  private var parentList: [ChangeIndex] = []
  private var byID = ChangeIDTable()
  /// The devices, in the order of their first changes here; each with its chain.
  private var chains: [(device: DeviceID, changes: [ChangeIndex])] = []
  private var numbers: [DeviceID: Int] = [:]
  /// Changes without children, ascending.
  package private(set) var heads: [ChangeIndex] = []

  package init() {}

  /// An empty graph with room for so many changes.
  package init(reserving count: Int) {
    ids.reserveCapacity(count)
    lamports.reserveCapacity(count)
    places.reserveCapacity(count)
    parentStarts.reserveCapacity(count + 1)
    parentList.reserveCapacity(count)
    byID.reserve(count)
  }

  package var count: Int { ids.count }
  package var indices: Range<Int> { 0..<ids.count }

  package func ref(at index: ChangeIndex) -> ChangeRef {
    let place = places[index.int]
    return ChangeRef(device: chains[Int(place.device)].device, seq: UInt64(place.seq))
  }
  package func id(at index: ChangeIndex) -> ChangeID { ids[index.int] }
  package func lamport(at index: ChangeIndex) -> UInt64 { lamports[index.int] }
  package func parents(of index: ChangeIndex) -> ArraySlice<ChangeIndex> {
    parentList[parentStarts[index.int]..<parentStarts[index.int + 1]]
  }

  /// The same, without a view of them.
  func forEachParent(of index: ChangeIndex, _ body: (ChangeIndex) -> Void) {
    for place in parentStarts[index.int]..<parentStarts[index.int + 1] { body(parentList[place]) }
  }

  package func stamp(at index: ChangeIndex, operation: Int) -> Stamp {
    Stamp(
      lamport: lamports[index.int],
      operation: OperationRef(change: ref(at: index), index: UInt32(clamping: operation)))
  }

  package func index(of id: ChangeID) -> ChangeIndex? { byID.find(id, in: ids) }

  package func index(of ref: ChangeRef) -> ChangeIndex? {
    guard let number = numbers[ref.device], ref.seq < UInt64(chains[number].changes.count) else { return nil }
    return chains[number].changes[Int(ref.seq)]
  }

  /// How many changes of a device are here.
  package func count(of device: DeviceID) -> UInt64 {
    numbers[device].map { UInt64(chains[$0].changes.count) } ?? 0
  }

  /// The device's last change here.
  package func last(of device: DeviceID) -> ChangeIndex? { numbers[device].flatMap { chains[$0].changes.last } }

  /// How many changes of each device are here. Costs a sort of the devices.
  package var vector: VersionVector {
    let counts = chains.map { VersionVector.Entry(device: $0.device, count: UInt64($0.changes.count)) }
    return VersionVector(sorting: counts)
  }

  package var version: Version { version(of: heads) }

  package func version(of heads: some Sequence<ChangeIndex>) -> Version {
    Version(sorting: heads.map { ids[$0.int] })
  }

  /// The changes that a version names; `unknownParent` when one is not here.
  package func indices(of version: Version) throws(HistoryError) -> [ChangeIndex] {
    var found: [ChangeIndex] = []
    for head in version.heads {
      guard let index = index(of: head) else { throw .unknownParent(head) }
      found.append(index)
    }
    return found.sorted()
  }

  /// Admits a change: its parents are here and reduced, it follows its device's last. Nothing is added on an error.
  ///
  /// Cost: the changes between the parents and their common past, when there are several parents.
  @discardableResult
  package mutating func add(_ header: ChangeHeader, id: ChangeID) throws(HistoryError) -> ChangeIndex {
    let ref = header.ref
    if let known = index(of: ref) {
      throw ids[known.int] == id ? .known(ref) : .equivocation(ref, here: ids[known.int], found: id)
    }
    let expected = count(of: ref.device)
    guard ref.seq == expected else { throw .gap(ref, expected: expected) }
    guard header.fields.previous == last(of: ref.device).map({ ids[$0.int] }) else { throw .brokenChain(ref) }
    var parents: [ChangeIndex] = []
    for parent in header.parents {
      guard let index = index(of: parent) else { throw .unknownParent(parent) }
      parents.append(index)
    }
    parents.sort()
    guard parents.count < 2 || reduced(parents) == parents else { throw .parentsNotReduced(ref) }
    return append(next: ref.device, id: id, parents: parents)
  }

  /// Adds the next change of a device that was admitted before (a store's own row); its parents ascend.
  @discardableResult
  package mutating func append(next device: DeviceID, id: ChangeID, parents: [ChangeIndex]) -> ChangeIndex {
    let index = ChangeIndex(ids.count)
    let number = number(of: device)
    ids.append(id)
    lamports.append(1 + (parents.map { lamports[$0.int] }.max() ?? 0))
    places.append((Int32(number), Int32(chains[number].changes.count)))
    parentList.append(contentsOf: parents)
    parentStarts.append(parentList.count)
    byID.insert(index, of: ids)
    chains[number].changes.append(index)
    heads.removeAll { parents.contains($0) }
    heads.append(index)
    return index
  }

  private mutating func number(of device: DeviceID) -> Int {
    // Changes of one device mostly come one after the other.
    if let last = places.last, chains[Int(last.device)].device == device { return Int(last.device) }
    if let number = numbers[device] { return number }
    numbers[device] = chains.count
    chains.append((device, []))
    return chains.count - 1
  }
}

/// Why a history does not take a change.
package enum HistoryError: Error, Equatable, Sendable {
  /// It is here already; harmless.
  case known(ChangeRef)
  /// The device wrote another change under the same number.
  case equivocation(ChangeRef, here: ChangeID, found: ChangeID)
  /// Changes of the device are missing before it.
  case gap(ChangeRef, expected: UInt64)
  /// `previous` is not the device's last change.
  case brokenChain(ChangeRef)
  /// It was made on a change that is not here.
  case unknownParent(ChangeID)
  /// One parent is an ancestor of another.
  case parentsNotReduced(ChangeRef)
}
