import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

/// Who wrote a part of a file, and what stood there before.
package struct BlameLine: Equatable, Sendable {
  /// The field's key; nil for a sentence of the text.
  package let field: String?
  /// In the file, from 1; nil for a field that stands in none.
  package let line: Int?
  /// The value as plain text, or the sentence.
  package let text: String
  package let person: String
  package let time: Int64
  /// Short hash of the change.
  package let version: String
  /// What stood there before that change; nil where nothing did.
  package let former: String?
}

/// A file, part by part.
package struct BlameReport: Sendable {
  package let path: String
  /// Short name of the version.
  package let version: String
  package let lines: [BlameLine]
}

extension LocalBook {
  /// Who wrote each field and each sentence of a file, as it is or as a version has it (`FILE@VERSION`).
  package func blame(_ file: String) throws(BookError) -> BlameReport {
    _ = try save()
    if let secret = try privateSide(meantBy: file) { return try secret.blame(file) }
    return try transaction { workbench throws(BookError) in
      let (id, path, named) = try workbench.requiredFile(file)
      let version = named ?? workbench.replica.version
      let state = try workbench.replicated { replica throws(ReplicaError) in try replica.entry(id, at: version) }
      guard let state, state.isAlive else {
        throw .notInVersion(file: path.string, version: workbench.names.short(version), isDeleted: state != nil)
      }
      let view = try workbench.view(state)
      let blame = try workbench.replicated { replica throws(ReplicaError) in try replica.blame(id, at: named, view) }
      return BlameReport(
        path: path.string, version: workbench.names.short(version),
        lines: try blame.map { blame throws(BookError) in try workbench.lines(of: blame, view) } ?? [])
    }
  }
}

extension Workbench {
  fileprivate func lines(of blame: Blame, _ view: EntryView) throws(BookError) -> [BlameLine] {
    var lines: [BlameLine] = []
    let file = EntryFile(view)
    let newline = UInt8(ascii: "\n")
    let above = file.rendered().count { $0 == newline } - view.body.bytes.count { $0 == newline }
    for field in blame.fields {
      let (person, time, version) = try maker(of: field.change)
      lines.append(
        BlameLine(
          field: field.name.string, line: file.line(of: field.name),
          text: field.value.map(\.string).joined(separator: ", "), person: person, time: time, version: version,
          former: field.former.isEmpty ? nil : field.former.map(\.string).joined(separator: ", ")))
    }
    for sentence in blame.sentences {
      let (person, time, version) = try maker(of: sentence.change)
      lines.append(
        BlameLine(
          field: nil, line: above + sentence.line, text: sentence.text, person: person, time: time, version: version,
          former: sentence.former.isEmpty ? nil : sentence.former))
    }
    return lines
  }

  private func maker(of change: ChangeRef) throws(BookError) -> (person: String, time: Int64, version: String) {
    let (id, time) = try stored { storage throws(StorageError) in
      (try storage.id(of: change), try storage.time(of: change))
    }
    return (try person(change.device), time ?? 0, id.map { names.short($0) } ?? "")
  }
}
