import BookFolder
import Bytes
import History
import Merge

/// What a person did to the file of an entry.
enum FolderEdit {
  case changed(FoundFile)
  case renamed(FoundFile, from: ExactText)
  case deleted(ExactText)

  /// Where the file was.
  var path: ExactText {
    switch self {
    case .changed(let file): file.path
    case .renamed(_, let path), .deleted(let path): path
    }
  }

  /// As it is now.
  var file: FoundFile? {
    switch self {
    case .changed(let file), .renamed(let file, _): file
    case .deleted: nil
    }
  }
}

/// An edit, and what it comes to.
struct ComparedEdit {
  let edit: FolderEdit
  /// The entry as the file showed it.
  let state: EntryState
  /// The version that the file showed, where that is not the newest.
  let older: Version?
  let outcome: ComparedFile.Outcome
}
