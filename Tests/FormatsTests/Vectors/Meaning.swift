import Bytes
import Formats
import History
import Signing

/// What bytes of the formats mean, as JSON that the second decoder writes too.
struct Meaning {
  private let context: JSON
  private var known: [ChangeRef: ChangeID] = [:]

  init(_ context: JSON) throws {
    self.context = context
    for item in context["known"]?.array ?? [] {
      known[ChangeRef(device: try Self.device(item["device"]), seq: item["seq"]?.integer ?? 0)] =
        ChangeID(try Self.digest(item["id"]))
    }
  }

  mutating func of(_ bytes: [UInt8], _ what: Vector.What) throws -> JSON {
    switch what {
    case .header:
      let (fields, bodyHash) = try CanonicalHeader.decode(bytes)
      return .object([
        "header": header(fields), "body hash": .text(bodyHash.bytes.hex),
        "id": .text(Signing.hash(ChangeHeader.domain + bytes).bytes.hex),
      ])
    case .body: return operations(try CanonicalBody.decode(bytes, of: place()))
    case .text: return try text(after: CanonicalBody.decode(bytes, of: place()))
    case .section:
      var reader = ByteReader(bytes)
      let section = try reader.section(index: 0)
      do { try reader.finish() } catch { throw FormatError.layout(error) }
      return self.section(section)
    case .run:
      var reader = ByteReader(bytes)
      let run = try reader.run()
      do { try reader.finish() } catch { throw FormatError.layout(error) }
      let book = BookID(try Self.digest(context["book"]))
      return try self.run(run, of: book, previous: context["previous"].map { ChangeID(try Self.digest($0)) })
    case .change:
      let (change, book) = try ChangeFile.decode(bytes, hash: Signing.hash)
      return .object(["book": .text(book.digest.bytes.hex), "change": self.change(change)])
    case .diff:
      let file = try DiffFile(decoding: bytes)
      let base = file.base.counts.map { JSON.list([.text($0.device.bytes.hex), .number($0.count)]) }
      return .object([
        "book": .text(file.book.digest.bytes.hex), "base": .list(base),
        "runs": .list(try runs(file.runs, of: file.book)),
      ])
    case .snapshot:
      let file = try SnapshotFile(decoding: bytes)
      var chunks: [JSON] = []
      for chunk in file.chunks {
        chunks.append(
          .object([
            "epoch": .text(chunk.epoch.hex), "first": .number(chunk.first), "last": .number(chunk.last),
            "runs": .list(try runs(chunk.runs, of: file.book)),
          ]))
      }
      return .object(["book": .text(file.book.digest.bytes.hex), "chunks": .list(chunks)])
    case .light: return light(try LightSnapshotFile(decoding: bytes, hash: Signing.hash))
    }
  }

  // MARK: Context

  private func place() throws -> ChangeRef {
    ChangeRef(device: try Self.device(context["device"]), seq: context["seq"]?.integer ?? 0)
  }

  private static func device(_ json: JSON?) throws -> DeviceID {
    guard let bytes = json?.string.flatMap({ [UInt8](hex: $0) }), let device = DeviceID(bytes) else {
      throw JSON.Malformed(place: 0)
    }
    return device
  }

  private static func digest(_ json: JSON?) throws -> Digest {
    guard let bytes = json?.string.flatMap({ [UInt8](hex: $0) }), let digest = Digest(bytes) else {
      throw JSON.Malformed(place: 0)
    }
    return digest
  }

  // MARK: Runs

  private mutating func runs(_ runs: [PackedRun], of book: BookID) throws -> [JSON] {
    var meanings: [JSON] = []
    for run in runs {
      let previous = run.first == 0 ? nil : known[ChangeRef(device: run.device, seq: run.first - 1)]
      meanings.append(try self.run(run, of: book, previous: previous))
    }
    return meanings
  }

  private mutating func run(_ run: PackedRun, of book: BookID, previous: ChangeID?) throws -> JSON {
    let known = known
    let changes = try RunCodec.unpack(
      run, book: book, previous: previous, ids: { known[$0] }, hash: Signing.hash)
    for change in changes { self.known[change.ref] = change.id }
    return .object([
      "device": .text(run.device.bytes.hex), "first": .number(run.first), "count": .number(run.count),
      "signature": run.signature.map { .text($0.bytes.hex) },
      "sections": .list(run.sections.map(section)), "changes": .list(changes.map(change)),
    ])
  }

