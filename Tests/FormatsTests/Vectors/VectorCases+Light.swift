import Bytes
import Formats
import History
import Merge
import Signing

extension VectorCases {
  private var anne: DeviceID { fixture.anne.device }
  private var ben: DeviceID { fixture.ben.device }
  private var book: BookID { fixture.book }

  /// The first section's content.
  private func standing(
    heads: [ChangeID], level: UInt64 = 1, devices: [(DeviceID, UInt64, String)], entries: UInt64
  ) -> [UInt8] {
    varint(UInt64(heads.count)) + heads.flatMap(\.digest.bytes) + varint(level) + varint(UInt64(devices.count))
      + devices.flatMap { $0.0.bytes + varint($0.1) + text($0.2) } + varint(entries)
  }

  private var devices: [(DeviceID, UInt64, String)] {
    [(anne, 3, "Anne"), (ben, 3, "Ben")].sorted { $0.0 < $1.0 }
  }

  private func plain(_ entries: UInt64) -> [UInt8] {
    standing(heads: [fixture.annes[2].id], devices: devices, entries: entries)
  }

  /// An entry of Anne's second change with a body and no fields; every part can be made another.
  private func state(
    index: UInt64 = 0, seq: UInt64 = 1, table: [DeviceID]? = nil, touch: [UInt8]? = nil, waiting: UInt64 = 0,
    body: String = "Text."
  ) -> [UInt8] {
    let table = table ?? [anne]
    let head = anne.bytes + varint(seq) + varint(index) + text("note") + varint(2)
    let places = varint(UInt64(table.count)) + table.flatMap(\.bytes)
    // No registers, no sets, no deletions; touched, and last edited, where it was created.
    let touched = touch ?? [1] + varint(0) + varint(seq) + varint(index) + varint(2)
    return head + places + [0, 0, 0] + touched + [1] + varint(0) + varint(seq) + varint(1) + varint(waiting)
      + text(body)
  }

  /// A file whose id is right, unless another one is given.
  private func light(_ standing: [UInt8], _ sections: [(UInt8, [UInt8])], id: [UInt8]? = nil) -> [UInt8] {
    let right = Signing.hash(Array("valise state\n".utf8) + book.digest.bytes + standing + sections.flatMap(\.1)).bytes
    return file(
      kind: 4, book: book,
      [section(0x31, standing)] + sections.map { section($0.0, $0.1) } + [section(0x34, id ?? right)])
  }

  mutating func addLightFiles() {
    addWholeLightFile()
    addStandings()
    addStates()
    addLightSections()
  }

  /// A real state: fields in conflict, a set, text, an entry deleted while it was edited.
  private mutating func addWholeLightFile() {
    var first = EntryState(
      EntryID(creation: OperationRef(change: ChangeRef(device: anne, seq: 1), index: 0)), kind: "note",
      stamp: stamp(anne, 1, 0, 2))
    let id = first.id
    func apply(_ operation: Operation, _ stamp: Stamp, _ state: inout EntryState) {
      _ = state.apply(operation, at: stamp) { $0.seq < 1 || $0 == ChangeRef(device: anne, seq: 1) }
    }
    apply(.set(id, RegisterKey(.path), [RegisterValue("notes/a.md")]), stamp(anne, 1, 1, 2), &first)
    apply(.set(id, RegisterKey(.value, "title"), [RegisterValue("One")]), stamp(anne, 2, 0, 3), &first)
    let quoted = RegisterValue(content: .init(source: "\"Two\"", plain: "Two"), from: id.creation)
    apply(.set(id, RegisterKey(.value, "title"), [quoted, .absent]), stamp(ben, 1, 0, 3), &first)
    if let order = OrderKey("U") {
      apply(.add(id, field: "participants", SetElement("Ben Jonson"), at: order), stamp(ben, 1, 1, 3), &first)
    }
    let typed = TextEdit(position: 0, deleted: 0, inserted: "Première ligne.\n")
    apply(.edit(id, [typed]), stamp(anne, 1, 2, 2), &first)
    apply(.delete(id), stamp(ben, 2, 0, 4), &first)
    let second = EntryState(
      EntryID(creation: OperationRef(change: ChangeRef(device: anne, seq: 1), index: 7)), kind: "person",
      stamp: stamp(anne, 1, 7, 2))
    let file = LightSnapshotFile(
      book: book, version: Version(sorting: [fixture.annes[2].id, fixture.bens[2].id]), level: 1,
      devices: devices.map { LightSnapshotFile.Device(device: $0.0, count: $0.1, name: ExactText($0.2)) },
      entries: [first, second])
    let bytes = (try? file.encoded(hash: Signing.hash)) ?? []
    add("F57-F65-F66-F67-F68-F69-F70-F71-F72-F73-F74-light", .light, bytes)
  }

  private func stamp(_ device: DeviceID, _ seq: UInt64, _ index: UInt32, _ lamport: UInt64) -> Stamp {
    Stamp(
      lamport: lamport, operation: OperationRef(change: ChangeRef(device: device, seq: seq), index: index))
  }

