import Bytes
import Formats
import History
import Rendering
import SyncProtocol

/// What a frame says, item by item, under the names of `wire.md` and of the dissector.
struct FrameField {
  let name: String
  let value: Value

  enum Value {
    case number(UInt64)
    case bytes([UInt8])
    case text(String)
    /// Devices, and how many changes of each, or how many it has.
    case devices([(device: DeviceID, count: UInt64)])
  }

  init(_ name: String, _ number: UInt64) { (self.name, value) = (name, .number(number)) }
  init(_ name: String, _ number: Int) { self.init(name, UInt64(clamping: number)) }
  init(_ name: String, _ bytes: [UInt8]) { (self.name, value) = (name, .bytes(bytes)) }
  init(_ name: String, text: String) { (self.name, value) = (name, .text(text)) }
  init(_ name: String, devices: [(device: DeviceID, count: UInt64)]) { (self.name, value) = (name, .devices(devices)) }

  /// `first 12`; of ids and hashes the first digits.
  var words: Line {
    switch value {
    case .number(let number): "\(own: name) \(own: "\(number)")"
    case .bytes(let bytes): "\(own: name) \(own: bytes.prefix(5).hex)\(own: bytes.count > 5 ? "…" : "")"
    case .text(let text): "\(own: name) \(text)"
    case .devices(let devices): "\(devices.count.of("device"))"
    }
  }

  var json: (String, JSON) {
    switch value {
    case .number(let number): (name, .int(Int(clamping: number)))
    case .bytes(let bytes): (name, .string(bytes.hex))
    case .text(let text): (name, .string(text))
    case .devices(let devices):
      (
        name,
        .array(
          devices.map {
            .object([("device", .string($0.device.bytes.hex)), ("count", .int(Int(clamping: $0.count)))])
          })
      )
    }
  }
}

extension Frame {
  var fields: [FrameField] {
    switch self {
    case .hello(let hello): hello.fields
    case .open(let opening): opening.fields
    case .welcome(let welcome): welcome.fields
    case .run(let head): head.fields
    case .section(let section): section.fields
    case .logged(let head): head.fields
    case .own(let run):
      [FrameField("first", run.first), FrameField("count", run.count)]
        + (run.id.map { [FrameField("id", $0.digest.bytes)] } ?? [])
    case .ack(let ack):
      [
        FrameField("epoch", ack.epoch.bytes), FrameField("position", ack.position.rawValue),
        FrameField("chain", ack.chain.bytes),
      ] + FrameField.head(ack.head)
    case .vector(let vector): [FrameField("vector", devices: vector.counts.map { ($0.device, $0.count) })]
    case .notify(let place), .follow(let place), .kept(let place):
      [FrameField("position", place.position.rawValue), FrameField("chain", place.chain.bytes)]
    case .received(let received): received.fields
    case .reached(let position, let chain):
      [FrameField("position", position.rawValue), FrameField("chain", chain.digest.bytes)]
    case .credit(let bytes): [FrameField("credit", bytes)]
    case .ping(let bytes), .pong(let bytes): bytes.isEmpty ? [] : [FrameField("data", bytes)]
    case .error(let error):
      [FrameField("code", UInt64(error.code.rawValue)), FrameField("name", text: error.code.name)]
        + (error.retryAfter.map { [FrameField("retry", UInt64($0))] } ?? [])
        + [FrameField("detail", text: error.detail)]
    case .goodbye(let retryAfter): [FrameField("retry", UInt64(retryAfter))]
    }
  }
}

extension FrameField {
  /// How many changes of a device somebody has, and the last of them.
  fileprivate static func head(_ head: DeviceHead?) -> [FrameField] {
    guard let head else { return [FrameField("count", 0)] }
    return [FrameField("count", head.seq + 1), FrameField("last", head.id.digest.bytes)]
  }
}

extension Hello {
  fileprivate var fields: [FrameField] {
    [
      FrameField("oldest", versions.oldest), FrameField("newest", versions.newest),
      FrameField("features", features.rawValue), FrameField("device", device.bytes), FrameField("window", window),
    ] + (mark == 0 ? [] : [FrameField("mark", mark)])
  }
}

extension Received {
  fileprivate var fields: [FrameField] {
    [FrameField("mark", mark), FrameField("laptops", devices: laptops.map { ($0.device, $0.changes) })]
  }
}

extension Opening {
  fileprivate var fields: [FrameField] {
    switch self {
    case .known(let book, nil): [FrameField("form", 0), FrameField("book", book.digest.bytes)]
    case .known(let book, let cursor?):
      [
        FrameField("form", 1), FrameField("book", book.digest.bytes), FrameField("epoch", cursor.epoch.bytes),
        FrameField("position", cursor.position.rawValue), FrameField("chain", cursor.chain.bytes),
      ]
    case .named(let name): [FrameField("form", 2), FrameField("name", text: name.string)]
    case .create(let name, let book):
      [FrameField("form", 3), FrameField("name", text: name.string), FrameField("book", book.digest.bytes)]
    }
  }
}

extension Welcome {
  fileprivate var fields: [FrameField] {
    [
      FrameField("version", version), FrameField("features", features.rawValue),
      FrameField("standing", UInt64(standing.rawValue) + (book == nil ? 0 : 4)), FrameField("epoch", epoch.bytes),
      FrameField("position", position.rawValue), FrameField("chain", chain.bytes),
    ] + FrameField.head(last) + (book.map { [FrameField("book", $0.digest.bytes)] } ?? [])
      + [FrameField("window", window)] + (received?.fields ?? [])
  }
}

extension RunHead {
  fileprivate var fields: [FrameField] {
    [FrameField("first", first), FrameField("count", count)] + (device.map { [FrameField("device", $0.bytes)] } ?? [])
      + [FrameField("signature", signature.bytes), FrameField("sections", sectionCount)]
  }
}

extension LoggedHead {
  fileprivate var fields: [FrameField] {
    [
      FrameField("device", device.bytes), FrameField("first", first), FrameField("count", count),
      FrameField("signature", signature.bytes), FrameField("id", id.digest.bytes),
      FrameField("sections", sectionCount),
    ]
  }
}

extension PackedSection {
  fileprivate var fields: [FrameField] {
    let names = [SectionKinds.rows: "rows", SectionKinds.columns: "columns"]
    return [
      FrameField("kind", UInt64(kind)), FrameField("holds", text: names[kind] ?? "unknown"),
      FrameField("packed", packed.count), FrameField("raw", rawCount),
    ]
  }
}