  private func section(_ section: PackedSection) -> JSON {
    .object([
      "kind": .number(section.kind), "raw": .number(section.rawCount), "packed": .number(section.packed.count),
      "deflated": .number(section.isDeflated ? 1 : 0),
    ])
  }

  // MARK: Changes

  private func change(_ change: Change) -> JSON {
    .object([
      "id": .text(change.id.digest.bytes.hex), "header": header(change.header.fields),
      "operations": operations(change.operations),
    ])
  }

  private func header(_ fields: ChangeHeader.Fields) -> JSON {
    .object([
      "book": .text(fields.book.digest.bytes.hex), "device": .text(fields.ref.device.bytes.hex),
      "seq": .number(fields.ref.seq), "previous": fields.previous.map { .text($0.digest.bytes.hex) },
      "parents": .list(fields.parents.map { .text($0.digest.bytes.hex) }), "time": .number(fields.time),
      "origin": origin(fields.origin), "message": .text(fields.message.string),
    ])
  }

  private func origin(_ origin: Origin) -> JSON {
    switch origin {
    case .typed: .text("typed")
    case .imported: .text("imported")
    case .resolved: .text("resolved")
    case .undo(let id): .object(["undo": .text(id.digest.bytes.hex)])
    case .restore(let heads): .object(["restore": .list(heads.map { .text($0.digest.bytes.hex) })])
    case .rule(let number): .object(["rule": .number(number)])
    case .unknown(let type, let payload): .object(["type": .number(type), "bytes": .text(payload.hex)])
    }
  }

  private func operations(_ operations: [Operation]) -> JSON { .list(operations.map(operation)) }

  private func operation(_ operation: Operation) -> JSON {
    let entry = operation.entry.map { JSON.text(name($0.creation)) }
    switch operation {
    case .create(let kind): return .object(["op": .text("create"), "kind": .text(kind.string)])
    case .delete: return .object(["op": .text("delete"), "entry": entry])
    case .keep: return .object(["op": .text("keep"), "entry": entry])
    case .set(_, let key, let values):
      return .object([
        "op": .text("set"), "entry": entry, "role": .number(key.role.rawValue), "name": .text(key.name.string),
        "values": .list(values.map(value)),
      ])
    case .add(_, let field, let element, let order):
      return .object([
        "op": .text("add"), "entry": entry, "field": .text(field.string), "element": .text(element.text.string),
        "ordinal": .number(element.ordinal), "order": .text(order.text.string),
      ])
    case .remove(_, let field, let element):
      return .object([
        "op": .text("remove"), "entry": entry, "field": .text(field.string), "element": .text(element.text.string),
        "ordinal": .number(element.ordinal),
      ])
    case .edit(_, let edits):
      let list = edits.map { JSON.list([.number($0.position), .number($0.deleted), .text($0.inserted.string)]) }
      return .object(["op": .text("edit"), "entry": entry, "edits": .list(list)])
    case .introduce(let introduction):
      return .object([
        "op": .text("introduce"), "key": introduction.key.map { .text($0.publicKey.bytes.hex) },
        "incarnation": introduction.key.map { .text($0.incarnation.bytes.hex) },
        "name": .text(introduction.name.string),
      ])
    case .found(let nonce): return .object(["op": .text("found"), "nonce": .text(nonce.hex)])
    case .need(let level): return .object(["op": .text("need"), "level": .number(level)])
    case .unknown(let unknown):
      return .object([
        "op": .text("unknown"), "type": .number(unknown.type), "entry": entry, "bytes": .text(unknown.payload.hex),
      ])
    }
  }

  func value(_ value: RegisterValue) -> JSON {
    .object([
      "source": value.content.map { .text($0.source.string) }, "plain": value.content.map { .text($0.plain.string) },
      "from": value.from.map { .text(name($0)) },
    ])
  }

  func name(_ ref: OperationRef) -> String {
    "\(ref.change.device.bytes.hex):\(ref.change.seq):\(ref.index)"
  }

  /// What a text becomes when the edits of a body's operations apply one after the other.
  private func text(after operations: [Operation]) throws -> JSON {
    var scalars = Array((context["text"]?.string ?? "").unicodeScalars)
    for case .edit(_, let edits) in operations {
      for edit in edits {
        let start = min(edit.position, scalars.count)
        let end = min(start + edit.deleted, scalars.count)
        scalars.replaceSubrange(start..<end, with: edit.inserted.string.unicodeScalars)
      }
    }
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return .text(text)
  }
}
