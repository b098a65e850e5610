package import Bytes

/// A file that is no longer where it was, with what it held.
package struct GoneFile: Sendable {
  package let path: ExactText
  package let bytes: [UInt8]
  /// Of the file when it was last seen.
  package let inode: UInt64

  package init(path: ExactText, bytes: [UInt8], inode: UInt64) {
    self.path = path
    self.bytes = bytes
    self.inode = inode
  }
}

/// Which gone file is which new one (folder.md 5).
package struct Rename: Equatable, Sendable {
  package let from: ExactText
  package let to: ExactText
}

package enum Renames {
  /// Pairs gone files with new ones: the same name in another case or normalisation; else equal content, where the
  /// inode, then the file's name chooses among several; else the best match in both directions, when at least half
  /// agrees. In order of the old paths; no file is in two pairs.
  ///
  /// `similarity` says how much of two texts agrees, 0 to 1: of their lines, of the words of short ones. Where there
  /// are more than 2,500 pairs left, it is asked only about pairs that share rare lines or words.
  package static func find(
    gone: [GoneFile], new: [FoundFile], similarity: (_ old: [UInt8], _ new: [UInt8]) -> Double
  ) -> [Rename] {
    var matching = Matching(gone: gone.sorted { $0.path < $1.path }, new: new.sorted { $0.path < $1.path })
    matching.pairSameNames()
    matching.pairEqualContents()
    matching.pairSimilar(similarity)
    return matching.renames
  }
}

private struct Matching {
  let gone: [GoneFile]
  let new: [FoundFile]
  var newOf: [Int?]
  var isTaken: [Bool]

  init(gone: [GoneFile], new: [FoundFile]) {
    self.gone = gone
    self.new = new
    newOf = Array(repeating: nil, count: gone.count)
    isTaken = Array(repeating: false, count: new.count)
  }

  var renames: [Rename] {
    gone.indices.compactMap { old in newOf[old].map { Rename(from: gone[old].path, to: new[$0].path) } }
  }

  private mutating func pair(_ old: Int, _ other: Int) {
    newOf[old] = other
    isTaken[other] = true
  }

  private var openOld: [Int] { gone.indices.filter { newOf[$0] == nil } }
  private var openNew: [Int] { new.indices.filter { !isTaken[$0] } }

  mutating func pairSameNames() {
    var byKey: [[UInt8]: Int] = [:]
    for index in new.indices.reversed() { byKey[CaseFolding.key(of: new[index].path.string)] = index }
    for old in gone.indices {
      let key = CaseFolding.key(of: gone[old].path.string)
      if let other = byKey[key], !isTaken[other] { pair(old, other) }
    }
  }

  /// Empty files are equal to each other without being the same: they need the inode.
  mutating func pairEqualContents() {
    var byContent: [[UInt8]: [Int]] = [:]
    for index in openNew { byContent[new[index].bytes, default: []].append(index) }
    let hints: [(GoneFile, FoundFile) -> Bool] = [
      { $0.inode == $1.stamp.inode }, { $0.path.fileName == $1.path.fileName && !$0.bytes.isEmpty },
      { old, _ in !old.bytes.isEmpty },
    ]
    for hint in hints {
      for old in openOld {
        let candidates = byContent[gone[old].bytes] ?? []
        if let other = candidates.first(where: { !isTaken[$0] && hint(gone[old], new[$0]) }) { pair(old, other) }
      }
    }
  }

  mutating func pairSimilar(_ similarity: ([UInt8], [UInt8]) -> Double) {
    var scores: [(old: Int, new: Int, score: Double)] = []
    for (old, other) in candidates() {
      let score = similarity(gone[old].bytes, new[other].bytes)
      if score >= 0.5 { scores.append((old, other, score)) }
    }
    var bestOfOld: [Int: (other: Int, score: Double)] = [:]
    var bestOfNew: [Int: (other: Int, score: Double)] = [:]
    for (old, other, score) in scores {
      let weighted = score + (gone[old].inode == new[other].stamp.inode ? 0.01 : 0)
      if weighted > bestOfOld[old]?.score ?? 0 { bestOfOld[old] = (other, weighted) }
      if weighted > bestOfNew[other]?.score ?? 0 { bestOfNew[other] = (old, weighted) }
    }
    for old in openOld {
      if let best = bestOfOld[old], bestOfNew[best.other]?.other == old { pair(old, best.other) }
    }
  }

  static let allPairs = 2_500
  /// A line or word in more files than this tells nothing.
  static let common = 8

  private func candidates() -> [(Int, Int)] {
    let olds = openOld.filter { !gone[$0].bytes.isEmpty }
    let news = openNew.filter { !new[$0].bytes.isEmpty }
    if olds.count * news.count <= Self.allPairs { return olds.flatMap { old in news.map { (old, $0) } } }
    var holders: [ArraySlice<UInt8>: [Int]] = [:]
    for other in news {
      for piece in Self.pieces(new[other].bytes) { holders[piece, default: []].append(other) }
    }
    var pairs: [(Int, Int)] = []
    for old in olds {
      var shared: [Int: Int] = [:]
      for piece in Self.pieces(gone[old].bytes) {
        guard let holding = holders[piece], holding.count <= Self.common else { continue }
        for other in holding { shared[other, default: 0] += 1 }
      }
      let best = shared.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5)
      pairs += best.map { (old, $0.key) }
    }
    return pairs
  }

  /// Lines, and the words of short notes.
  private static func pieces(_ bytes: [UInt8]) -> Set<ArraySlice<UInt8>> {
    var pieces = Set(bytes.split(separator: .newline))
    if pieces.count < 8 { pieces.formUnion(bytes.split { $0.isBlank || $0 == .newline }) }
    return pieces
  }
}

extension ExactText {
  fileprivate var fileName: ArraySlice<UInt8>? { bytes.split(separator: UInt8(ascii: "/")).last }
}
