import Bytes
import Deflate
import Formats
import History
import Signing

/// A file from its parts.
func file(
  kind: UInt8, book: BookID, magic: [UInt8] = [0x89, 0x56, 0x4c, 0x53, 0x0d, 0x0a, 0x1a, 0x0a], version: UInt64 = 1,
  isSpoiled: Bool = false, _ sections: [[UInt8]], end: UInt64? = nil
) -> [UInt8] {
  let head = magic + varint(version) + [kind] + book.digest.bytes
  let checksum = Deflate.checksum(head) ^ (isSpoiled ? 1 : 0)
  let end = end ?? UInt64(sections.count)
  return head + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: checksum >> UInt32($0)) } + sections.flatMap { $0 }
    + section(0x3f, varint(end))
}

extension VectorCases {
  private var book: BookID { fixture.book }

  /// The sections of a run in a file.
  private func parts(_ run: PackedRun) -> [[UInt8]] {
    [section(0x21, bytes { $0.put(head: run) })] + run.sections.map { part in bytes { $0.put(part) } }
  }

  private func base(_ counts: [(DeviceID, UInt64)]) -> [UInt8] {
    section(0x20, varint(UInt64(counts.count)) + counts.flatMap { $0.0.bytes + varint($0.1) })
  }

  private func chunk(_ epoch: UInt8, first: UInt64, count: UInt64) -> [UInt8] {
    section(0x30, [UInt8](repeating: epoch, count: 16) + varint(first) + varint(count))
  }

  mutating func addFiles() throws {
    addChangeFiles()
    try addDiffFiles()
    try addSnapshotFiles()
  }

  private mutating func addChangeFiles() {
    let (root, note, edit) = (fixture.annes[0], fixture.annes[1], fixture.bens[1])
    func body(_ change: Change) -> [UInt8] { CanonicalBody.encode(change.operations, of: change.ref) }
    func sections(_ change: Change) -> [[UInt8]] {
      [section(0x10, change.header.canonicalBytes), section(0x11, body(change))]
    }
    add("F10-F52-F53-F54-F55-F56-F57-root", .change, ChangeFile.encode(root, book: book))
    add("F9-F10-note", .change, ChangeFile.encode(note, book: book))
    let (half, rest) = (section(0x11, Array(body(note).prefix(20))), section(0x11, Array(body(note).dropFirst(20))))
    add(
      "F9-F24-body-in-two-sections", .change,
      file(kind: 1, book: book, [section(0x10, note.header.canonicalBytes), half, section(0x99, [1]), rest]))
    add(
      "F9-body-of-another", .change,
      file(kind: 1, book: book, [section(0x10, note.header.canonicalBytes), section(0x11, [64, 5] + text("note"))]),
      "bodyHash")
    add("F10-another-book", .change, file(kind: 1, book: BookID(edit.id.digest), sections(edit)), "otherBook")
    add("F10-root-of-another-book", .change, file(kind: 1, book: BookID(edit.id.digest), sections(root)), "otherBook")
    let ref = root.ref
    for (words, book, operations) in [
      ("founds-inside-a-book", book, root.operations), ("founds-nothing", .zero, [fixture.anne.introduction("Anne")]),
    ] as [(String, BookID, [Operation])] {
      let fields = ChangeHeader.Fields(book: book, ref: ref, previous: nil, parents: [], time: 0)
      guard let change = try? Change(fields, operations: operations, hash: Signing.hash) else { continue }
      add("F10-" + words, .change, file(kind: 1, book: self.book, sections(change)), "otherBook")
    }
    addHeadsOfFiles(sections(edit))
    addOrders(sections(edit))
  }

  private mutating func addHeadsOfFiles(_ sections: [[UInt8]]) {
    func put(_ name: String, _ expect: String, _ bytes: [UInt8]) { add(name, .change, bytes, expect) }
    let asText: [UInt8] = [0x89, 0x56, 0x4c, 0x53, 0x0a, 0x1a, 0x0a, 0x01]
    put("F52-line-endings-changed", "notAFile", file(kind: 1, book: book, magic: asText, sections))
    put("F52-nothing", "notAFile", [])
    put("F53-version-2", "unknownVersion", file(kind: 1, book: book, version: 2, sections))
    put("F1-version-in-two-bytes", "notShortest", [0x89, 0x56, 0x4c, 0x53, 0x0d, 0x0a, 0x1a, 0x0a, 0x81, 0])
    put("F54-head-spoiled", "checksum", file(kind: 1, book: book, isSpoiled: true, sections))
    put("F55-a-diff", "otherKind", file(kind: 2, book: book, sections))
    put("F55-kind-4", "otherKind", file(kind: 4, book: book, sections))
    put("F56-another-number", "sectionOrder", file(kind: 1, book: book, sections, end: 3))
    put("F56-bytes-behind", "trailing", file(kind: 1, book: book, sections) + [0])
    put("F56-end-with-more", "trailing", file(kind: 1, book: book, sections).dropLast(7) + section(0x3f, [2, 0]))
    put("F4-F56-no-end", "truncated", file(kind: 1, book: book, sections).dropLast(7))
  }

