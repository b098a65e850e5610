import Bytes
import Formats
import History
import SyncProtocol

extension Frame {
  /// What the payload says, in the words of wire.md.
  var meaning: [String: Any] {
    switch self {
    case .hello(let hello):
      [
        "oldest": hello.versions.oldest, "newest": hello.versions.newest, "features": hello.features.rawValue,
        "device": hello.device.bytes.hex, "window": hello.window, "mark": hello.mark,
      ]
    case .open(.known(let book, nil)): ["book": book.digest.bytes.hex]
    case .open(.known(let book, let cursor?)):
      [
        "book": book.digest.bytes.hex, "epoch": cursor.epoch.bytes.hex, "position": cursor.position.rawValue,
        "chain": cursor.chain.bytes.hex,
      ]
    case .open(.named(let name)): ["name": name.string]
    case .open(.create(let name, let book)): ["name": name.string, "book": book.digest.bytes.hex]
    case .welcome(let welcome):
      [
        "version": welcome.version, "features": welcome.features.rawValue, "standing": Int(welcome.standing.rawValue),
        "epoch": welcome.epoch.bytes.hex, "position": welcome.position.rawValue, "chain": welcome.chain.bytes.hex,
        "count": welcome.last.map { $0.seq + 1 } ?? 0, "last": welcome.last?.id.digest.bytes.hex ?? "",
        "book": welcome.book?.digest.bytes.hex ?? "", "window": welcome.window,
        "received": welcome.received?.meaning ?? [:],
      ]
    case .run(let head):
      [
        "device": head.device?.bytes.hex ?? "", "first": head.first, "count": head.count,
        "signature": head.signature.bytes.hex, "sections": head.sectionCount,
      ]
    case .section(let section):
      [
        "kind": Int(section.kind), "raw": section.rawCount, "deflated": section.isDeflated,
        "packed": section.packed.hex,
      ]
    case .logged(let head):
      [
        "device": head.device.bytes.hex, "first": head.first, "count": head.count,
        "signature": head.signature.bytes.hex, "id": head.id.digest.bytes.hex, "sections": head.sectionCount,
      ]
    case .own(let run): ["first": run.first, "count": run.count, "id": run.id?.digest.bytes.hex ?? ""]
    case .ack(let ack):
      [
        "epoch": ack.epoch.bytes.hex, "position": ack.position.rawValue, "chain": ack.chain.bytes.hex,
        "count": ack.head.map { $0.seq + 1 } ?? 0, "last": ack.head?.id.digest.bytes.hex ?? "",
      ]
    case .vector(let vector):
      ["devices": vector.counts.map { ["device": $0.device.bytes.hex, "count": $0.count] as [String: Any] }]
    case .reached(let position, let chain): ["position": position.rawValue, "chain": chain.digest.bytes.hex]
    case .notify(let place), .follow(let place), .kept(let place):
      ["position": place.position.rawValue, "chain": place.chain.bytes.hex]
    case .received(let received): received.meaning
    case .credit(let bytes): ["bytes": bytes]
    case .ping(let bytes), .pong(let bytes): ["bytes": bytes.hex]
    case .error(let error):
      [
        "code": Int(error.code.rawValue), "retry": error.retryAfter != nil, "after": error.retryAfter ?? 0,
        "detail": error.detail,
      ]
    case .goodbye(let retryAfter): ["after": retryAfter]
    }
  }
}

extension Received {
  var meaning: [String: Any] {
    [
      "mark": mark,
      "laptops": laptops.map { ["device": $0.device.bytes.hex, "changes": $0.changes] as [String: Any] },
    ]
  }
}
