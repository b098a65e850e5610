import Bytes
import Formats
import History
import LocalBook
import Merge
import Rendering
import Replica

/// What a file or a store is and holds: in words first; then who, what, and where each byte lies.
struct ShowReport: Showable {
  private let books: [Inspected]
  private let states: [[EntryState]]
  /// Changes and sections that are listed at most.
  private let limit: Int

  init(_ books: [Inspected], limit: Int) {
    self.books = books
    self.limit = limit
    states = books.map(\.states)
  }

  var exitCode: ExitCode { books.allSatisfy { $0.findings.isEmpty } ? .done : .trouble }

  func lines(on screen: Screen) -> [Line] {
    if books.isEmpty { return ["A server's store, with no book in it."] }
    return Array(
      zip(books, states).map { book, states in Part(book: book, states: states, limit: limit).lines(on: screen) }
        .joined(separator: [Line(), Line()]))
  }

  var json: [JSON] { zip(books, states).map { Part(book: $0, states: $1, limit: limit).json } }
}

/// One book's part of the report.
private struct Part {
  let book: Inspected
  let states: [EntryState]
  let limit: Int

  var people: People { People(book) }

  func lines(on screen: Screen) -> [Line] {
    let screen = screen.on(zone: VersionEntries(states).zone)
    return [book.what] + overview(screen) + findings + devices(screen) + changes(screen) + journal + sections(screen)
  }

  private func overview(_ screen: Screen) -> [Line] {
    var table = Table(indent: 2)
    if let title { table.add("book", "\(title)") }
    table.add("format", "version \(Int(clamping: book.formatVersion))")
    let raw = book.sections.reduce(0) { $0 + $1.rawCount }
    let packed = book.sections.reduce(0) { $0 + $1.packedCount }
    table.add(
      "size",
      "\(book.byteCount.bytes) in \(book.sections.count.of(book.sections.first?.range == nil ? "run" : "section")); packed \(packed.bytes), unpacked \(raw.bytes)"
    )
    if let name = book.versionName, let version = book.version {
      let short = String(name.prefix(10))
      table.add("version", version.heads.count == 1 ? "\(short)" : "\(short), of \(version.heads.count) heads")
    }
    table.add("history", span(screen))
    if !entries.isEmpty { table.add("holds", entries) }
    if let log = book.log { table.add("log", words(of: log)) }
    table.add("book's id", "\(own: book.book.digest.bytes.hex)")
    return table.lines(on: screen)
  }

  private func words(of log: (epoch: [UInt8], last: UInt64)) -> Line {
    let positions: Line = log.last == 1 ? "position 1" : "positions 1 to \(Int(clamping: log.last))"
    return log.epoch.allSatisfy { $0 == 0 }
      ? "\(positions), counted by no server"
      : "\(positions), in the log's life \(own: String(log.epoch.hex.prefix(10)))"
  }

  private func span(_ screen: Screen) -> Line {
    if let light = book.light {
      let count = light.devices.reduce(UInt64(0)) { $0 + $1.count }
      return "none; it is what \(Int(clamping: count).of("change")) by \(light.devices.count.of("device")) made"
    }
    let times = book.history.changes.map(\.change.header.fields.time)
    let devices = book.vector.counts.count
    guard let first = times.min(), let last = times.max() else { return "no change that can be read" }
    let count: Line = "\(times.count.of("change")) by \(devices.of("device"))"
    return times.count == 1
      ? "\(count), \(screen.times.spoken(first))"
      : "\(count), from \(screen.times.spoken(first)) to \(screen.times.spoken(last))"
  }

  /// The title of the visit.
  private var title: String? {
    let visit = states.first { $0.isAlive && EntryView.kind(of: $0) == "visit" }
    return visit?.register(RegisterKey(.value, "title"))?.shown.content?.plain.string
  }

  /// `59 entries (9 engagements, 1 visit …), 1 conflict`.
  private var entries: Line {
    let alive = states.filter(\.isAlive)
    guard !alive.isEmpty else { return "" }
    let kinds = Dictionary(grouping: alive) { EntryView.kind(of: $0) }.sorted { $0.key < $1.key }
    let counts: [Line] = kinds.map { $0.value.count.entries(ofKind: $0.key.string) }
    let conflicts = alive.reduce(0) { $0 + EntryConflict.all(in: $1).count }
    let all: Line = "\(alive.count.of("entry", "entries")) (\(counts.listed))"
    return conflicts == 0 ? all : "\(all), \(conflicts.of("conflict"))"
  }

