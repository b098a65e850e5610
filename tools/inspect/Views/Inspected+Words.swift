import Bytes
import Formats
import History
import LocalBook
import Rendering

extension Inspected {
  /// What it is, before anything else is said.
  var what: Line {
    switch kind {
    case .snapshot: "A snapshot: a book with its whole history."
    case .light: "A light snapshot: a book as it was in one version, without its history."
    case .bundle where base.counts.isEmpty: "A bundle: all changes of a book."
    case .bundle: "A bundle: changes of a book, for somebody who has those before."
    case .change: "A change of a book."
    case .laptop(isPrivate: false): "A laptop's store: a book with its history, and its newest version."
    case .laptop(isPrivate: true):
      "A laptop's store: what stands in private/, with its history; it never leaves the laptop."
    case .server(let name): "A server's log of the book '\(name)'."
    }
  }

  /// For programs.
  var kindName: String {
    switch kind {
    case .snapshot: "snapshot"
    case .light: "light"
    case .bundle: "bundle"
    case .change: "change"
    case .laptop(let isPrivate): isPrivate ? "private" : "laptop"
    case .server: "server"
    }
  }

  /// The version that its changes make; nil where some of them have no name here.
  var version: Version? { light?.version ?? (history.unnamedCount == 0 ? history.graph.version : nil) }

  var versionName: String? {
    version.flatMap { $0.heads.isEmpty ? nil : $0.name(hash: history.cryptography.hash) }
  }

  /// How many changes of each device are there.
  var vector: VersionVector {
    if let light {
      return VersionVector(light.devices.map { VersionVector.Entry(device: $0.device, count: $0.count) }) ?? base
    }
    var vector = base
    for change in history.changes { vector[change.ref.device] = max(vector[change.ref.device], change.ref.seq + 1) }
    return vector
  }
}

extension Inspected {
  /// How much of it can be read.
  var readable: Line {
    if let light {
      let all = Int(clamping: light.entryCount)
      let here = light.entries.count
      return here == all ? all.of("entry", "entries") : "\(here) of \(all.of("entry", "entries"))"
    }
    return history.changes.count.of("change")
  }
}

extension SectionRow {
  func words(_ people: People) -> Line {
    switch role {
    case .chunk(let first, let count):
      return count == 1
        ? "chunk: position \(Int(clamping: first))"
        : "chunk: positions \(Int(clamping: first)) to \(Int(clamping: first) + count - 1)"
    case .run(let run, let isSigned):
      let place = Place(run: run).words(people)
      return isSigned ? "run: \(place)" : "run: \(place), not signed"
    case .plain(let role):
      switch role {
      case .header: return "header of the change"
      case .body: return "body of the change"
      case .base: return "base: what the one who takes it has to have"
      case .run, .chunk: return "a head that cannot be read"
      case .rows: return "  rows"
      case .columns: return "  columns"
      case .standing: return "the version, and who wrote it"
      case .entries: return "entries"
      case .entriesGoOn: return "  the entry before goes on"
      case .stateID: return "the id of all this"
      case .end: return "end"
      case .ignorable: return "of the kind \(own: [kind].hex), which may be skipped"
      case .unknown: return "of the kind \(own: [kind].hex), which is not known here"
      }
    }
  }

  var name: String {
    switch role {
    case .chunk: "chunk"
    case .run: "run"
    case .plain(let role): "\(role)"
    }
  }

  var json: JSON {
    var pairs: [(String, JSON)] = [("section", .int(number)), ("is", .string(name)), ("kind", .int(Int(kind)))]
    if let range { pairs += [("offset", .int(range.lowerBound)), ("length", .int(range.count))] }
    pairs += [("raw", .int(rawCount)), ("packed", .int(packedCount)), ("sound", .bool(isSound))]
    if case .run(let run, let isSigned) = role {
      pairs += [
        ("device", .string(run.device.bytes.hex)), ("first", .int(Int(clamping: run.first))),
        ("last", .int(Int(clamping: run.last))), ("signed", .bool(isSigned)),
      ]
    }
    return .object(pairs)
  }
}

extension ReadHistory.ReadChange {
  /// What the person said, else what the change did.
  var words: Line {
    let message = change.header.fields.message
    return message.isEmpty ? deeds.styled(.faint) : "\(message)"
  }

  /// `1 entry added, 2 entries edited`.
  private var deeds: Line {
    var (added, edited, deleted): (Set<EntryID>, Set<EntryID>, Set<EntryID>) = ([], [], [])
    for (index, operation) in change.operations.enumerated() {
      switch operation {
      case .create: added.insert(EntryID(creation: change.operationRef(index)))
      case .delete(let entry): deleted.insert(entry)
      default: if let entry = operation.entry { edited.insert(entry) }
      }
    }
    edited.subtract(added.union(deleted))
    let carriers = change.tagCarriers
    var parts: [Line] = []
    for (entries, verb) in [(added, "added"), (edited, "edited"), (deleted, "deleted")] {
      let count = entries.subtracting(carriers).count
      if count > 0 { parts.append("\(count.of("entry", "entries")) \(own: verb)") }
    }
    if let tagging = change.tagging { parts.append("\(tagging)") }
    if parts.isEmpty { parts = [change.header.parents.isEmpty ? "began the book" : "joined the book"] }
    let words: Line = "\(own: originWords)\(parts.listed)"
    return words
  }

  private var originWords: String {
    switch change.header.fields.origin {
    case .typed: ""
    case .imported: "taken in: "
    case .resolved: "settled: "
    case .undo(let id): "undo of \(id.short): "
    case .restore(let heads): "as in \(heads.first?.short ?? "an empty book"): "
    case .rule(let number): "rule \(number): "
    case .unknown(let type, _): "origin \(type): "
    }
  }

  /// For programs.
  var originName: String {
    switch change.header.fields.origin {
    case .typed: "typed"
    case .imported: "imported"
    case .resolved: "resolved"
    case .undo: "undo"
    case .restore: "restore"
    case .rule: "rule"
    case .unknown: "unknown"
    }
  }

  func json(_ people: People) -> JSON {
    let fields = change.header.fields
    return .object([
      ("change", .text(id?.digest.bytes.hex)), ("device", .string(ref.device.bytes.hex)),
      ("seq", .int(Int(clamping: ref.seq))), ("person", .string(people[ref.device])), ("time", .time(fields.time)),
      ("origin", .string(originName)), ("message", .string(fields.message.string)),
      ("does", .string(deeds.text)), ("operations", .int(change.operations.count)),
      (
        "parents",
        .array(
          parents.map { .object([("device", .string($0.device.bytes.hex)), ("seq", .int(Int(clamping: $0.seq)))]) })
      ),
    ])
  }
}
