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
package struct EventGraph: Sendable {
  private var refs: [ChangeRef] = []
  private var ids: [ChangeID] = []
  private var lamports: [UInt64] = []
  /// The parents of change i are `parentList[parentStarts[i] ..< parentStarts[i + 1]]`, ascending.
  private var parentStarts: [Int] = [0]
  private var parentList: [ChangeIndex] = []
  private var byID: [ChangeID: ChangeIndex] = [:]
  private var chains: [DeviceID: [ChangeIndex]] = [:]
  /// Changes without children, ascending.
  package private(set) var heads: [ChangeIndex] = []
  /// How many changes of each device are here.
  package private(set) var vector = VersionVector()

  package init() {}

  package var count: Int { ids.count }
  package var indices: Range<Int> { 0..<ids.count }

  package func ref(at index: ChangeIndex) -> ChangeRef { refs[index.int] }
  package func id(at index: ChangeIndex) -> ChangeID { ids[index.int] }
  package func lamport(at index: ChangeIndex) -> UInt64 { lamports[index.int] }
  package func parents(of index: ChangeIndex) -> ArraySlice<ChangeIndex> {
    parentList[parentStarts[index.int]..<parentStarts[index.int + 1]]
  }

  package func stamp(at index: ChangeIndex, operation: Int) -> Stamp {
    Stamp(
      lamport: lamports[index.int],
      operation: OperationRef(change: refs[index.int], index: UInt32(clamping: operation)))
  }

  package func index(of id: ChangeID) -> ChangeIndex? { byID[id] }

  package func index(of ref: ChangeRef) -> ChangeIndex? {
    guard let chain = chains[ref.device], ref.seq < UInt64(chain.count) else { return nil }
    return chain[Int(ref.seq)]
  }

  /// The device's last change here.
  package func last(of device: DeviceID) -> ChangeIndex? { chains[device]?.last }

  package var version: Version { version(of: heads) }

  package func version(of heads: some Sequence<ChangeIndex>) -> Version {
    Version(sorting: heads.map { ids[$0.int] })
  }

  /// The changes that a version names; `unknownParent` when one is not here.
  package func indices(of version: Version) throws(HistoryError) -> [ChangeIndex] {
    var found: [ChangeIndex] = []
    for head in version.heads {
      guard let index = byID[head] else { throw .unknownParent(head) }
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
    guard ref.seq == vector[ref.device] else { throw .gap(ref, expected: vector[ref.device]) }
    guard header.fields.previous == last(of: ref.device).map({ ids[$0.int] }) else { throw .brokenChain(ref) }
    var parents: [ChangeIndex] = []
    for parent in header.parents {
      guard let index = byID[parent] else { throw .unknownParent(parent) }
      parents.append(index)
    }
    parents.sort()
    guard parents.count < 2 || reduced(parents) == parents else { throw .parentsNotReduced(ref) }
    return append(ref, id: id, parents: parents)
  }

  /// Adds a change that was admitted before (a store's own row): parents ascend, and `ref` follows its device's last.
  @discardableResult
  package mutating func append(_ ref: ChangeRef, id: ChangeID, parents: [ChangeIndex]) -> ChangeIndex {
    let index = ChangeIndex(ids.count)
    refs.append(ref)
    ids.append(id)
    lamports.append(1 + (parents.map { lamports[$0.int] }.max() ?? 0))
    parentList.append(contentsOf: parents)
    parentStarts.append(parentList.count)
    byID[id] = index
    chains[ref.device, default: []].append(index)
    vector[ref.device] = ref.seq + 1
    heads.removeAll { parents.contains($0) }
    heads.append(index)
    return index
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
