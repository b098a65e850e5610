import LocalBook

/// What was asked for by a name that fits nothing.
extension Failure {
  /// A version, a file, a conflict, or something to take back.
  init(ofNames error: BookError) {
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
    case .notInVersion(let file, let version, false):
      self.init("'\(file)' is not in the version \(version)", because: "it came later", next: ["valise log -v"])
    case .notInVersion(let file, let version, true):
      self.init(
        "'\(file)' is not in the version \(version)", because: "it is deleted there",
        next: ["valise history \(word: file)   (the versions that had it)"])
    case .notAVersionButFile(let file, nil):
      self.init(
        "'\(file)' is a file, not a version",
        because: "a version is a hash of valise log, a tag or a time; FILE@VERSION is a file as it was",
        next: ["valise history \(word: file)   (the versions that changed it)"])
    case .notAVersionButFile(let file, let version?):
      self.init(
        "'\(file)@\(version)' is one file", because: "a version of the whole book is asked for",
        next: ["the same command with \(word: version)"])
    case .notAPrivateVersion(let asked):
      self.init(
        "'\(asked)' is a version of what is shared", because: "files in private/ are in no such version",
        next: ["valise log --private   (their versions)", "the same command with a time, such as @{2021-11-09 18:00}"])
    case .notBroughtBack(let file, let why, let version):
      self.init(
        "'\(file)' cannot be brought back as it was", because: why.words,
        next: ["valise show --raw \(word: "\(file)@\(version)") >FILE   (its text, into a file of its own)"])
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
      let value: Line = suggestion.map { "\(word: $0)" } ?? "TEXT"
      self.init(
        "'\(conflict)' cannot be settled to that", because: "\(why)",
        next: ["valise resolve \(word: conflict) --value \(value)"])
    default: self.init(ofExchange: error)
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
