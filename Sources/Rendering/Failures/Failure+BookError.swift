import Formats
import History
package import LocalBook
import Replica
import SyncProtocol

/// All messages of failed commands, in one place so that they sound alike: lower case, no full stop, and never a text
/// that stands in a note.
extension Failure {
  package init(_ error: BookError) {
    switch error {
    case .notABook(let from):
      self.init(
        "'\(from)' is not in a book", because: "neither it nor a folder above it holds '.valise'",
        next: [
          "valise -C DIR status   (in the folder of a book)", "valise join URL DIR   (to have a colleague's book)",
          "valise new DIR   (to begin one)",
        ])
    case .insideBook(let root):
      self.init(
        "'\(root)' is a book already",
        because: "a book does not lie in a book, and the same notes in two books would double every word",
        next: [
          "valise -C \(word: root) status", "valise join URL DIR   (to have a colleague's book, in another folder)",
        ])
    case .busy(let holder):
      self.init(
        "the book is busy", because: "\(holder) holds it, and still did after 10 seconds; nothing is lost by waiting",
        next: ["try again when that command has ended"], exitCode: .busy)
    case .brokenBook(let what):
      self.init(
        "the records of this book cannot be used", because: "\(what)",
        next: [
          "copy the whole folder to a safe place, '.valise' too, before anything else",
          "valise join URL DIR   (brings the book from the server, into another folder)",
        ])
    case .unfinished(let root):
      self.init(
        "there is no book in '\(root)' yet", because: "its making was interrupted; no note in the folder was touched",
        next: ["the same command again, valise join or valise new   (it begins anew)"])
    case .emptied(let gone, let all, let examples):
      self.init(
        "\(gone) of \(all.of("entry", "entries")) are gone or empty at once; nothing is recorded",
        because:
          "among them \(examples.listed()); a disk that is not mounted or a folder kept in a cloud looks like this",
        next: [
          "bring the files back, then valise status",
          "valise restore --lost   (gives them back as they were last recorded)",
          "valise save --accept-deletions   (only if \(gone) deletions are meant)",
        ], exitCode: .emptied)
    case .alreadyPublished(let url):
      self.init("this book is on a server already", because: "it is at \(url)", next: ["valise sync"])
    case .notPublished:
      self.init(
        "this book is on no server yet", because: "it was neither published nor joined; everything is saved here",
        next: ["valise publish valise://HOST/BOOK"])
    case .badURL(let text):
      self.init(
        "'\(text)' is not the address of a book",
        because: "an address is valise://HOST/BOOK or valise://HOST:PORT/BOOK",
        next: ["the same command with \(word: Self.address(likely: text) ?? "valise://localhost/BOOK")"])
    case .collisions(let paths):
      self.init(
        "the folder holds \(paths.count.of("file")) of the same names as the book; nothing is written",
        because: "\(paths.listed()) would be written over",
        next: ["valise join URL DIR   (into a folder that is new or empty)"])
    case .nameTaken(let name, let url):
      self.init(
        "the server has another book named '\(name)'",
        because: "books that began apart are never put together: every word would be doubled",
        next: [
          "valise join \(word: url) DIR   (to work on that one, in another folder)",
          "valise publish \(word: url + "-2")   (to put this one beside it)",
        ])
    case .noSuchBook(let name, let url):
      self.init(
        "the server has no book named '\(name)'", because: "nobody has published one there under that name",
        next: ["valise publish \(word: url)   (on the laptop that has the book)"])
    default: self.init(ofNames: error)
    }
  }

  /// What was meant by an address without its beginning.
  private static func address(likely text: String) -> String? {
    let place = text.split(separator: "://", maxSplits: 1).last.map(String.init) ?? ""
    return (try? BookAddress("valise://" + place))?.description
  }

  /// Something asked for by a name that fits nothing here, and what the server or the system said.
  private init(ofNames error: BookError) {
    switch error {
    case .noSuchVersion(let asked):
      self.init("no version is called '\(asked)'", next: ["valise log"])
    case .ambiguousVersion(let asked, let matches):
      self.init(
        "'\(asked)' is the beginning of \(matches.count.of("version"))", because: "\(matches.listed())",
        next: matches.prefix(3).map { "valise show \(word: $0)" })
    case .notAVersion(let asked, let error): self.init(asked, error)
    case .ambiguousTag(let asked, let places):
      self.init(
        "several versions are tagged '\(asked)'",
        because: "\(places.map { "\($0.version) by \($0.person)" as Line }.listed): given at the same time",
        next: places.prefix(3).map {
          "valise tag --move \(word: $0.name) \(word: $0.version)   (to settle on that one)"
        })
    case .tagExists(let name, let places):
      self.init(
        "there is a tag '\(name)' already",
        because: "it names \(places.map { "\($0.version), given by \($0.person)" as Line }.listed)",
        next: ["valise tag --move \(word: name) VERSION   (to give it to another version)"])
    case .noSuchTag(let name): self.init("no tag is called '\(name)'", next: ["valise tag"])
    case .twoFiles(let one, let other):
      self.init(
        "'\(one)' and '\(other)' are both named; one file is brought back at a time",
        next: ["valise restore VERSION \(word: other)"])
    case .noSuchFile(let asked, let nearest):
      self.init(
        "no entry has its file at '\(asked)'",
        because: "files are named as in the folder of the book, versions by a hash of valise log",
        next: [nearest.map { "valise show \(word: $0)" } ?? "valise status"])
    case .notInVersion(let file, let version):
      self.init("'\(file)' is not in the version \(version)", because: "it came later", next: ["valise log -v"])
    case .nothingToUndo:
      self.init(
        "there is nothing to undo", because: "all that this laptop did is taken back, or it has done nothing yet",
        next: ["valise log", "valise restore VERSION FILE   (a file as it was, whoever changed it)"], exitCode: .nothing
      )
    case .nothingToRedo:
      self.init(
        "there is nothing to redo", because: "nothing was taken back since this laptop's last edit",
        next: ["valise log"], exitCode: .nothing)
    case .cannotUndo(let change):
      self.init(
        "the change \(change) cannot be taken back here",
        because: "a newer Valise made it, and did something in it that this one does not know",
        next: ["install the newer Valise", "valise restore VERSION FILE   (a file as it was)"])
    case .noSuchConflict(let asked):
      self.init(
        "nothing waits for a decision at '\(asked)'",
        because: "it was settled before, here or by a colleague, or it is another FILE:FIELD",
        next: ["valise conflicts"])
    case .noSuchSide(let asked, let conflict, let sides):
      self.init(
        "nobody called '\(asked)' has a side in this conflict", because: "the sides are \(sides.listed())",
        next: sides.prefix(4).map { "valise resolve \(word: conflict) --take \(word: $0)" })
    case .invalidValue(let conflict, let why, let suggestion):
      self.init(
        "'\(conflict)' cannot be settled to that", because: "\(why)",
        next: [
          "valise resolve \(word: conflict) --value \(own: suggestion == nil ? "TEXT" : "")\(word: suggestion ?? "")"
        ])
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
    case .refused(let code, let detail): self.init(refusal: code, detail)
    case .offline(let why): self.init(why)
    case .joinBrokeOff(let why, let changes, let path):
      self.init(
        why.words, because: "the server or the network stopped; \(changes.of("change")) came, and wait in \(path)",
        next: ["the same command again: it goes on from there"], exitCode: .offline)
    case .sync(let failure): self.init(failure)
    case .storage(let error): self.init(error)
    case .replica(let error): self.init(error)
    case .file("make", let path, let errno):
      self.init(
        "'\(path)' cannot be made", because: "\(systemWords(errno))",
        next: ["the same command with a place that is there, and where you may write"])
    case .file(let doing, let path, let errno):
      self.init("'\(path)': \(doing) failed", because: "\(systemWords(errno))", next: ["valise status"])
    case .notShared(let file, let why): self.init(file, why)
    case .newerSchema(let level):
      self.init(
        "a colleague's Valise is newer than this one, and this one does not write its files",
        because: "the book needs level \(own: String(level)); edits here are still recorded and sent",
        next: ["install the newer Valise"])
    default: self.init("this cannot be done here")
    }
  }

  /// Words that can name no version.
  private init(_ asked: String, _ error: VersionNameError) {
    let time: Line = "valise show \(word: "@{2021-11-09 18:00}")   (a time, in the visit's zone)"
    switch error {
    case .notATime(let typed):
      self.init(
        "'\(typed)' is not a time", because: "a time is 2021-11-09, 2021-11-09 18:00 or 2021-11-09T18:00+01:00",
        next: [time])
    case .notACount(let typed):
      self.init(
        "'\(asked)' is not a version", because: "behind ~ stands a number of changes, not '\(typed)'",
        next: ["valise show \(word: "~1")   (the version before the last change)"])
    case .beforeTheFirst(let changes):
      self.init(
        "'\(asked)' is before the book began", because: "there are \(changes.of("change")) to step back over",
        next: ["valise log -n \(own: String(changes))"])
    case .beforeTheBook:
      self.init(
        "'\(asked)' is before the book began", because: "nothing had been written by then", next: ["valise log"])
    case .notAName(let error):
      self.init(
        "'\(asked)' is not a name for a version", because: "\(error.words)", next: ["valise log", "valise tag", time])
    }
  }

  /// A first exchange with a server that was not reached, or not to its end.
  private init(_ offline: SyncSummary.Offline) {
    let again: [Line] = ["the same command again, when the server is in order"]
    switch offline {
    case .unknownHost:
      self.init(
        offline.words, because: "the name is not known, or there is no network",
        next: ["the same command again, once the name is right or there is a network"], exitCode: .offline)
    case .refused:
      self.init(
        offline.words, because: "the machine answers, but no server does at that port",
        next: ["valised serve --data DIR   (on that machine)"], exitCode: .offline)
    case .noNetwork:
      self.init(
        "the server does not answer", because: "there is no network, or no way to that machine",
        next: ["the same command again, when there is one"], exitCode: .offline)
    case .timedOut:
      self.init(
        offline.words, because: "something listens there and stays silent: a server in trouble, or another program",
        next: again, exitCode: .offline)
    case .brokenOff:
      self.init(
        offline.words, because: "the server or the network stopped, or another program listens there", next: again,
        exitCode: .offline)
    }
  }

  private init(_ failure: SyncFailure) {
    let again: [Line] = ["the same command again; everything is saved here, and it goes on where it was"]
    switch failure {
    case .unreachable(.nameNotFound):
      self.init("the server is not found", next: again, exitCode: .offline)
    case .unreachable: self.init("the server is not reached", next: again, exitCode: .offline)
    case .interrupted: self.init("the connection to the server broke off", next: again, exitCode: .offline)
    case .timedOut: self.init("the server fell silent", next: again, exitCode: .offline)
    case .noSuchBook:
      self.init(
        "the server does not have this book",
        because: "its data is lost or moved, or the address is another server's now",
        next: ["show this message to whoever runs the server; everything is saved here"])
    case .nameTaken:
      self.init(
        "the server has another book under this name",
        because: "books that began apart are never put together: every word would be doubled",
        next: ["valise join URL DIR   (to work on that one, in another folder)"])
    case .otherName(let name):
      self.init(
        "the server has this very book under the name '\(name)'", because: "a book has one name on a server",
        next: ["valise publish \(word: "valise://HOST/\(name)")"])
    case .equivocation:
      self.init(
        "another copy of this laptop writes under its name",
        because: "its folder was copied or restored, '.valise' too",
        next: ["valise sync   (this copy then counts as a device of its own; nothing is lost)"])
    case .refused(let error): self.init(refusal: error.code.rawValue, error.detail)
    case .violation(let error):
      self.init(
        "what answered does not speak as a server of Valise does; the connection was closed",
        because: "\(own: error.code.name) \(error.detail)",
        next: [
          "look at the address: another program may listen there",
          "show this message to whoever runs the server; everything is saved here",
        ])
    case .receiver: self.init("what the server sent could not be taken", next: again)
    }
  }

  private init(refusal code: UInt16, _ detail: String) {
    let said: Line = detail.isEmpty ? "error \(own: String(code))" : "error \(own: String(code)), \(detail)"
    switch code {
    case 200, 201:
      self.init(
        "this program and the server do not understand each other", because: "\(said)",
        next: ["install the newer of the two versions on the other side"])
    case 301, 302, 500, 501, 504...507:
      self.init(
        "the server does not take this laptop's changes", because: "\(said)",
        next: ["keep the folder as it is: everything is saved here", "show this message to whoever runs the server"])
    case 508:
      self.init("a change is larger than the server takes", because: "\(said)", next: ["valise log"])
    case 503:
      self.init(
        "the server's book is older than what this laptop has seen of it", because: "\(said)",
        next: ["show this message to whoever runs the server; everything is saved here"])
    case 700...799:
      self.init(
        "the server cannot take changes now", because: "\(said)",
        next: ["valise sync   (later; everything is saved here)"])
    default:
      self.init("the server refused", because: "\(said)", next: ["valise sync   (everything is saved here)"])
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
    case .failed(let words): self.init("the records of this book did not answer", because: "\(words)")
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

extension TagNameError {
  fileprivate var words: Line {
    switch self {
    case .empty: "it is empty"
    case .tooLong(let bytes): "it has \(bytes.of("byte")); 100 are the most"
    case .looksLikeHash: "a tag of these letters and digits alone could be a hash; 'v-' before it would do"
    case .character(let scalar): "a tag has letters, digits, '-', '_' and '.'; not '\(String(scalar))'"
    case .beginning: "a tag begins with a letter or a digit"
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