  private mutating func addStandings() {
    func put(_ name: String, _ expect: String, _ standing: [UInt8]) { add(name, .light, light(standing, []), expect) }
    let (head, other) = (fixture.annes[2].id, fixture.bens[2].id)
    let (low, high) = head < other ? (head, other) : (other, head)
    put("F65-F68-no-entries", "ok", plain(0))
    put("F65-no-head", "outOfRange", standing(heads: [], devices: devices, entries: 0))
    put("F65-heads-descend", "outOfOrder", standing(heads: [high, low], devices: devices, entries: 0))
    put("F66-level-0", "outOfRange", standing(heads: [head], level: 0, devices: devices, entries: 0))
    put("F67-devices-descend", "outOfOrder", standing(heads: [head], devices: devices.reversed(), entries: 0))
    put("F67-device-without-changes", "outOfRange", standing(heads: [head], devices: [(anne, 0, "")], entries: 0))
    let many = varint(UInt64(FormatLimits.devices) + 1)
    put("F65-too-many-heads", "tooLong", many + head.digest.bytes + [1, 0, 0])
    put("F67-too-many-devices", "tooLong", [1] + head.digest.bytes + [1] + many + [0])
    put(
      "F67-name-too-long", "tooLong",
      standing(
        heads: [head], devices: [(anne, 3, String(repeating: "A", count: ChangeLimits.name + 1))], entries: 0))
    put(
      "F67-too-many-changes", "outOfRange", standing(heads: [head], devices: [(anne, (1 << 62) + 1, "")], entries: 0))
    put("F68-entries-missing", "outOfRange", plain(1))
    put("F5-byte-behind-the-standing", "trailing", plain(0) + [0])
  }

  private mutating func addStates() {
    func put(_ name: String, _ expect: String, _ states: [[UInt8]]) {
      add(name, .light, light(plain(UInt64(states.count)), [(0x32, states.flatMap(prefixed))]), expect)
    }
    put("F70-two-entries", "ok", [state(), state(index: 1)])
    put("F70-descending", "outOfOrder", [state(index: 1), state()])
    put("F70-the-same-twice", "outOfOrder", [state(), state()])
    put("F71-device-nobody-names", "notCanonical", [state(table: [anne] + later)])
    put("F71-edits-that-wait", "notCanonical", [state(waiting: 1)])
    put("F71-devices-descend", "outOfOrder", [state(table: later + [anne])])
    put(
      "F71-device-that-is-not-there", "outOfRange", [state(touch: [1] + varint(1) + varint(1) + varint(0) + varint(2))])
    put("F5-F71-byte-behind-a-state", "trailing", [state() + [0]])
    put("F72-change-of-a-later-version", "outOfRange", [state(seq: 3)])
  }

  /// A device that comes behind Anne in the table, and that nothing names.
  private var later: [DeviceID] { [DeviceID([UInt8](repeating: 0xff, count: 16))].compactMap { $0 } }

  private mutating func addLightSections() {
    func put(_ name: String, _ expect: String, _ entries: UInt64, _ sections: [(UInt8, [UInt8])]) {
      add(name, .light, light(plain(entries), sections), expect)
    }
    let id = section(0x34, [UInt8](repeating: 7, count: 32))
    let one = prefixed(state())
    let (start, rest) = (Array(one.prefix(30)), Array(one.dropFirst(30)))
    put("F69-an-entry-in-three-sections", "ok", 1, [(0x32, start), (0x33, [rest[0]]), (0x33, Array(rest[1...]))])
    put("F69-does-not-go-on", "sectionOrder", 1, [(0x32, start), (0x32, rest)])
    put("F69-goes-on-with-nothing", "sectionOrder", 1, [(0x33, one)])
    put("F74-entry-of-256-MiB", "truncated", 1, [(0x32, varint(1 << 28) + [0])])
    // Each announces a megabyte, of which nothing can be unpacked: in 256 of them that is what is wrong.
    let claim = section(0x33, [], deflated: true, rawCount: 1 << 20, packed: [0xff])
    for (name, expect, count) in [("F74-as-much-as-may-be", "packing", 256), ("F74-too-much", "overLimit", 257)] {
      let sections = [section(0x31, plain(1))] + [[UInt8]](repeating: claim, count: count) + [id]
      add(name, .light, file(kind: 4, book: book, sections), expect)
    }
    put("F74-entry-of-more", "tooLong", 1, [(0x32, varint((1 << 28) + 1) + [0])])
    put("F68-entry-broken-off", "truncated", 1, [(0x32, start)])
    add(
      "F73-another-id", .light, light(plain(1), [(0x32, one)], id: [UInt8](repeating: 7, count: 32)), "stateID")
    add("F57-no-standing", .light, file(kind: 4, book: book, [id]), "sectionOrder")
    add("F57-no-id", .light, file(kind: 4, book: book, [section(0x31, plain(0))]), "sectionOrder")
    add("F4-F56-no-end-of-a-light-file", .light, light(plain(0), []).dropLast(7), "truncated")
    add("F57-id-twice", .light, file(kind: 4, book: book, [section(0x31, plain(0)), id, id]), "sectionOrder")
    add(
      "F23-unknown-in-a-light-file", .light, file(kind: 4, book: book, [section(0x31, plain(0)), section(0x40, [0])]),
      "unknownSection")
  }
}
