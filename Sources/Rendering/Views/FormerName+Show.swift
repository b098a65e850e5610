package import LocalBook

extension FormerName {
  /// What is said beside the answer.
  package var line: Line {
    if isDeleted && (now == asked || now == asked + ".md") {
      return "\(asked) was another file in that version; it was deleted since."
    }
    return isDeleted ? "\(asked) was called \(now) when it was deleted." : "\(asked) is called \(now) now."
  }
}
