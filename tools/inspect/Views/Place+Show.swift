import Bytes
import Formats
import History
import Rendering

/// How devices are called.
struct People: Sendable {
  private let names: [DeviceID: String]

  init(_ book: Inspected) {
    let said = (book.light?.devices ?? []).filter { !$0.name.isEmpty }.map { ($0.device, $0.name.string) }
    names = book.history.persons.merging(said) { first, _ in first }
  }

  /// The person's name, as last said; else the device's first digits.
  subscript(device: DeviceID) -> String { names[device] ?? "device \(device.short)" }
}

extension DeviceID {
  /// As people are shown it.
  var short: String { bytes.prefix(4).hex }
}

extension Place {
  /// `bytes 120 to 240, section 3, byte 7 of what it holds`; the first byte of a file is byte 0.
  func words(_ people: People) -> Line {
    var parts: [Line] = []
    if let bytes {
      parts.append(
        bytes.count > 1
          ? "bytes \(bytes.lowerBound) to \(bytes.upperBound - 1)" : "byte \(bytes.lowerBound)")
    }
    if let row { parts.append("\(row)") }
    if let section { parts.append("section \(section)") }
    if let run {
      let (first, last) = (Int(clamping: run.first) + 1, Int(clamping: run.last) + 1)
      parts.append(
        first == last
          ? "change \(first) of \(people[run.device])" : "changes \(first) to \(last) of \(people[run.device])")
    }
    if let change, change.seq != run?.first || run?.first != run?.last {
      parts.append("change \(Int(clamping: change.seq) + 1) of \(people[change.device])")
    }
    if let column { parts.append("column \(column)") }
    if let offset { parts.append("byte \(offset) of what it holds") }
    return parts.isEmpty ? "the whole" : parts.joined(by: ", ")
  }

  var json: JSON {
    var pairs: [(String, JSON)] = []
    if let bytes { pairs += [("offset", .int(bytes.lowerBound)), ("length", .int(bytes.count))] }
    if let row { pairs.append(("row", .string(row))) }
    if let section { pairs.append(("section", .int(section))) }
    if let run {
      pairs.append(
        (
          "run",
          .object([
            ("device", .string(run.device.bytes.hex)), ("first", .int(Int(clamping: run.first))),
            ("last", .int(Int(clamping: run.last))),
          ])
        ))
    }
    if let change {
      pairs.append(
        ("change", .object([("device", .string(change.device.bytes.hex)), ("seq", .int(Int(clamping: change.seq)))])))
    }
    if let column { pairs.append(("column", .int(column))) }
    if let offset { pairs.append(("contentOffset", .int(offset))) }
    return .object(pairs)
  }
}

extension Finding {
  func line(_ people: People) -> Line { "\(place.words(people), .bad): \(words)" }

  var json: JSON {
    .object([("finding", .string(name)), ("where", place.json), ("words", .string(words.text))])
  }
}

extension StringInterpolationProtocol where Self == Line.StringInterpolation {
  /// A line in another look.
  mutating func appendInterpolation(_ line: Line, _ style: Line.Style) { appendInterpolation(line.styled(style)) }
}
