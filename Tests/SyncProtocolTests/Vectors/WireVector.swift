import Bytes
import Formats
import Foundation
import History
import Signing
import SyncProtocol
import SyncTesting

/// A golden file of `Protocol/vectors/wire`: bytes of one side, and what the other makes of them.
struct WireVector {
  /// What the bytes are: one frame; all that a client sends; all that a server answers.
  enum What: String { case frame, flight, answer }

  /// The numbers of the document that it shows, and a few words: its file's name.
  let name: String
  let what: What
  /// What the reader of an answer had asked, what the server of a flight has.
  var context = Context()
  let bytes: [UInt8]
  /// `ok`, or the error's name.
  let expect: String

  struct Context: Equatable {
    /// The cursor as a server sees it: 0 goes on, 1 another epoch, 2 rollback.
    var standing: UInt8 = 0
    /// The cursor that a laptop has; nil when it has none.
    var cursor: Cursor?
    /// Whether the laptop knows the book's name only.
    var byName = false
    var book = BookID.zero
    var device = DeviceID(number: 0)
    /// Changes that the laptop has made.
    var made: UInt64 = 0
    /// Runs that it sends: in the first flight, and after a vector.
    var runs = 0
    var beyond = 0
    /// The features that HELLO of the reader of an answer offers.
    var features: Features = []
    /// Runs that it sends when it comes to rest for the first time.
    var later = 0
    /// Positions by which the log of a flight's server grows each time that an answer ends.
    var growth: UInt64 = 0
  }

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Protocol/vectors/wire")

