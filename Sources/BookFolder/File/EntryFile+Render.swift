extension EntryFile {
  /// The file's bytes. Parts that come from `parse` are given back verbatim; parts that a merge put together from
  /// several versions get what separates them, where it is missing. Never fails.
  package func rendered() -> [UInt8] {
    var text = ""
    let opening = attributes.opening ?? (needsFences ? "---\n" : nil)
    if let opening {
      text += opening.endingInNewline
      for field in fields { text += field.rendered }
      text += tail.isEmpty ? "" : tail.endingInNewline
      let closing = attributes.closing.isEmpty ? "---\n" : attributes.closing
      text += body.isEmpty ? closing : closing.endingInNewline
    }
    text += body
    var bytes = attributes.byteOrderMark ? Self.byteOrderMark : []
    guard attributes.lineEnding == .crlf else {
      bytes += text.utf8
      return bytes
    }
    bytes.reserveCapacity(text.utf8.count + text.utf8.count / 16)
    for byte in text.utf8 {
      if byte == .newline { bytes.append(.carriageReturn) }
      bytes.append(byte)
    }
    return bytes
  }

  /// Without front matter of its own: whether there is something to put between fences, or a body that would be
  /// taken for front matter.
  private var needsFences: Bool {
    !fields.isEmpty || !tail.isEmpty || (body.utf8.starts(with: "---".utf8) && Fences(in: Array(body.utf8)) != nil)
  }
}

extension FileField {
  /// Above, label, value, behind, and a newline. A comment behind a value that has grown past one line goes behind
  /// its first line where YAML would else read it as text.
  var rendered: String {
    var text = above.isEmpty ? "" : above.endingInNewline
    text += label
    if let first = value.utf8.first, !first.isBlank, first != .newline, label.utf8.last == UInt8(ascii: ":") {
      text += " "
    }
    if !behind.isEmpty, let lineEnd = value.utf8.firstIndex(of: .newline), beginsBlock(value[..<lineEnd]) {
      text += value[..<lineEnd] + behind + value[lineEnd...]
    } else {
      text += value + (behind.utf8.first == UInt8(ascii: "#") && !isEnclosed ? " " : "") + behind
    }
    return text + "\n"
  }

  /// In quotes or brackets: a comment may follow without a space.
  private var isEnclosed: Bool {
    guard let first = value.utf8.first, let last = value.utf8.last else { return false }
    return "\"'[{".utf8.contains(first) && "\"']}".utf8.contains(last)
  }

  private func beginsBlock(_ firstLine: Substring) -> Bool {
    guard let first = firstLine.utf8.first(where: { !$0.isBlank }) else { return true }
    return "|>&!#".utf8.contains(first)
  }
}
