import Glibc
import Rendering

extension Failure {
  /// What happened, why, and what to type next.
  init(_ error: InspectError) {
    switch error {
    case .system(let doing, let path, let errno):
      self.init("'\(path)': \(own: doing) failed", because: "\(unsafe String(cString: strerror(errno)))")
    case .noFile(let path): self.init("'\(path)' is neither a file nor a folder")
    case .noBook(let folder):
      self.init(
        "'\(folder)' holds no book and no server's data", because: "there is no .valise/book.sqlite and no log.sqlite")
    case .notReadable(let path, let error):
      self.init("'\(path)' cannot be read", because: "\(error.words)")
    case .store(let path, let words):
      self.init("'\(path)' is no store that can be read", because: "\(words)")
    case .busy(let path):
      self.init(
        "'\(path)' is written to without a pause", because: "a copy of it would be of no one moment",
        next: ["the same command again, or with the server stopped"])
    case .isCapture(let path):
      self.init("'\(path)' is a captured connection", next: ["valise-inspect frames \(word: path)"])
    case .noCapture(let path):
      self.init("'\(path)' is no captured connection", next: ["valise-inspect show \(word: path)"])
    case .pcapng(let path):
      self.init(
        "'\(path)' is a capture in the pcapng format, which is not read here",
        next: ["editcap -F pcap \(word: path) OTHER   (makes a pcap file of it)"])
    case .badCapture(let path, let what, let offset):
      self.init("'\(path)' cannot be read as a capture", because: "\(what) at byte \(offset)")
    case .severalBooks(let path, let names):
      self.init(
        "'\(path)' holds \(names.count.of("book")): \(names.listed(atMost: 10))", because: "this looks at one",
        next: names.prefix(3).map { "… \(word: path) --book \(word: $0)" })
    case .noSuchBook(let name, let path, let names):
      self.init(
        "'\(path)' holds no book named '\(name)'",
        because: names.isEmpty ? "its one book has no name there" : "it holds \(names.listed(atMost: 10))")
    case .version(let error, let path):
      self.init(error)
      because = because ?? "a version is the beginning of a hash, a tag, a time, or ~2 for two changes back"
      next = ["valise-inspect show \(word: path)"]
    case .lightVersion(let path):
      self.init(
        "'\(path)' is a light snapshot: it holds one version, and no other", next: ["valise-inspect show \(word: path)"]
      )
    case .differentBooks(let one, let other):
      self.init("'\(one)' and '\(other)' are of two books", because: "books that began apart have nothing to compare")
    case .noHistory(let path):
      self.init("'\(path)' is a light snapshot and holds no changes", next: ["valise-inspect show \(word: path)"])
    case .nothingToMerge(let path):
      self.init(
        "'\(path)' cannot be opened as a book", because: "what it builds on is not in it, or cannot be read",
        next: ["valise-inspect verify \(word: path)"])
    }
  }
}
