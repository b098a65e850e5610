import Bytes
import History

/// A canonical header, each part of which can be wrong.
private struct HeaderParts {
  var version = varint(1)
  var book = [UInt8](repeating: 0xb0, count: 32)
  var device = [UInt8](repeating: 0xd0, count: 16)
  var seq = varint(0)
  var previous: [UInt8] = []
  var parents = varint(0)
  var time = signed(1_763_971_200)
  var origin: [UInt8] = [0, 0]
  var message = text("")
  var bodyHash = [UInt8](repeating: 0xbb, count: 32)

  var bytes: [UInt8] {
    version + book + device + seq + previous + parents + time + origin + message + bodyHash
  }

  static func with(_ change: (inout HeaderParts) -> Void) -> [UInt8] {
    var parts = HeaderParts()
    change(&parts)
    return parts.bytes
  }
}

private func id(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

extension VectorCases {
  mutating func addHeaders() {
    add("F4-F5-F6-plain-header", .header, HeaderParts().bytes)
    add(
      "F1-two-byte-varint", .header,
      HeaderParts.with {
        $0.seq = varint(300)
        $0.previous = id(1)
      })
    add("F1-lowest-time", .header, HeaderParts.with { $0.time = signed(.min) })
    add("F1-zero-in-two-bytes", .header, HeaderParts.with { $0.parents = [0x80, 0] }, "notShortest")
    add(
      "F1-above-64-bits", .header,
      HeaderParts.with { $0.time = [UInt8](repeating: 0xff, count: 9) + [2] }, "outOfRange")
    add(
      "F1-eleven-bytes", .header,
      HeaderParts.with { $0.time = [UInt8](repeating: 0xff, count: 10) + [0] }, "outOfRange")
    add("F2-all-lengths-of-utf8", .header, HeaderParts.with { $0.message = text("aé試🙂\u{301}\0") })
    for (words, wrong) in [
      ("broken-sequence", [0xc3, 0x28]), ("surrogate", [0xed, 0xa0, 0x80]), ("overlong-zero", [0xc0, 0x80]),
      ("above-unicode", [0xf4, 0x90, 0x80, 0x80]),
    ] as [(String, [UInt8])] {
      add("F2-" + words, .header, HeaderParts.with { $0.message = prefixed(wrong) }, "invalidUTF8")
    }
    add("F3-longest-message", .header, HeaderParts.with { $0.message = text(String(repeating: "m", count: 4096)) })
    add("F3-message-too-long", .header, HeaderParts.with { $0.message = varint(4097) }, "tooLong")
    add("F3-too-many-parents", .header, HeaderParts.with { $0.parents = varint(65) }, "tooLong")
    add("F3-origin-too-long", .header, HeaderParts.with { $0.origin = [9] + varint(2049) }, "tooLong")
    add("F4-cut-by-a-byte", .header, HeaderParts().bytes.dropLast(), "truncated")
    add("F4-nothing", .header, [], "truncated")
    add("F5-a-byte-behind", .header, HeaderParts().bytes + [0], "trailing")
    add("F6-version-2", .header, HeaderParts.with { $0.version = varint(2) }, "outOfRange")
    add("F6-version-0", .header, HeaderParts.with { $0.version = varint(0) }, "outOfRange")
    add("F7-two-parents", .header, HeaderParts.with { $0.parents = varint(2) + id(7) + id(8) })
    add("F7-descending-parents", .header, HeaderParts.with { $0.parents = varint(2) + id(8) + id(7) }, "outOfOrder")
    add("F7-the-same-twice", .header, HeaderParts.with { $0.parents = varint(2) + id(7) + id(7) }, "outOfOrder")
    for (words, origin) in [
      ("imported", [1, 0]), ("resolved", [2, 0]), ("undo", [3, 32] + id(3)), ("restore", [4, 64] + id(4) + id(5)),
      ("restore-of-nothing", [4, 0]), ("rule", [5, 2, 0xac, 2]), ("later-origin", [9, 3, 1, 2, 3]),
    ] as [(String, [UInt8])] {
      add("F8-" + words, .header, HeaderParts.with { $0.origin = origin })
    }
    for (words, origin, error) in [
      ("typed-with-bytes", [0, 1, 0], "trailing"), ("undo-of-half-an-id", [3, 16] + id(3).prefix(16), "truncated"),
      ("undo-of-more", [3, 33] + id(3) + [0], "trailing"),
      ("restore-descending", [4, 64] + id(5) + id(4), "outOfOrder"), ("rule-and-more", [5, 2, 1, 1], "trailing"),
    ] as [(String, [UInt8], String)] {
      add("F8-" + words, .header, HeaderParts.with { $0.origin = origin }, error)
    }
  }
}

/// An operation: type, length, bytes.
private func operation(_ type: UInt64, _ payload: [UInt8]) -> [UInt8] { varint(type) + prefixed(payload) }

extension VectorCases {
  /// The change that the bodies stand in.
  private static let own = [UInt8](repeating: 0xd0, count: 16)
  private static let other = [UInt8](repeating: 0xd1, count: 16)
  /// An entry of another change.
  private static let far: [UInt8] = [2] + other + varint(300) + varint(7)
  private static let here = JSON.object(["device": .text(own.hex), "seq": .number(5)])

  private mutating func body(_ name: String, _ operations: [[UInt8]], _ expect: String = "ok") {
    add(name, .body, operations.flatMap { $0 }, expect, Self.here)
  }

  mutating func addBodies() {
    addEntries()
    addRegisters()
    addEdits()
    addOthers()
  }

  private mutating func addEntries() {
    let (create, far) = (operation(64, text("note")), Self.far)
    body("F5-F13-empty-body", [])
    body(
      "F11-F12-three-forms",
      [
        create, operation(2, [0]), create, operation(1, [1, 0]), operation(2, far), operation(2, [0]),
        operation(1, [1, 2]),
      ])
    body("F11-no-operation-before", [operation(1, [0])], "notCanonical")
    body("F11-index-where-0-fits", [create, operation(1, [1, 0])], "notCanonical")
    body("F11-full-where-0-fits", [operation(2, far), operation(1, far)], "notCanonical")
    body("F11-full-where-index-fits", [create, create, operation(1, [2] + Self.own + [5, 0])], "notCanonical")
    body("F11-form-3", [operation(1, [3])], "outOfRange")
    body("F12-itself", [create, create, operation(1, [1, 2])], "outOfRange")
    body("F12-first-operation", [operation(1, [1, 0])], "outOfRange")
    body("F12-later-operation", [create, operation(1, [1, 9]), create], "outOfRange")
    body("F3-index-too-high", [operation(1, [2] + Self.other + [1] + varint(1 << 32))], "tooLong")
    body("F13-delete-and-more", [operation(1, far + [0])], "trailing")
    body("F13-set-cut-short", [operation(3, far + [0] + text("title") + [1, 1])], "truncated")
    body("F13-create-and-more", [operation(64, text("note") + [0])], "trailing")
    body("F4-length-beyond-the-end", [varint(64) + varint(9) + text("note")], "truncated")
    body("F3-kind-too-long", [operation(64, varint(1025) + [UInt8](repeating: 0x6b, count: 1025))], "tooLong")
    body("F3-operation-too-long", [varint(70) + varint(8 << 20 + 1)], "tooLong")
  }

  private mutating func addRegisters() {
    let title = Self.far + [0] + text("title")
    let from = Self.other + varint(300) + varint(8)
    func set(_ values: [UInt8]...) -> [UInt8] {
      operation(3, title + varint(UInt64(values.count)) + values.flatMap { $0 })
    }
    body(
      "F14-F15-F16-all-values",
      [
        set([0]), operation(3, [0, 0] + text("title") + [1, 1] + text("")),
        operation(3, [0, 1] + text("") + [3, 3] + text("\"a\"") + text("a") + [4] + from + [5] + text("b") + from),
        operation(3, [0, 200] + text("later role") + [1, 7] + text("'c'") + text("c") + from),
      ])
    body("F14-flag-8", [set([8])], "outOfRange")
    body("F14-plain-of-nothing", [set([2] + text("a"))], "outOfRange")
    body("F15-plain-like-source", [set([3] + text("a") + text("a"))], "notCanonical")
    body("F16-no-value", [operation(3, title + [0])], "outOfRange")
    body("F3-F16-most-values", [operation(3, title + varint(64) + [UInt8](repeating: 0, count: 64))])
    body("F3-too-many-values", [operation(3, title + varint(65) + [UInt8](repeating: 0, count: 65))], "tooLong")
    body("F3-value-too-long", [set([1] + varint(65_537))], "tooLong")
    func add(_ key: String) -> [UInt8] { operation(4, Self.far + text("topics") + text("trade") + [0] + text(key)) }
    for key in ["V", "0V", "zzzz", ""] { body("F17-order-key-" + (key.isEmpty ? "empty" : key), [add(key)]) }
    body(
      "F17-longest-order-key-and-ordinal",
      [
        operation(
          4, Self.far + text("topics") + text("trade") + varint(1 << 32 - 1) + text(String(repeating: "z", count: 64)))
      ])
    for (words, key) in [("zero", "0"), ("last-zero", "V0"), ("no-digit", "V-"), ("letter-with-accent", "é")] {
      body("F17-" + words, [add(key)], "notCanonical")
    }
    body("F3-order-key-too-long", [add(String(repeating: "z", count: 65))], "tooLong")
    body("F3-ordinal-too-high", [operation(5, Self.far + text("topics") + text("trade") + varint(1 << 32))], "tooLong")
    body("F13-remove", [operation(5, Self.far + text("topics") + text("trade") + [2])])
  }

  private mutating func addEdits() {
    func edit(_ edits: [UInt8]...) -> [UInt8] { operation(6, Self.far + edits.flatMap { $0 }) }
    body("F18-F19-edits", [edit([0, 0] + text("a"), [3, 2] + text(""), varint(1 << 31 - 1) + [1] + text("é🙂"))])
    body("F18-no-edit", [edit()], "outOfRange")
    body("F19-edit-of-nothing", [edit([4, 0, 0])], "notCanonical")
    body("F22-position-too-high", [edit(varint(1 << 31) + [1, 0])], "tooLong")
    body("F22-deletion-too-high", [edit([0] + varint(1 << 31) + [0])], "tooLong")
    body("F3-insertion-too-long", [edit([0, 0] + varint(4 << 20 + 1))], "tooLong")
    func show(_ words: String, _ before: String, _ edits: [(UInt64, UInt64, String)]) {
      let context = JSON.object(["device": .text(Self.own.hex), "seq": .number(5), "text": .text(before)])
      let payload = edits.flatMap { varint($0.0) + varint($0.1) + bytes(of: $0.2) }
      add("F22-" + words, .text, operation(6, Self.far + payload), "ok", context)
    }
    func bytes(of inserted: String) -> [UInt8] { prefixed(Array(inserted.utf8)) }
    show("insert-beyond-the-end", "abc", [(99, 0, "d")])
    show("delete-beyond-the-end", "abc", [(1, 99, ""), (5, 5, "x")])
    show("scalars-not-bytes", "aé🙂e\u{301}z", [(2, 1, "!"), (4, 1, "")])
    show("one-edit-after-the-other", "the dinner", [(0, 3, "a"), (2, 0, "late "), (7, 6, "lunch")])
    show("an-empty-text", "", [(0, 1, "x"), (0, 1, "")])
  }

  private mutating func addOthers() {
    let key = [UInt8](repeating: 0x4b, count: 32) + [UInt8](repeating: 0x49, count: 8)
    body("F20-introductions", [operation(65, [1] + key + text("Anne")), operation(65, [0] + text("Anne Martin"))])
    body("F20-neither-0-nor-1", [operation(65, [2] + text("Anne"))], "outOfRange")
    body("F20-key-cut-short", [operation(65, [1] + key.prefix(20))], "truncated")
    body("F3-name-too-long", [operation(65, [0] + varint(201))], "tooLong")
    body("F13-found", [operation(66, Array(0..<16))])
    body("F13-found-with-half-a-nonce", [operation(66, Array(0..<8))], "truncated")
    body("F13-found-with-more", [operation(66, Array(0..<17))], "trailing")
    body("F13-need", [operation(67, [0x83, 1])])
    body("F13-need-with-more", [operation(67, [2, 2])], "trailing")
    body(
      "F21-later-types",
      [
        operation(7, Self.far + [1, 2, 3]), operation(63, [0]), operation(0, [0, 9]), operation(68, []),
        operation(1 << 40, [0xff]), operation(1, [0]),
      ])
    body("F21-later-type-without-entry", [operation(63, [])], "truncated")
    body("F21-later-type-with-long-entry", [operation(7, Self.far), operation(8, Self.far)], "notCanonical")
    body("F1-type-in-two-bytes", [[0xc0, 0x80, 0, 0]], "notShortest")
  }
}
