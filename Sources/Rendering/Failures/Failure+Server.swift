import LocalBook
import SyncProtocol

/// What the server said, or that it said nothing.
extension Failure {
  init(ofExchange error: BookError) {
    switch error {
    case .refused(let code, let detail): self.init(refusal: code, detail)
    case .offline(let why): self.init(why)
    case .joinBrokeOff(let why, let changes, let path):
      self.init(
        why.words, because: "the server or the network stopped; \(changes.of("change")) came, and wait in \(path)",
        next: ["the same command again: it goes on from there"], exitCode: .offline)
    case .sync(let failure): self.init(failure)
    case .newerSchema(let level):
      self.init(
        "a colleague's Valise is newer than this one, and this one does not write its files",
        because: "the book needs level \(own: String(level)); edits here are still recorded and sent",
        next: ["install the newer Valise"])
    default: self.init(ofDisk: error)
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
    case 700, 701:
      self.init(
        code == 701 ? "the server's disk is full" : "the server's disk cannot be written", because: "\(said)",
        next: [
          "show this message to whoever runs the server; everything is saved here",
          "valise sync   (when there is room again: it sends what waits)",
        ])
    case 702:
      self.init(
        "the server's copy of the book is damaged", because: "\(said)",
        next: ["show this message to whoever runs the server; everything is saved here"])
    case 700...799:
      self.init(
        "the server cannot take changes now", because: "\(said)",
        next: ["valise sync   (later; everything is saved here)"])
    default:
      self.init("the server refused", because: "\(said)", next: ["valise sync   (everything is saved here)"])
    }
  }
}
