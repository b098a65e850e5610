package import Bytes

/// A value that its field's type cannot read. It is a warning: the value is kept, merged and synced as typed.
package struct FieldProblem: Error, Equatable, Sendable {
  /// The field's key; empty until it is known.
  package var key: ExactText = ""
  /// What would have been understood, to end a sentence that begins with "expected".
  package let expected: String

  init(key: ExactText = "", expected: String) {
    self.key = key
    self.expected = expected
  }
}

extension FieldSchema {
  /// What is wrong with a register's plain text, or with one element of a set; nil for a good value, absence or emptiness.
  package func problem(with text: ExactText?) -> FieldProblem? {
    guard let text, !text.string.trimmed.isEmpty else { return nil }
    do throws(FieldProblem) {
      _ = try Value(text, as: type)
      return nil
    } catch {
      return FieldProblem(key: key, expected: error.expected)
    }
  }
}