  private mutating func addOrders(_ sections: [[UInt8]]) {
    func put(_ words: String, _ expect: String, _ sections: [[UInt8]]) {
      add("F57-" + words, .change, file(kind: 1, book: book, sections), expect)
    }
    put("body-first", "sectionOrder", sections.reversed())
    put("header-twice", "sectionOrder", [sections[0], sections[0], sections[1]])
    put("nothing", "sectionOrder", [])
    put("rows-in-a-change", "sectionOrder", sections + [section(1, [0])])
    put("base-in-a-change", "sectionOrder", [section(0x20, [0])] + sections)
    add("F23-unknown-in-a-file", .change, file(kind: 1, book: book, sections + [section(0x40, [0])]), "unknownSection")
  }

  private mutating func addDiffFiles() throws {
    let (anne, ben) = (fixture.anne.device, fixture.ben.device)
    let (annes, bens) = (fixture.annes, fixture.bens)
    let hello = try fixture.run(Array(bens[..<1]), by: fixture.ben)
    let edits = try fixture.run(Array(bens[1...]), by: fixture.ben)
    let answer = try fixture.run([annes[2]], by: fixture.anne)
    let context = fixture.context(previous: nil, without: bens + [annes[2]])
    func put(_ name: String, _ sections: [[UInt8]], _ expect: String = "ok") {
      add(name, .diff, file(kind: 2, book: book, sections), expect, context)
    }
    let known = base([(anne, 2)])
    let diff = DiffFile(
      book: book, base: VersionVector([.init(device: anne, count: 2)]) ?? VersionVector(), runs: [hello, edits, answer])
    add("F57-F58-F59-F60-diff", .diff, diff.encoded(), "ok", context)
    put("F60-nothing-new", [known])
    put("F24-F57-skipped-between", [known, section(0xf0, [7])] + parts(hello) + [section(0x81, [8])] + parts(edits))
    let (low, high) = anne < ben ? (anne, ben) : (ben, anne)
    put("F58-two-devices", [base([(low, 2), (high, 2)])])
    put("F58-descending", [base([(high, 2), (low, 2)])], "outOfOrder")
    put("F58-the-same-twice", [base([(anne, 2), (anne, 2)])], "outOfOrder")
    put("F59-device-without-changes", [base([(anne, 0)])], "outOfRange")
    put("F3-too-many-devices", [section(0x20, varint(32_769))], "tooLong")
    put("F5-byte-behind-the-base", [section(0x20, varint(1) + anne.bytes + [2, 0])], "trailing")
    put("F60-gap", [known] + parts(edits), "gap")
    put("F60-again", [known] + parts(hello) + parts(hello), "gap")
    put("F57-no-base", parts(hello), "sectionOrder")
    put("F57-base-twice", [known, known], "sectionOrder")
    put("F57-rows-outside-a-run", [known, section(1, [0])], "sectionOrder")
    put("F57-head-without-sections", [known, parts(hello)[0], parts(hello)[0]], "sectionOrder")
    put("F57-run-broken-off", [known, parts(hello)[0]], "sectionOrder")
    put("F57-chunk-in-a-diff", [known, chunk(0, first: 1, count: 1)], "sectionOrder")
    let head = bytes { $0.put(head: hello) }
    put("F5-byte-behind-a-head", [known, section(0x21, head + [0])] + parts(hello).dropFirst(), "trailing")
    put("F44-parent-missing", [known] + parts(answer), "unknownParent")
  }

  private mutating func addSnapshotFiles() throws {
    let (annes, bens) = (fixture.annes, fixture.bens)
    let root = try fixture.run(Array(annes[..<2]), by: fixture.anne)
    let hello = try fixture.run(Array(bens[..<1]), by: fixture.ben)
    let edits = try fixture.run(Array(bens[1...]), by: fixture.ben)
    func put(_ name: String, _ sections: [[UInt8]], _ expect: String = "ok") {
      add(
        name, .snapshot, file(kind: 3, book: book, sections), expect,
        fixture.context(previous: nil, without: fixture.all))
    }
    let chunks = [
      SnapshotChunk(epoch: Array(0..<16), first: 1, runs: [root, hello]),
      SnapshotChunk(epoch: Array(0..<16), first: 3, runs: [edits]),
    ]
    add(
      "F57-F60-F61-F62-snapshot", .snapshot, SnapshotFile(book: book, chunks: chunks).encoded(), "ok",
      fixture.context(previous: nil, without: fixture.all))
    put("F61-one-chunk", [chunk(0, first: 1, count: 1)] + parts(root))
    put("F61-begins-at-2", [chunk(0, first: 2, count: 1)] + parts(root), "outOfOrder")
    put(
      "F61-gap", [chunk(7, first: 1, count: 1)] + parts(root) + [chunk(7, first: 3, count: 1)] + parts(hello),
      "outOfOrder")
    put(
      "F61-two-epochs", [chunk(7, first: 1, count: 1)] + parts(root) + [chunk(8, first: 2, count: 1)] + parts(hello),
      "outOfOrder")
    put("F62-chunk-without-runs", [chunk(0, first: 1, count: 0)] + parts(root), "outOfRange")
    put("F3-too-many-runs", [chunk(0, first: 1, count: 65_537)] + parts(root), "tooLong")
    put("F57-no-chunk", [], "sectionOrder")
    put("F57-run-outside-a-chunk", [chunk(0, first: 1, count: 1)] + parts(root) + parts(hello), "sectionOrder")
    put("F57-fewer-runs-than-said", [chunk(0, first: 1, count: 2)] + parts(root), "sectionOrder")
    put("F60-begins-with-seq-1", [chunk(0, first: 1, count: 1)] + parts(edits), "gap")
  }
}
