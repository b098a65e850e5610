import BookFolder
import Bytes
import Glibc
import History
import Replica
import ReplicaStore

/// A save that cannot be recorded, found where a file was swapped out.
struct UnreadableSave {
  let path: ExactText
  /// What stands there instead now; nil where nothing does.
  let written: [UInt8]?
  let bytes: [UInt8]
  /// The plan's step that swapped it out, where it still is one.
  var step: Int?
  /// 0: to stand under its own name; from 1 on, beside it.
  var mark = 0

  /// Where it shall stand.
  fileprivate var place: ExactText {
    let name = path.string.hasSuffix(".md") ? String(path.string.dropLast(3)) : path.string
    switch mark {
    case 0: return path
    case 1: return ExactText(name + " (late save).md")
    default: return ExactText(name + " (late save \(mark)).md")
    }
  }

  /// The same beside what stands there.
  fileprivate var beside: UnreadableSave { UnreadableSave(path: path, written: nil, bytes: bytes, mark: mark + 1) }
}

extension LocalBook {
  /// Saves that came too late to be swapped in, and that cannot be read as an entry: the file is the person's again.
  /// Where the person has saved once more since, both stand in the folder.
  ///
  /// What it throws loses nothing: the copies stay, and the next command finds them.
  func putBack(_ saves: [UnreadableSave]) throws(BookError) {
    var open = saves
    for _ in 0..<Self.writeRounds where !open.isEmpty {
      let number = try transaction { workbench throws(BookError) in try workbench.nextPlan(environment.now()) }
      var places: Set<ExactText> = []
      let now = open.filter { places.insert($0.place).inserted }
      places = []
      var again = open.filter { !places.insert($0.place).inserted }.map(\.beside)
      let plan = WritePlan(
        id: number, writes: now.map { PlannedWrite(path: $0.place, before: $0.written, after: $0.bytes) })
      let outcome: WriteOutcome
      do {
        var writer = try FolderWriter(folder)
        outcome = try writer.write(plan, journal: JournalledAlready())
      } catch let error as FolderWriteFailure { throw BookError(error) } catch {
        throw .file(doing: "write", path: open[0].path.string, errno: EIO)
      }
      for (save, file) in zip(now, outcome.files) {
        if let late = file.late {
          again.append(UnreadableSave(path: save.path, written: save.bytes, bytes: late, mark: save.mark))
        }
        if case .written = file.state { continue }
        again.append(save.beside)
      }
      do { try FolderWriter(folder).discard(plan) } catch {
        throw .file(doing: error.call, path: FolderRoot.ownFolder, errno: error.code)
      }
      open = again
    }
    if let save = open.first { throw .file(doing: "write", path: save.path.string, errno: EBUSY) }
  }
}
