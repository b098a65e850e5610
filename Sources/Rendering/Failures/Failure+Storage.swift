import BookFolder
import Formats
import Glibc
import History
import LocalBook
import Replica

/// What the disk, or the records on it, did not do.
extension Failure {
  init(ofDisk error: BookError) {
    switch error {
    case .badFile(let path, let error):
      self.init("'\(path)' cannot be read", because: "\(error.words)", next: ["the file again, from whoever made it"])
    case .fileOfAnotherBook(let path):
      self.init(
        "'\(path)' is of another book",
        because: "books that began apart are never put together: every word would be doubled",
        next: ["valise restore-from \(word: path) DIR   (to have that one, in another folder)"])
    case .fileLacksChanges(let path):
      self.init(
        "'\(path)' goes on from changes that are not here; nothing is taken in",
        because: "it was made for somebody who has them",
        next: [
          "valise bundle apply FILE   (the earlier bundle first)", "valise sync   (where there is a server)",
          "valise bundle create FILE   (on the other laptop: without --since it holds everything)",
        ])
    case .fileExists(let path):
      self.init(
        "'\(path)' is there already", because: "no file is written over", next: ["the same command with another name"])
    case .storage(let error): self.init(error)
    case .replica(let error): self.init(error)
    case .file("make", let path, let errno):
      self.init(
        "'\(path)' cannot be made", because: "\(systemWords(errno))",
        next: ["the same command with a place that is there, and where you may write"])
    case .file("read", let path, let errno):
      self.init(
        "'\(path)' cannot be read", because: "\(systemWords(errno))",
        next: ["the same command with a file that is there, and that you may read"])
    case .file("reach", let path, let errno):
      self.init(
        "the folder of '\(path)' cannot be opened", because: "\(systemWords(errno))",
        next: ["the same command with a place that is there"])
    case .file(IgnoreRules.reading, _, let errno):
      self.init(
        "'\(own: IgnoreRules.fileName)' cannot be read; nothing is recorded",
        because: "\(Self.notAFileOfPatterns(errno)); what its patterns keep back would be recorded and sent",
        next: [
          "mv \(own: IgnoreRules.fileName) \(own: IgnoreRules.fileName).old",
          "a plain file of that name with the patterns in it, then the same command again",
        ])
    case .inTheWay(let path):
      self.init(
        "'\(path)' stands where Valise keeps something of its own",
        because: "it is not what Valise made there; no note is in it",
        next: ["mv \(word: path) \(word: path + ".old")", "the same command again: it makes what it needs"])
    case .file(let doing, let path, let errno):
      self.init("'\(path)': \(doing) failed", because: "\(systemWords(errno))", next: ["valise status"])
    case .readOnlyFolder(let folder):
      self.init(
        "'\(folder)' cannot be written", because: "it is read-only for you; what was recorded is safe",
        next: ["ls -ld \(word: folder)"])
    case .notShared(let file, let why): self.init(file, why)
    default: self.init("this cannot be done here")
    }
  }

  private static func notAFileOfPatterns(_ errno: Int32) -> Line {
    switch errno {
    case ELOOP: "it is a symbolic link"
    case EISDIR: "it is a folder"
    case EFBIG: "it is too large"
    case ENXIO: "it is no file"
    default: systemWords(errno)
    }
  }

  private init(_ error: StorageError) {
    switch error {
    case .full:
      self.init("the disk is full; nothing was recorded", next: ["make room, then the same command again"])
    case .readOnly:
      self.init(
        "the folder cannot be written; nothing was recorded", because: "it or its '.valise' is read-only for you",
        next: ["ls -ld . .valise"])
    case .damaged(let what):
      self.init(
        "the records of this book are damaged", because: "\(what)",
        next: [
          "copy the whole folder to a safe place, '.valise' too, before anything else",
          "valise join URL DIR   (brings the book from the server, into another folder)",
        ])
    case .failed(let words):
      self.init(
        "the records of this book did not answer", because: "\(words)",
        next: ["look at the disk, then the same command again; every file is as it was"])
    }
  }

  private init(_ error: ReplicaError) {
    let kept: [Line] = ["valise status   (nothing that was wrong was taken in; everything is saved here)"]
    switch error {
    case .storage(let error): self.init(error)
    case .signature:
      self.init("a change came that its writer did not sign; it was not taken", next: kept)
    case .uncertified:
      self.init("changes came from a device that does not vouch for itself; they were not taken", next: kept)
    case .foreignRoot:
      self.init("changes of another book came; they were not taken", next: kept)
    case .history(.equivocation):
      self.init(
        "two different changes came under one number; the second was not taken",
        because: "a copied laptop writes like this until it notices", next: kept)
    case .history, .format, .change:
      self.init(
        "changes came that break a rule of the history; they were not taken", because: "\(error.words)", next: kept)
    case .noBook: self.init("there is no book here yet", next: ["valise new DIR", "valise join URL DIR"])
    case .bookExists: self.init("there is a book here already", next: ["valise status"])
    case .noSuchVersion: self.init("the version is not here", next: ["valise sync", "valise log"])
    }
  }
}

extension ReplicaError {
  /// Which rule, in a few words; ids and numbers only.
  fileprivate var words: Line {
    switch self {
    case .history(.unknownParent): "made on a change that nobody sent"
    case .history(.gap): "changes of the same device are missing before it"
    case .history(.brokenChain): "it does not follow its device's last change"
    case .history(.parentsNotReduced): "it names one change twice"
    case .format(.checksum(let section)): "the bytes of section \(own: String(section)) were altered"
    case .format(.unknownSection(let kind, _)): "section kind \(own: String(kind)) needs a newer version"
    case .format: "the bytes are not as formats.md says"
    case .change(.tooLarge(let bytes)): "a change of \(bytes.bytes) is larger than it may be"
    case .change(.message(let bytes)): "a message of \(bytes.bytes) is longer than it may be"
    default: "a change is not well-formed"
    }
  }
}
