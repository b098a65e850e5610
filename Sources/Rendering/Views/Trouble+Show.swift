import BookFolder
import Foundation
import LocalBook

extension [Trouble] {
  /// What is named and left alone, and what each needs.
  func lines(on screen: Screen) -> [Line] {
    guard !isEmpty else { return [] }
    let (unwritten, unrecorded) = (filter(\.isUnwritten), filter { !$0.isUnwritten })
    var lines: [Line] = []
    if !unrecorded.isEmpty {
      let left = unrecorded.count == 1 ? "it is" : "they are"
      let head: Line = "Not recorded: \(unrecorded.count.of("file")), left as \(own: left); all else goes on."
      lines += [head.styled(.warning)] + unrecorded.flatMap(\.lines)
    }
    if !unwritten.isEmpty {
      let head: Line = "Not written: \(unwritten.count.of("file")); the next command tries again, and nothing is lost."
      lines += [head.styled(.warning)] + unwritten.flatMap(\.lines)
    }
    return lines
  }
}

extension Trouble {
  fileprivate var isUnwritten: Bool { why.isUnwritten }

  /// `FILE:LINE:COLUMN: what is the matter`, and below it what helps.
  fileprivate var lines: [Line] {
    var place: Line = "\(path)"
    if let line { place = "\(place):\(own: String(line))" }
    if let line, line > 0, let column { place = "\(place):\(own: String(column))" }
    var lines: [Line] = ["  \(place): \(what)"]
    lines += waiting.map { "    waits until then: \($0.words)" }
    lines += cures.map { "    next: \($0)" }
    return lines
  }

  var what: Line { why.words }

  private var cures: [Line] {
    switch why {
    case .name(let refused): refused.suggestion.map { ["mv \(word: path) \(word: $0)"] } ?? []
    case .suddenlyEmpty:
      [
        "valise restore --lost   (gives back what was in it)",
        "rm \(word: path)   (if it is to go)",
      ]
    default: []
    }
  }

  var json: JSON {
    .object([
      ("file", .string(path)), ("line", .number(line)), ("column", .number(column)), ("why", .string(what.text)),
      ("waiting", .array(waiting.map(\.json))),
    ])
  }
}

extension Trouble.Why {
  var words: Line {
    switch self {
    case .unreadable(let reason): reason.words
    case .unrecordable(let error): error.words
    case .name(let refused): refused.reason.words
    case .suddenlyEmpty: "suddenly empty; it was not when it was last recorded"
    case .stillBeingWritten: "it changed each time it was read; the next command tries again"
    case .anotherBook: "a book of its own; it is not taken into this one"
    case .tooDeep: "its folder lies too deep"
    case .obstructed: "a folder, a link or something else stands in its place, or in that of its folder"
    case .notRead(let doing, let errno), .notWritten(let doing, let errno): "\(doing): \(systemWords(errno))"
    }
  }
}

/// The system's own words for a number of its.
func systemWords(_ errno: Int32) -> Line {
  let error = NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
  return "\(error.localizedFailureReason?.lowercased() ?? "error \(errno)")"
}

extension UnreadableFile.Reason {
  var words: Line {
    switch self {
    case .tooLarge(let bytes, let limit): "\(bytes.bytes) is more than an entry may have (\(limit.bytes))"
    case .invalidUTF8: "not UTF-8; save it as UTF-8"
    case .zeroByte: "a zero byte, as a power failure leaves them"
    case .tooManyFields(let limit): "more than \(limit) fields"
    case .fieldTooLarge(let key, let bytes, let limit):
      "the field '\(key)' has \(bytes.bytes), more than it may (\(limit.bytes)); long text belongs below the second ---"
    case .nestedTooDeep(let limit): "nested more than \(limit) levels deep"
    case .duplicateKey(let key): "the field '\(key)' stands here a second time"
    case .tabAsIndentation: "a tab where YAML wants blanks"
    case .notAField: "no field: a line of the front matter begins with 'name:'"
    case .neverClosed(let opening): "nothing closes this \(opening)"
    case .unclearKey(let key): "the name of the field '\(key)' can be read in two ways; put it in quotes"
    case .yaml(let words): "no YAML: \(words)"
    }
  }
}

extension RecorderError {
  var words: Line {
    switch self {
    case .keyTooLong(let bytes): "the name of a field has \(bytes.bytes), more than it may"
    case .fieldTooLarge(let key, let bytes):
      key.isEmpty
        ? "the comments at the end of the front matter have \(bytes.bytes), more than they may"
        : "the field '\(key)' has \(bytes.bytes), more than it may; long text belongs below the second ---"
    case .unfaithful: "its bytes could not be given back exactly as they are; please report this file's form"
    }
  }
}

extension RefusedName.Reason {
  var words: Line {
    switch self {
    case .empty: "the name is empty"
    case .invalidUTF8: "the name is not UTF-8"
    case .absolute: "the name begins with a slash"
    case .notPlain: "the name has '.', '..' or nothing between two slashes"
    case .controlCharacter: "the name has a character that cannot be seen"
    case .forbiddenCharacter(let character): "'\(character)' is not allowed in names on every system"
    case .reservedName(let name): "'\(name)' is not allowed as a name on every system"
    case .endsInDotOrSpace: "a name that ends in a dot or a blank is not allowed on every system"
    case .tooLong(let bytes, let limit): "the name has \(bytes.bytes), more than it may (\(limit.bytes))"
    case .tooManyFolders(let limit): "more than \(limit) folders deep"
    case .hidden: "hidden files and what editors leave behind are not taken"
    case .notMarkdown: "the name does not end in .md"
    case .notComposed: "the name is not in the form that every system keeps"
    case .privateFolder: "it lies in private/, which never leaves a laptop"
    }
  }
}
