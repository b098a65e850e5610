import Foundation
import ProgramTesting
import PropertyTesting
import Testing

/// What lies in `private/` leaves the laptop in no form: looked for in every byte that did.
@Suite struct PrivateBytesTests {
  private static let secret = "Geheimwort"
  private static let open = "Gemeinwort"

  /// Prints the names of those needles, and of the private history's own ids, that are somewhere in the files; as they
  /// lie there, and behind every offset at which a deflate stream may begin.
  private static let search = """
    import pathlib, sqlite3, sys, zlib
    store, secret, plain, *files = sys.argv[1:]
    needles = {'secret': secret.encode(), 'open': plain.encode()}
    book = sqlite3.connect(store)
    for kind, column in ('device', 'id'), ('change', 'id'):
        for number, (found,) in enumerate(book.execute('SELECT %s FROM private_%s' % (column, kind))):
            needles['private %s %d' % (kind, number)] = bytes(found)
            needles['hexadecimal private %s %d' % (kind, number)] = bytes(found).hex().encode()
    assert len(needles) > 6, 'no private history'
    for name in files:
        path = pathlib.Path(name)
        for file in [path] if path.is_file() else sorted(p for p in path.rglob('*') if p.is_file()):
            data = file.read_bytes()
            found = {key for key, needle in needles.items() if needle in data}
            for start in range(len(data)):
                try:
                    raw = zlib.decompressobj(-15).decompress(data[start:start + 70000], 1 << 20)
                except zlib.error:
                    continue
                if len(raw) > 8:
                    found |= {key for key, needle in needles.items() if needle in raw}
            print(name.split('/')[-1], *sorted(found), sep='|')
    """

  private func found(_ place: Place, _ files: [String]) throws -> [String: Set<String>] {
    let words =
      ["-c", Self.search, place.url("anne/.valise/book.sqlite").path, Self.secret, Self.open]
      + files.map { place.url($0).path }
    let ended = try Running(place, "/usr/bin/python3", words).wait()
    try #require(ended.code == 0, "\(ended.errors)")
    var found: [String: Set<String>] = [:]
    for line in ended.output.split(separator: "\n") {
      let parts = line.split(separator: "|").map(String.init)
      found[parts[0], default: []].formUnion(parts.dropFirst())
    }
    return found
  }

  @Test func `U23: files in private/, over the limit, ignored and hidden are in no frame, bundle, snapshot or store`()
    throws
  {
    let place = try Place()
    let server = try Server(place)
    let proxy = try Proxy(to: server.port)
    defer { proxy.stop() }
    var random = SeededRandom(seed: replayedSeed ?? 23)
    let url = "valise://127.0.0.1:\(proxy.port)/book"
    func run(_ words: String...) throws {
      let ended = try Running(place, "valise", words).wait()
      try #require([0, 1].contains(ended.code), "\(words): \(ended.errors)")
    }
    try place.write("drafts/\n*.secret.md\n", to: "anne/.valiseignore")
    try place.write("\(Self.open) first.\n", to: "anne/notes/a.md")
    try place.write("\(Self.secret) first.\n", to: "anne/private/a.md")
    try run("new", "anne", "--name", "Anne")
    try run("-C", "anne", "publish", url)
    try run("join", url, "ben", "--name", "Ben")
    let left = ["drafts/x.md", "notes/x.secret.md", ".obsidian/x.md", "notes/.x.md", "notes/x.txt"]
    for step in 0..<24 {
      let (secret, open) = ("\(Self.secret) \(step)", "\(Self.open) \(step)")
      let name = "n\(random.below(4)).md"
      switch random.below(6) {
      case 0: try place.write("---\ntitle: \(secret)\n---\n\(secret)\n", to: "anne/private/people/\(name)")
      case 1: try place.write("---\ntitle: \(open)\n---\n\(open)\n", to: "anne/people/\(name)")
      case 2: try place.write("\(secret).\n", to: "anne/" + left[random.below(left.count)])
      case 3: try place.write("\(open).\n", to: "ben/notes/\(name)")
      case 4: try run("-C", "anne", "save", "-m", "step \(step)")
      default: try run("-C", random.oneIn(2) ? "anne" : "ben", "sync")
      }
    }
    // Over the limit; taken back from its history; shared without its drafts.
    try place.write("\(Self.secret) " + String(repeating: "x", count: 5 << 20), to: "anne/notes/large.md")
    try place.write("\(Self.open), and no secret.\n", to: "anne/private/a.md")
    try run("-C", "anne", "share", "private/a.md", "notes/shared.md")
    try place.write("\(Self.secret) last.\n", to: "anne/private/b.md")
    for folder in ["anne", "ben", "anne"] { try run("-C", folder, "sync") }
    #expect(place.notes("ben")["notes/shared.md"] != nil)
    try run("bundle", "create", "-C", "anne", place.url("bundle").path)
    try run("-C", "anne", "export", "--snapshot", place.url("snapshot").path)
    try run("-C", "anne", "export", "--snapshot", place.url("light").path, "--light")
    try run("join", url, "carl", "--name", "Carl")
    try proxy.passed.write(to: place.url("frames"))
    try FileManager.default.removeItem(at: place.url("carl/notes"))

    let places = ["frames", "bundle", "snapshot", "light", "server", "ben/.valise", "carl/.valise"]
    let found = try found(place, places)
    for (file, needles) in found {
      #expect(needles.subtracting(["open"]).isEmpty, "\(file) holds \(needles.sorted())")
    }
    // The search finds what is there.
    for file in ["frames", "bundle", "snapshot", "light"] { #expect(found[file]?.contains("open") == true, "\(file)") }
    #expect(try self.found(place, ["server"]).values.contains { $0.contains("open") })
    let own = try self.found(place, ["anne/.valise/book.sqlite", "anne/.valise/book.sqlite-wal"].filter(place.exists))
    let kept = own.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    #expect(kept.contains("secret") && kept.contains("private device 0"), "\(kept.sorted())")
  }
}
