import Bytes
import Formats

extension FormatError {
  /// What is wrong with a file, and where; numbers and ids only.
  var words: Line {
    switch self {
    case .notAFile: "it is no file of Valise's"
    case .unknownVersion(let version):
      "it has the format version \(own: "\(version)"), which this program does not know"
    case .otherKind(let kind): "it is another kind of file: \(own: "\(kind)")"
    case .layout(let error): "\(own: error.name) at byte \(own: "\(error.offset)") of the file"
    case .checksum(-1): "the head is damaged: its checksum does not fit"
    case .checksum(let section): "section \(own: "\(section)") is damaged: its checksum does not fit"
    case .packing(_, let section): "section \(own: "\(section)") does not unpack"
    case .unknownSection(let kind, let section):
      "section \(own: "\(section)") is of the kind \(own: "\(kind)"), which this program does not know"
    case .sectionOrder(let kind, let section):
      "section \(own: "\(section)"), of the kind \(own: "\(kind)"), stands where another has to"
    case .section(let error, let section):
      "\(own: error.name) at byte \(own: "\(error.offset)") of section \(own: "\(section)"), unpacked"
    case .content(let error, let column):
      "\(own: error.name) at byte \(own: "\(error.offset)") of column \(own: "\(column)") of a run"
    case .copies, .header, .body, .change, .bodyHash, .gap, .unknownParent, .overLimit, .notARun, .otherBook:
      "what it holds breaks a rule of the format: \(own: name)"
    }
  }
}
