import Bytes
import Capture
import Formats
import Rendering
import SyncProtocol

/// A captured connection, frame by frame.
struct FramesReport: Showable {
  private let path: String
  private let read: CapturedFrames
  private let error: CaptureError?

  init(_ path: String, _ bytes: [UInt8]) throws(InspectError) {
    self.path = path
    do {
      let (connections, error) = try CapturedConnection.all(in: bytes)
      read = CapturedFrames(connections)
      self.error = error
    } catch { throw InspectError(error, path: path) }
  }

  private var isSound: Bool {
    error == nil && read.stops.isEmpty && !read.frames.contains { $0.refusal != nil }
  }

  var exitCode: ExitCode { isSound ? .done : .trouble }

  func lines(on screen: Screen) -> [Line] {
    var lines: [Line] = ["A capture: \(read.count.of("connection")) of Valise's, \(read.frames.count.of("frame"))."]
    if read.others > 0 { lines.append("\(read.others.of("other connection")) in it; not of Valise's.") }
    let start = read.frames.first?.time ?? 0
    var connection = 0
    var table = Table(indent: 2)
    for (number, frame) in read.frames.enumerated() {
      if frame.connection != connection {
        connection = frame.connection
        if read.count > 1 { table.add("connection \(connection)") }
      }
      let words = frame.words.folded(to: screen.width.map { max(24, $0 - 50) })
      table.add(
        "\(number + 1)", "\(own: (frame.time - start).milliseconds)", frame.side == .client ? "laptop >" : "server <",
        "\(own: frame.name, .strong)", frame.lengthWords, words.first ?? "")
      for more in words.dropFirst() { table.add("", "", "", "", "", more) }
    }
    return lines + table.lines(on: screen) + stops
  }

  private var stops: [Line] {
    var lines = read.stops.map { stop -> Line in
      let side = stop.side == .client ? "laptop" : "server"
      return
        "Damaged: from byte \(stop.offset) of what the \(own: side) said in connection \(stop.connection): \(own: stop.words)"
    }
    if let error { lines.append("Damaged: the capture ends in the middle of a packet, at byte \(error.offset)") }
    return lines.map { $0.styled(.bad) }
  }

  var json: [JSON] {
    let start = read.frames.first?.time ?? 0
    let frames: [JSON] = read.frames.enumerated().map { number, frame in
      .object([("frame", .int(number + 1)), ("nanoseconds", .int(Int(frame.time - start)))] + frame.jsonPairs)
    }
    let stops: [JSON] = read.stops.map { stop in
      .object([
        ("finding", .string("stop")), ("connection", .int(stop.connection)), ("from", .string(stop.side.name)),
        ("offset", .int(stop.offset)), ("words", .string(stop.words)),
      ])
    }
    let cut: [JSON] = error.map { [.object([("finding", .string("truncated")), ("offset", .int($0.offset))])] } ?? []
    return frames + stops + cut
  }
}

extension CaptureSide {
  /// For programs.
  var name: String { self == .client ? "laptop" : "server" }
}

extension CapturedFrame {
  var name: String { if case .frame(let type, _, _, _) = content { type.name } else { "PREAMBLE" } }

  var refusal: WireError? {
    if case .frame(_, _, _, .refused(let error)) = content { error } else { nil }
  }

  fileprivate var lengthWords: Line {
    guard case .frame(_, _, let payload, _) = content else { return "8 bytes" }
    return payload.count.of("byte")
  }

  /// What it says, item by item.
  fileprivate var words: [Line] {
    guard case .frame(_, let flags, _, let decoded) = content else { return ["framing \(Int(Preamble.framing))"] }
    let ends: [Line] = flags & FrameHeader.end != 0 ? ["\(own: "end", .good)"] : []
    switch decoded {
    case .known(let frame): return frame.fields.map(\.words) + ends
    case .ignorable: return ["may be skipped"] + ends
    case .refused(let error): return ["\(own: "refused", .bad): \(own: error.code.name)", "\(error.detail)"]
    }
  }

  fileprivate var jsonPairs: [(String, JSON)] {
    var pairs: [(String, JSON)] = [
      ("connection", .int(connection)), ("packet", .int(packet)), ("time", .time(time / 1_000_000_000)),
      ("from", .string(side.name)), ("offset", .int(offset)), ("type", .string(name)),
    ]
    guard case .frame(let type, let flags, let payload, let decoded) = content else { return pairs }
    pairs += [
      ("code", .int(Int(type.rawValue))), ("flags", .int(Int(flags))),
      ("ends", .bool(flags & FrameHeader.end != 0)), ("length", .int(payload.count)),
    ]
    switch decoded {
    case .known(let frame): pairs.append(("fields", .object(frame.fields.map(\.json))))
    case .ignorable: break
    case .refused(let error):
      pairs.append(
        ("refused", .object([("error", .string(error.code.name)), ("detail", .string(error.detail))])))
    }
    return pairs
  }
}

extension [Line] {
  /// In lines of so many columns, with commas between; in one where that is nil.
  fileprivate func folded(to columns: Int?) -> [Line] {
    var lines: [Line] = []
    for (index, item) in enumerated() {
      let item: Line = index < count - 1 ? "\(item)," : item
      if let last = lines.last, columns.map({ last.width + 1 + item.width <= $0 }) ?? true {
        lines[lines.count - 1] = "\(last) \(item)"
      } else {
        lines.append(item)
      }
    }
    return lines
  }
}

extension Int64 {
  /// `12.345 ms`, of nanoseconds.
  fileprivate var milliseconds: String {
    let micros = self / 1_000
    let rest = String(abs(micros % 1_000))
    return "\(micros / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest + " ms"
  }
}

extension InspectError {
  fileprivate init(_ error: CaptureError, path: String) {
    switch error.what {
    case .notPcap: self = .noCapture(path: path)
    case .pcapng: self = .pcapng(path: path)
    case .unknownLink(let number):
      self = .badCapture(path: path, what: "its network, number \(number), is not known here,", offset: error.offset)
    case .truncated: self = .badCapture(path: path, what: "it ends", offset: error.offset)
    }
  }
}
