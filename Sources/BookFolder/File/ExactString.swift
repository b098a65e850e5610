import Bytes

// Swift compares strings by canonical equivalence, and joins "\r\n" and "#" with what combines with it into one
// character: where a file's bytes count, its text is looked at as UTF-8.

extension String {
  /// Whether both are the same bytes.
  func isExactly(_ other: String) -> Bool {
    let (own, others) = (utf8.span, other.utf8.span)
    return own.count == others.count && own.indices.allSatisfy { own[$0] == others[$0] }
  }

  func has(_ mark: Unicode.Scalar) -> Bool { utf8.contains(UInt8(ascii: mark)) }

  var endingInNewline: String { utf8.last == .newline ? self : self + "\n" }
}

extension EntryFile {
  package static func == (a: Self, b: Self) -> Bool {
    a.attributes == b.attributes && a.fields == b.fields && a.tail.isExactly(b.tail) && a.body.isExactly(b.body)
  }
}

extension FileAttributes {
  package static func == (a: Self, b: Self) -> Bool {
    a.lineEnding == b.lineEnding && a.byteOrderMark == b.byteOrderMark
      && a.opening.map { ExactText($0) } == b.opening.map { ExactText($0) } && a.closing.isExactly(b.closing)
  }
}

extension FileField {
  package static func == (a: Self, b: Self) -> Bool {
    a.key.isExactly(b.key) && a.label.isExactly(b.label) && a.above.isExactly(b.above) && a.value.isExactly(b.value)
      && a.behind.isExactly(b.behind)
  }
}

extension TypedValue {
  private var exact: (kind: Int, texts: [ExactText]) {
    switch self {
    case .absent: (0, [])
    case .text(let text): (1, [ExactText(text)])
    case .list(let elements): (2, elements.map { ExactText($0) })
    case .other(let source): (3, [ExactText(source)])
    }
  }

  package static func == (a: Self, b: Self) -> Bool { a.exact == b.exact }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(exact.kind)
    hasher.combine(exact.texts)
  }
}
