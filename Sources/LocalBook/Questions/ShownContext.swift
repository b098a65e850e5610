import Bytes
import History
import Record

/// What the entries around one told the display rules when its file was written.
///
/// Kept with the file: when another entry changes, the file still shows what it showed, and that is no edit of it.
struct ShownContext: Equatable {
  var speakerNames: [ExactText] = []
  /// When the engagements end that open embargoes name; of those that can be found.
  var ends: [End] = []

  /// The parts of an engagement that say when it ends, as they are typed.
  struct End: Equatable {
    /// The embargo's own words.
    let embargo: ExactText
    let date: ExactText?
    let start: ExactText?
    let end: ExactText?

    private var link: Link? {
      guard case .link(let link)? = try? Value(embargo, as: .embargo) else { return nil }
      return link
    }

    func moment(of asked: Link) -> DateTime? {
      link == asked ? DateTime(endOfEngagementOn: date, start: start, end: end) : nil
    }
  }

  var display: DisplayContext {
    DisplayContext(speakerNames: speakerNames.map(\.string)) { [ends] asked in
      ends.lazy.compactMap { $0.moment(of: asked) }.first
    }
  }
}

extension ShownContext {
  /// More than any file needs; what does not fit is not kept.
  private static let limit = 256

  func encode(into writer: inout ByteWriter) {
    let (names, ends) = (speakerNames.prefix(Self.limit), ends.prefix(Self.limit))
    writer.put(count: names.count)
    for name in names { writer.put(text: name) }
    writer.put(count: ends.count)
    for end in ends {
      writer.put(text: end.embargo)
      for part in [end.date, end.start, end.end] {
        writer.put(count: part == nil ? 0 : 1)
        if let part { writer.put(text: part) }
      }
    }
  }

  init(from reader: inout ByteReader) throws(DecodingError) {
    func text(_ reader: inout ByteReader) throws(DecodingError) -> ExactText {
      try reader.exactText(limit: ChangeLimits.value)
    }
    for _ in 0..<(try reader.count(limit: Self.limit)) { speakerNames.append(try text(&reader)) }
    for _ in 0..<(try reader.count(limit: Self.limit)) {
      let embargo = try text(&reader)
      var parts: [ExactText?] = []
      for _ in 0..<3 { parts.append(try reader.count(limit: 1) == 1 ? try text(&reader) : nil) }
      ends.append(End(embargo: embargo, date: parts[0], start: parts[1], end: parts[2]))
    }
  }
}
