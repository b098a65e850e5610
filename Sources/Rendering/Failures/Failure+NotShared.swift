import LocalBook

extension Failure {
  /// Why a private file stays where it is.
  init(_ file: String, _ why: NotShared) {
    switch why {
    case .notPrivate:
      self.init(
        "'\(file)' is not in private/", because: "everything outside private/ is shared with the next sync",
        next: ["valise status"])
    case .unreadable:
      self.init(
        "'\(file)' cannot be recorded, and so it is not shared", because: "it cannot be read as an entry",
        next: ["valise status   (says where and why)"])
    case .ignored(let place):
      self.init(
        "'\(place)' would be left alone there, so the file stays in private/", because: ".valiseignore names it",
        next: ["valise share \(word: file) OTHER-NAME"])
    case .name(let place, let suggestion):
      let name: Line = suggestion.map { "\(word: $0)" } ?? "OTHER-NAME"
      self.init(
        "'\(place)' is no place for a shared file", because: "not every system can have that name, or it is not shared",
        next: ["valise share \(word: file) \(name)"])
    }
  }
}
