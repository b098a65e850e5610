package import History

/// For each change, by number in order of arrival, which changes it has seen, itself among them: as plain as can be.
package struct Ancestors {
  package private(set) var refs: [ChangeRef] = []
  /// `seen[a][b]`: change a is b, or has b in its past.
  package private(set) var seen: [[Bool]] = []
  package private(set) var lamports: [UInt64] = []
  private var numbers: [ChangeID: Int] = [:]

  package init() {}

  package init(_ changes: [Change]) {
    for change in changes { append(change) }
  }

  @discardableResult
  package mutating func append(_ change: Change) -> Int {
    let number = refs.count
    lamports.append(1 + (change.header.parents.compactMap { numbers[$0] }.map { lamports[$0] }.max() ?? 0))
    for index in seen.indices { seen[index].append(false) }
    refs.append(change.ref)
    seen.append(union(change.header.parents))
    seen[number][number] = true
    numbers[change.id] = number
    return number
  }

  /// What a version has seen.
  package func union(_ heads: [ChangeID]) -> [Bool] {
    var union = Array(repeating: false, count: refs.count)
    for head in heads.compactMap({ numbers[$0] }) {
      for (index, isSeen) in seen[head].enumerated() where isSeen { union[index] = true }
    }
    return union
  }

  /// The members of a set of changes that no other member has seen, ascending.
  package func reduced(_ set: [Int]) -> [Int] {
    Set(set).filter { member in !set.contains { $0 != member && seen[$0][member] } }.sorted()
  }
}
