import Bytes
import Foundation
import Record
import Testing

@Suite struct SchemaTests {
  @Test func `kinds and folders name each other`() {
    #expect(Schema.kind(named: "person")?.folder == "people")
    #expect(Schema.kind(inFolder: "people")?.name == "person")
    #expect(Schema.kind(named: "gift") == nil)
    for kind in Schema.kinds {
      guard let folder = kind.folder else { continue }
      #expect(Schema.kind(inFolder: folder) == kind)
    }
  }

  @Test func `an entry's kind follows from the folder at the top of its path, else it is a note`() {
    #expect(Schema.kindName(forPath: "visit.md") == "visit")
    #expect(Schema.kindName(forPath: "people/emmanuel-macron.md") == "person")
    #expect(Schema.kindName(forPath: "engagements/thursday/dinner.md") == "engagement")
    #expect(Schema.kindName(forPath: "old/people/somebody.md") == "note")
    #expect(Schema.kindName(forPath: "people.md") == "note")
    #expect(Schema.kindName(forPath: "old/visit.md") == "note")
  }

  @Test func `no kind has two fields of one key, nor one that every kind has`() {
    for kind in Schema.kinds {
      let keys = (kind.fields + Schema.common).map(\.key)
      #expect(Set(keys).count == keys.count, "\(kind.name.string)")
    }
  }

  @Test func `the kinds that a link may lead to exist`() {
    for field in Schema.kinds.flatMap(\.fields) {
      switch field.type {
      case .link(let kinds), .linkList(let kinds):
        for kind in kinds { #expect(Schema.kind(named: ExactText(kind)) != nil, "\(field.key.string) to \(kind)") }
      default: break
      }
    }
  }

  @Test func `an unknown field, or a field of an unknown kind, is a text register that shows its last value`() {
    for field in [Schema.field("gifts", ofKind: "person"), Schema.field("terms", ofKind: "agreement")] {
      #expect(field.type == .text)
      #expect(field.merge == .register)
      #expect(field.display == .lastInHistory)
    }
    #expect(Schema.field("gifts", ofKind: "person").key == "gifts")
    #expect(Schema.field("tags", ofKind: "agreement").merge == .set)
  }

  @Test func `keys are compared by their bytes, not by how they look`() {
    #expect(Schema.field("dat\u{65}", ofKind: "engagement").type == .date)
    #expect(Schema.field("Date", ofKind: "engagement").type == .text)
  }

  @Test(arguments: [
    ("statement", "terms", DisplayRule.strictest(.terms)),
    ("statement", "embargo", .strictest(.embargo)),
    ("statement", "attribute_as", .strictest(.attribution)),
    ("engagement", "status", .strictest(.cancellation)),
    ("note", "cleared_by", .absenceFirst),
    ("engagement", "start", .lastInHistory),
  ]) func `the delicate fields show their strictest value`(kind: String, key: String, rule: DisplayRule) {
    #expect(Schema.field(ExactText(key), ofKind: ExactText(kind)).display == rule)
  }

  @Test func `participants, topics, goals and languages are sets; a place and a time are registers`() {
    #expect(Schema.field("participants", ofKind: "engagement").merge == .set)
    #expect(Schema.field("topics", ofKind: "engagement").merge == .set)
    #expect(Schema.field("goals", ofKind: "visit").merge == .set)
    #expect(Schema.field("languages", ofKind: "person").merge == .set)
    #expect(Schema.field("place", ofKind: "engagement").merge == .register)
    #expect(Schema.field("start", ofKind: "engagement").merge == .register)
    #expect(Schema.body.merge == .text)
  }

  @Test func `a program of an older schema level writes no file`() {
    #expect(Schema.canDisplay(level: Schema.level))
    #expect(Schema.canDisplay(level: 0))
    #expect(!Schema.canDisplay(level: Schema.level + 1))
    #expect(!Schema.canDisplay(level: 4, known: 3))
  }

  @Test func `Protocol/record.md says what the schema says`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Protocol/record.md")
      .standardizedFileURL
    let document = schemaDocument()
    if ProcessInfo.processInfo.environment["VALISE_RECORD"] == "1" {
      try document.write(to: file, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: file, encoding: .utf8)
    #expect(
      written == document, "the schema changed: VALISE_RECORD=1 swift test --filter RecordTests rewrites the file")
  }
}
