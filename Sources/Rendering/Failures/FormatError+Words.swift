import Bytes
package import Formats

extension FormatError {
  /// What is wrong with a file, and where; numbers and ids only.
  package var words: Line {
    switch self {
    case .notAFile: "it is no file of Valise's"
    case .unknownVersion(let version):
      "it has the format version \(own: "\(version)"), which this program does not know"
    case .otherKind(4): "it is a light snapshot: it has no history, so there is nothing in it to take in"
    case .otherKind(let kind): "it is another kind of file: \(own: "\(kind)")"
    case .layout(let error): "\(own: error.name) at byte \(own: "\(error.offset)") of the file"
    case .checksum(-1): "the head is damaged: its checksum does not fit"
    case .checksum(let section): "section \(own: "\(section)") is damaged: its checksum does not fit"
    case .packing(_, let section): "section \(own: "\(section)") does not unpack"
    case .unknownSection(let kind, let section):
      "section \(own: "\(section)") is of the kind \(own: [kind].hex), which this program does not know"
    case .sectionOrder(let kind, let section):
      "section \(own: "\(section)"), of the kind \(own: [kind].hex), stands where another has to"
    case .section(let error, let section):
      "\(own: error.name) at byte \(own: "\(error.offset)") of section \(own: "\(section)"), unpacked"
    case .content(let error, let column):
      "\(own: error.name) at byte \(own: "\(error.offset)") of column \(own: "\(column)") of a run"
    case .stateID: "what it holds is not what its id says"
    case .copies, .header, .body, .change, .bodyHash, .gap, .unknownParent, .overLimit, .notARun, .otherBook:
      "what it holds breaks a rule of the format: \(own: name)"
    }
  }
}

extension FileFault.What {
  /// What is wrong, in words; where it is, the caller says.
  package var words: Line {
    switch self {
    case .altered(let byte):
      "one byte was altered: it is \(own: [byte.found].hex), and was \(own: [byte.written].hex) when the file was written; read as it was"
    case .bytes: "the bytes are not those that were written: the checksum does not fit"
    case .lost: "no section that is whole begins here"
    case .trailing: "bytes stand behind the end of the file"
    case .noEnd: "the file stops before its end: it was cut off, or its end is damaged"
    case .unknownKind(let kind): "the section's kind, \(own: [kind].hex), has no meaning here"
    case .stray: "the section belongs to no run"
    case .content: "the section does not hold what one of its kind holds"
    case .incompleteRun(_, _, let found, let count):
      "of the \(count.of("section")) of this run, \(found) can be read, so its changes cannot"
    case .refused(let error): error.words
    }
  }

  /// The name for programs.
  package var name: String {
    switch self {
    case .altered: "altered"
    case .bytes: "checksum"
    case .lost: "lost"
    case .trailing: "trailing"
    case .noEnd: "noEnd"
    case .unknownKind: "unknownKind"
    case .stray: "stray"
    case .content: "content"
    case .incompleteRun: "incompleteRun"
    case .refused(let error): error.name
    }
  }
}
