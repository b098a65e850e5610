import LocalBook

extension SettledConflict {
  /// `engagements/bilateral.md:start = 11:00`.
  var words: Line {
    switch (field, value) {
    case ("deleted", "yes"): "\(path, .strong) is deleted"
    case ("deleted", _): "\(path, .strong) stays"
    case (_, let value?): "\("\(path):\(field)", .strong) = \(.short(value))"
    case (_, nil): "\("\(path):\(field)", .strong) has no value"
    }
  }

  var json: JSON {
    .object([
      ("file", .string(path)), ("field", .string(field)), ("value", .text(value)),
      ("people", .array(people.map { .string($0) })),
    ])
  }
}