  static var files: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
    }
  }

  /// The bytes read as they say: their meaning, or the error's name.
  func read() -> (meaning: [String: Any]?, expect: String) {
    do throws(WireError) {
      switch what {
      case .frame: return (try frame(), "ok")
      case .flight: return (try flight(), "ok")
      case .answer: return (try answer(), "ok")
      }
    } catch { return (nil, error.code.name) }
  }

  private func frame() throws(WireError) -> [String: Any] {
    var reader = FrameReader(ceiling: SyncLimits.sectionFrame)
    reader.append(bytes)
    guard let message = try reader.next() else { return ["skipped": true] }
    return ["type": message.frame.type.name, "ends": message.ends, "payload": message.frame.meaning]
  }

  /// What a server does that has the book, takes every run, and has nothing that the client lacks.
  private func flight() throws(WireError) -> [String: Any] {
    var session = ServerSession()
    var (runs, answers, told, grownAfter) = (0, 0, 0, 0)
    var kept = Position.zero
    var refusal: WireError?
    var position = Position.zero
    func perform(_ effects: [ServerSession.Effect]) {
      for effect in effects {
        let state = BookState(
          book: context.book, epoch: .numbered(1), position: position, chain: ChainHash(.zero))
        switch effect {
        case .send(let bytes):
          let frames = Self.frames(in: bytes)
          answers += frames.count(where: \.ends)
          for message in frames {
            if case .error(let error) = message.frame { refusal = error }
            if case .notify = message.frame { told += 1 }
          }
        case .open(let opening, _):
          if case .known(_, let claim?) = opening { position = claim.position }
          let here = BookState(book: context.book, epoch: .numbered(1), position: position, chain: ChainHash(.zero))
          let check: CursorCheck = [.onChain, .otherEpoch, .offChain][Int(context.standing)]
          perform(session.opened(.book(here, last: nil, check)))
        case .submit:
          runs += 1
          perform(session.decided(.duplicate(position)))
        case .count: perform(session.counted(VersionVector()))
        case .stand: perform(session.stands(state, last: nil))
        case .read(let selection):
          let entries = selection.lackedBy == nil ? [madeUp(at: selection.through)] : []
          perform(session.page(LogPage(entries: entries, next: nil)))
        case .kept(_, let place): kept = max(kept, place)
        case .readReceived, .close: break
        }
      }
    }
    // Byte by byte: what comes later finds what came before answered.
    for byte in bytes {
      perform(session.receive([byte]))
      guard context.growth > 0, session.isIdle, !session.isHandshaking, answers > grownAfter else { continue }
      grownAfter = answers
      position = Position(position.rawValue + context.growth) ?? position
      perform(
        session.grew(
          to: BookState(book: context.book, epoch: .numbered(1), position: position, chain: ChainHash(.zero))))
    }
    if let refusal { throw refusal }
    let state = session.isClosed ? "closed" : session.isHandshaking ? "handshake" : session.isIdle ? "resting" : "open"
    return ["runs": runs, "answers": answers, "state": state, "told": told, "kept": kept.rawValue]
  }

  /// A run of somebody's at a position of a log that is made up.
  private func madeUp(at position: Position) -> LogEntry {
    let section = PackedSection(kind: 1, rawCount: 1, isDeflated: false, packed: [0])
    let run = PackedRun(device: DeviceID(number: 9), first: 0, count: 1, signature: nil, sections: [section])
    return LogEntry(
      position: position, device: run.device, first: position.rawValue, count: 1,
      signature: dummySignature, id: ChangeID(.zero), chain: ChainHash(.zero), sectionCount: 1,
      sections: LogEntry.sections(of: run))
  }

  private static func frames(in bytes: [UInt8]) -> [Message] {
    var reader = FrameReader(ceiling: SyncLimits.sectionFrame)
    reader.append(bytes)
    var messages: [Message] = []
    while let message = try? reader.next() { messages.append(message) }
    return messages
  }

  private func answer() throws(WireError) -> [String: Any] {
    var vector = VersionVector()
    if context.made > 0 { vector[context.device] = context.made }
    var request = SyncRequest(
      book: context.byName ? .named(.of("visit")) : .known(context.book, context.cursor), device: context.device,
      outgoing: dummies(context.runs), vector: vector)
    request.follows = context.features.contains(.following)
    if context.features.contains(.received) { request.mark = 0 }
    var session = ClientSession(request, hash: Signing.hash)
    var (rests, kept) = (0, 0)
    var received: [[String: Any]] = []
    var delivered: [String] = []
    var cursor: Cursor?
    var meaning: [String: Any] = ["finished": false]
    var violation: WireError?
    // Byte by byte: what comes later finds what came before answered.
    var rest = bytes[...]
    var effects = session.start()
    while !effects.isEmpty || !rest.isEmpty {
      if effects.isEmpty {
        effects = session.receive([rest.removeFirst()])
        continue
      }
      switch effects.removeFirst() {
      case .deliver(let page, let through):
        delivered += page.map { delivery in
          switch delivery {
          case .run(_, let id): id.digest.bytes.hex
          case .own(_, _, let id): "own " + id.digest.bytes.hex
          }
        }
        cursor = through ?? cursor
        effects += session.delivered()
      case .lookUp: effects += session.supply(dummies(context.beyond))
      case .rested(let report), .finished(let report):
        meaning = [
          "finished": true, "delivered": delivered, "position": report.cursor?.position.rawValue ?? 0,
          "chain": report.cursor?.chain.digest.bytes.hex ?? "", "news": "\(report.news)",
          "acknowledged": report.acknowledged.map { $0.seq + 1 } ?? 0,
        ]
        rests += 1
        if rests == 1, context.later > 0 { effects += session.send(dummies(context.later), vector: vector) }
      case .failed(.violation(let error)): violation = error
      case .failed(let failure): meaning = ["finished": false, "failed": "\(failure)".prefixWord]
      case .received(let news): received.append(news.meaning)
      case .send(let bytes): kept += Self.frames(in: bytes).count { if case .kept = $0.frame { true } else { false } }
      case .opened, .acknowledged: break
      }
    }
    if let violation { throw violation }
    if !context.features.isEmpty {
      meaning.merge(["rests": rests, "kept": kept, "received": received]) { $1 }
    }
    return meaning
  }

  private func dummies(_ count: Int) -> [PackedRun] {
    let section = PackedSection(kind: 1, rawCount: 1, isDeflated: false, packed: [0])
    return (0..<count).map { number in
      PackedRun(
        device: context.device, first: UInt64(number), count: 1, signature: dummySignature, sections: [section])
    }
  }

  private var dummySignature: Signature {
    guard let signature = Signature([UInt8](repeating: 0, count: Signature.byteCount)) else {
      preconditionFailure("a signature of the right length")
    }
    return signature
  }

  // MARK: Files

  private var contextJSON: [String: Any] {
    switch what {
    case .frame: return [:]
    case .flight:
      return ["standing": Int(context.standing)].merging(context.growth > 0 ? ["growth": Int(context.growth)] : [:]) {
        $1
      }
    case .answer:
      var json: [String: Any] = [
        "by name": context.byName, "book": context.book.digest.bytes.hex, "made": context.made, "runs": context.runs,
        "beyond": context.beyond,
      ]
      if !context.features.isEmpty {
        json["features"] = context.features.rawValue
        json["later"] = context.later
      }
      if let cursor = context.cursor {
        json["cursor"] = [
          "epoch": cursor.epoch.bytes.hex, "position": cursor.position.rawValue, "chain": cursor.chain.digest.bytes.hex,
        ]
      }
      return json
    }
  }

  /// The file: what was recorded, as JSON with sorted keys.
  func written() throws -> Data {
    let (meaning, expect) = read()
    var json: [String: Any] = ["what": what.rawValue, "hex": bytes.hex, "expect": expect]
    if !contextJSON.isEmpty { json["context"] = contextJSON }
    json["meaning"] = meaning
    return try JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .prettyPrinted]) + [0x0a]
  }
}

extension String {
  /// `refused(…)` gives `refused`.
  fileprivate var prefixWord: String { String(prefix { $0 != "(" }) }
}
