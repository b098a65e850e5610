import BookFolder
import Bytes
import History

extension FolderRecorder {
  /// Files that took each other's names: `b` became `c`, and `a` became `b`; or two were swapped. Each is told by its
  /// inode, and holds what it held, byte for byte; whatever stood under its new name went to another one likewise.
  ///
  /// Without this a file whose name was taken over would pass for an edit of the other, and a colleague's words would go
  /// into the wrong note. Costs a look at the index, and two renderings a candidate.
  mutating func findMoves() throws(BookError) {
    let candidates = try moveCandidates()
    guard !candidates.isEmpty else { return }
    var moves = candidates
    while true {
      // A name that is taken over has to be given up by its file.
      let leaving = Set(moves.map(\.from))
      let kept = moves.filter { old[$0.file.path] == nil || leaving.contains($0.file.path) }
      if kept.count == moves.count { break }
      moves = kept
    }
    for move in moves {
      renames.append((move.entry, move.from, move.file))
      gone.removeAll { $0 == move.from }
      new.removeAll { $0.path == move.file.path }
      movedOver.insert(move.file.path)
    }
  }

  private struct Move {
    let entry: EntryID
    let from: ExactText
    let file: FoundFile
  }

  /// Files that have the inode of another one that the index knows, and its bytes.
  private mutating func moveCandidates() throws(BookError) -> [Move] {
    let found = scan.changed.filter { old[$0.path]?.stamp.inode != $0.stamp.inode } + new
    guard scan.changed.count > 0, !found.isEmpty else { return [] }
    let displaced = Set(scan.changed.map(\.path) + gone)
    var byInode: [UInt64: ExactText] = [:]
    for path in displaced {
      if let entry = old[path], entry.stamp.inode != 0 { byInode[entry.stamp.inode] = path }
    }
    var moves: [Move] = []
    for file in found {
      guard let from = byInode[file.stamp.inode], from != file.path, let payload = old.payload(of: from),
        payload.leftOver == nil, let state = try workbench.shown(payload.entry).state,
        Workbench.rendered(state, in: payload.context) == file.bytes
      else { continue }
      moves.append(Move(entry: payload.entry, from: from, file: file))
    }
    // One file under two names is no move.
    return moves.filter { move in moves.filter { $0.from == move.from }.count == 1 }
  }
}
