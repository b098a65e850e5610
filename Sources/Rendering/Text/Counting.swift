extension Int {
  /// `12`, `4711`, `12,000`.
  package var grouped: String {
    let digits = String(magnitude)
    guard digits.count > 4 else { return String(self) }
    var out = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return self < 0 ? "-" + out : out
  }

  /// `1 note`, `3 notes`.
  package func of(_ one: String, _ many: String? = nil) -> Line {
    "\(self) \(own: self == 1 ? one : many ?? one + "s")"
  }

  /// `312 bytes`, `1.1 KB`, `3.2 MB`.
  package var bytes: Line {
    if self < 1000 { return of("byte") }
    let units = ["KB", "MB", "GB", "TB"]
    var (value, unit) = (Double(self) / 1000, 0)
    while value >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    let tenths = Int((value * 10).rounded())
    let number = value >= 100 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    return "\(own: number) \(own: units[unit])"
  }

  /// `3 people`, by the name of a kind; of a kind that nobody here knows, `3 entries of kind gift`.
  package func entries(ofKind kind: String) -> Line {
    switch kind {
    case "person": of("person", "people")
    case "visit", "place", "engagement", "topic", "statement", "question", "note": of(kind)
    default: "\(of("entry", "entries")) of kind \(kind)"
    }
  }
}

extension Sequence<String> {
  /// `a, b and c`, or `a, b and 3 more`.
  package func listed(atMost limit: Int = 5) -> Line {
    let names = Array(self)
    guard let last = names.last else { return "" }
    if names.count > limit {
      return "\(names.prefix(limit).map { "\($0)" as Line }.joined(by: ", ")) and \(names.count - limit) more"
    }
    if names.count == 1 { return "\(last)" }
    return "\(names.dropLast().map { "\($0)" as Line }.joined(by: ", ")) and \(last)"
  }
}

extension [Line] {
  /// `a, b, c` in one line.
  package var listed: Line { joined(by: ", ") }
}