  private var findings: [Line] {
    let found = book.findings
    guard !found.isEmpty else { return [] }
    let head: Line = "Damaged: \(found.count.of("finding")); \(book.readable) can be read"
    return [Line(), head.styled(.bad)]
      + found.prefix(limit).map { $0.line(people).indented() }
      + (found.count > limit ? ["  … and \(found.count - limit) more: valise-inspect verify \(word: book.path)"] : [])
  }

  private func devices(_ screen: Screen) -> [Line] {
    guard !book.vector.counts.isEmpty else { return [] }
    var table = Table(indent: 2)
    for entry in book.vector.counts.sorted(by: { rank($0.device) < rank($1.device) }) {
      let base = book.base[entry.device]
      let words: Line =
        base == 0
        ? Int(clamping: entry.count).of("change")
        : "\(Int(clamping: entry.count - base).of("change")), after \(Int(clamping: base)) that are not in it"
      table.add("\(people[entry.device], .strong)", words, "device \(own: entry.device.short)")
    }
    return [Line(), "Devices"] + table.lines(on: screen)
  }

  /// In the order of their first changes here.
  private func rank(_ device: DeviceID) -> Int {
    book.history.changes.firstIndex { $0.ref.device == device } ?? book.history.changes.count
  }

  private func changes(_ screen: Screen) -> [Line] {
    guard !book.history.changes.isEmpty else { return [] }
    var table = Table(indent: 2)
    for change in book.history.changes.suffix(limit).reversed() {
      table.add(
        change.id.map { "\(own: $0.short, .warning)" } ?? "(no name)",
        screen.times.spoken(change.change.header.fields.time), "\(people[change.ref.device])", change.words)
    }
    let more = book.history.changes.count - limit
    return [Line(), "Changes, the newest first"] + table.lines(on: screen)
      + (more > 0 ? ["  … and \(more) before: --all"] : [])
  }

  private var journal: [Line] {
    guard let journal = book.journal else { return [] }
    let rows: [Line] = journal.files.prefix(limit).map { file in
      let verb: Line = !file.wasThere ? "comes" : file.shallBeThere ? "changes" : "goes"
      return "  \(verb)  \(file.path)"
    }
    return [
      Line(), "Journal: \(journal.files.count.of("file")) being written; the next command goes on with it",
    ] + rows
  }

  private func sections(_ screen: Screen) -> [Line] {
    guard !book.sections.isEmpty else { return [] }
    let isFile = book.sections.first?.range != nil
    var table = Table(indent: 2)
    table.add(isFile ? "at byte" : "", "", "packed", "raw", "")
    for row in book.sections.prefix(limit) {
      let damage: Line = row.isSound ? "" : "  damaged"
      table.add(
        row.range.map { "\($0.lowerBound)" } ?? "", "\(row.number)", row.packedCount.bytes, row.rawCount.bytes,
        "\(row.words(people))\(damage, .bad)")
    }
    let more = book.sections.count - limit
    return [Line(), isFile ? "Sections" : "Runs"] + table.lines(on: screen)
      + (more > 0 ? ["  … and \(more) more: --all"] : [])
  }

  var json: JSON {
    let vector: [JSON] = book.vector.counts.map { entry in
      .object([
        ("device", .string(entry.device.bytes.hex)), ("person", .string(people[entry.device])),
        ("changes", .int(Int(clamping: entry.count))), ("base", .int(Int(clamping: book.base[entry.device]))),
      ])
    }
    let heads: JSON = book.version.map { .array($0.heads.map { .string($0.digest.bytes.hex) }) } ?? .null
    var pairs: [(String, JSON)] = [
      ("file", .string(book.path)), ("kind", .string(book.kindName)), ("words", .string(book.what.text)),
      ("formatVersion", .int(Int(clamping: book.formatVersion))), ("bytes", .int(book.byteCount)),
      ("book", .string(book.book.digest.bytes.hex)), ("title", .text(title)), ("version", .text(book.versionName)),
      ("heads", heads), ("vector", .array(vector)), ("entries", .int(states.filter(\.isAlive).count)),
    ]
    if case .server(let name) = book.kind { pairs.append(("name", .string(name))) }
    if let log = book.log {
      pairs += [("epoch", .string(log.epoch.hex)), ("position", .int(Int(clamping: log.last)))]
    }
    pairs += [
      ("changes", .array(book.history.changes.map { $0.json(people) })),
      ("sections", .array(book.sections.map(\.json))), ("journal", journalJSON),
      ("findings", .array(book.findings.map(\.json))),
    ]
    return .object(pairs)
  }

  private var journalJSON: JSON {
    guard let journal = book.journal else { return .null }
    return .array(
      journal.files.map {
        .object([
          ("file", .string($0.path)), ("wasThere", .bool($0.wasThere)), ("shallBeThere", .bool($0.shallBeThere)),
        ])
      })
  }
}
