import Formats
import History
package import LocalBook
import Replica
import SyncProtocol

/// All messages of failed commands stand in this folder, so that they sound alike: lower case, no full stop, and never a
/// text that stands in a note. Here are those of a book as a whole; Names, Server and Storage have the others.
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
        next: ["the same command again, valise join or valise new   (a join goes on from what has come)"])
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
    case .emptiedBitByBit(let gone, let before, let all, let examples):
      self.init(
        "\(gone) of \(all.of("entry", "entries")) are gone just after \(before) were deleted; no more is recorded",
        because: "among them \(examples.listed()); a folder that is being taken away looks like this",
        next: [
          "bring the files back, then valise status",
          "valise restore --lost   (gives back those that are not recorded as deleted)",
          "valise undo   (after that: takes back the deletions that were recorded)",
          "valise save --accept-deletions   (only if all these deletions are meant)",
        ], exitCode: .emptied)
    case .folderGone(let root):
      self.init(
        "the book in '\(root)' is gone; nothing is recorded",
        because: "its '.valise' is not there any more; a disk that is not mounted looks like this",
        next: [
          "bring the folder back, then valise sync --watch",
          "valise join URL DIR   (brings the book from the server, into another folder)",
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
        next: ["the same command with a folder that is new or empty"])
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
}
