package import LocalBook

extension FormerName {
  /// What is said beside the answer.
  package var line: Line {
    isDeleted ? "\(asked) was called \(now) when it was deleted." : "\(asked) is called \(now) now."
  }
}
