import Bytes
import Foundation
import Record
import Testing

/// The book of `tools/demo`, held against the schema: what the demo shows has to be what the record means.
@Suite struct DemoBookTests {
  @Test func `every file's fields are known to its kind, and every value is understood`() throws {
    for file in try DemoFile.all() {
      let kind = Schema.kindName(forPath: ExactText(file.path))
      let known = try #require(Schema.kind(named: kind), "\(file.path)").fields + Schema.common
      for (key, values) in file.fields {
        let field = try #require(known.first { $0.key == ExactText(key) }, "\(file.path) has \(key)")
        #expect(field.merge == .set || values.count == 1, "\(file.path): \(key) is no list")
        for value in values { #expect(field.problem(with: ExactText(value)) == nil, "\(file.path): \(key)") }
      }
    }
  }

  @Test func `every kind is there, and the book has the size of a real one`() throws {
    let kinds = try DemoFile.all().map { Schema.kindName(forPath: ExactText($0.path)) }
    for kind in Schema.kinds { #expect(kinds.contains(kind.name), "\(kind.name.string)") }
    #expect((35...70).contains(kinds.count))
  }

  @Test func `every link leads to a file, of a kind that the field allows`() throws {
    let files = try DemoFile.all()
    let kinds = Dictionary(files.map { ($0.name, Schema.kindName(forPath: ExactText($0.path))) }) { first, _ in first }
    #expect(kinds.count == files.count, "two files of one name: a link could mean either")
    for file in files {
      for target in file.links { #expect(kinds[target] != nil, "\(file.path) links to \(target)") }
      for (key, values) in file.fields {
        let field = Schema.field(ExactText(key), ofKind: Schema.kindName(forPath: ExactText(file.path)))
        guard case .link(let allowed) = field.type.element else { continue }
        for link in values.compactMap({ Link(ExactText($0)) }) where link.isBracketed {
          let kind = try #require(kinds[link.fileName])
          #expect(allowed.contains(kind.string), "\(file.path): \(key) leads to a \(kind.string)")
        }
      }
    }
  }

  @Test func `every statement has its terms, its source, and a speaker without a name`() throws {
    let statements = try DemoFile.all().filter { $0.path.hasPrefix("statements/") }
    let people = try DemoFile.all().filter { $0.path.hasPrefix("people/") }.compactMap { $0.value("name") }
    #expect(people.count == 5)
    for statement in statements {
      #expect(statement.value("terms") == "background", "\(statement.path)")
      #expect(statement.value("source")?.contains("5 November 2021") == true, "\(statement.path)")
      let attribution = try #require(statement.value("attribute_as"), "\(statement.path)")
      for name in people { #expect(!attribution.contains(name) && statement.value("speaker") != name) }
      #expect(SpeakerName.names(speaker: statement.value("speaker").map { ExactText($0) }, personName: nil) == [])
    }
  }

  @Test func `no engagement has a time, and the one whose day nobody stated has no date`() throws {
    let engagements = try DemoFile.all().filter { $0.path.hasPrefix("engagements/") }
    #expect(engagements.count == 9)
    #expect(engagements.allSatisfy { $0.value("start") == nil && $0.value("end") == nil })
    #expect(engagements.filter { $0.value("date") == nil }.map(\.path) == ["engagements/institut-pasteur-visit.md"])
  }
}

/// A file of the book, read as far as these tests need: plain values and lists of them, comments dropped.
private struct DemoFile {
  let path: String
  private(set) var fields: [(key: String, values: [String])] = []
  private(set) var body = ""

  static func all() throws -> [DemoFile] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../tools/demo-book")
    let walk = try #require(FileManager.default.enumerator(atPath: folder.standardizedFileURL.path))
    let paths = walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".md") }.sorted()
    return try paths.map { path in
      DemoFile(path: path, text: try String(contentsOf: folder.appending(path: path), encoding: .utf8))
    }
  }

  init(path: String, text: String) {
    self.path = path
    let parts = text.components(separatedBy: "---\n")
    body = parts.dropFirst(2).joined(separator: "---\n")
    for line in parts.count > 2 ? parts[1].components(separatedBy: "\n") : [] {
      let trimmed = Self.uncommented(line).trimmingCharacters(in: .whitespaces)
      if trimmed.hasPrefix("- "), !fields.isEmpty {
        fields[fields.count - 1].values.append(Self.unquoted(String(trimmed.dropFirst(2))))
      } else if let colon = trimmed.firstIndex(of: ":") {
        let rest = trimmed[trimmed.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        fields.append((String(trimmed[..<colon]), Self.elements(rest)))
      }
    }
  }

  /// The file's name as links have it.
  var name: String { Link(ExactText(path))?.fileName ?? path }

  var links: [String] {
    let texts = fields.flatMap(\.values) + [body]
    return texts.flatMap { $0.components(separatedBy: "[[").dropFirst() }
      .compactMap { Link(ExactText("[[" + $0.components(separatedBy: "]]")[0] + "]]"))?.fileName }
  }

  func value(_ key: String) -> String? { fields.first { $0.key == key }?.values.first }

  private static func uncommented(_ line: String) -> String {
    line.hasPrefix("#") || line.trimmingCharacters(in: .whitespaces).hasPrefix("#")
      ? "" : line.components(separatedBy: " #")[0]
  }

  private static func elements(_ text: String) -> [String] {
    if text.isEmpty { return [] }
    guard text.hasPrefix("["), text.hasSuffix("]") else { return [unquoted(text)] }
    return text.dropFirst().dropLast().components(separatedBy: ", ").map(unquoted)
  }

  private static func unquoted(_ text: String) -> String {
    text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
  }
}
