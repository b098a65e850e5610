import BookFolder
import Record

/// A version as a person names it: by the first digits of its hash, a tag, a time (`@{2021-11-09 18:00}`), or nothing for
/// the newest; and behind any of these `~N`, for the version without its last N changes.
struct VersionName: Equatable {
  enum Base: Equatable {
    case newest
    /// 4 to 64 hexadecimal digits in lower case.
    case digits(String)
    case tag(TagName)
    case time(WallTime)
  }

  let base: Base
  let back: Int

  init(_ text: String) throws(VersionNameError) {
    var base = text[...]
    var back: Int?
    if !text.hasSuffix("}"), let mark = text.lastIndex(of: "~") {
      let digits = text[text.index(after: mark)...]
      guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) else {
        throw .notACount(String(digits))
      }
      base = text[..<mark]
      back = number
    }
    self.back = back ?? 0
    if base.isEmpty && back != nil {
      self.base = .newest
    } else if base.hasPrefix("@{") && base.hasSuffix("}") {
      let typed = String(base.dropFirst(2).dropLast())
      guard let time = WallTime(typed) else { throw .notATime(typed) }
      self.base = .time(time)
    } else if TagName.looksLikeHash(base) {
      self.base = .digits(base.lowercased())
    } else {
      self.base = .tag(try TagName(String(base)))
    }
  }
}

/// A file, a version, or a file as it was: `FILE@VERSION`. A version that is a time may follow its file with one `@`:
/// `notes/macron.md@{2021-11-09 18:00}`.
package struct VersionedFile {
  /// Nil where only a version is named, or a file without one; then it is in `words`.
  package let file: String?
  package let version: String?

  package init(_ words: String) {
    let isTime = words.hasSuffix("}") || words.range(ofLastTime: "}~") != nil
    if isTime, let start = words.range(ofLastTime: "@{") {
      let file = words[..<start]
      version = String(words[start...])
      self.file = file.isEmpty ? nil : String(file.hasSuffix("@") ? file.dropLast() : file)
    } else if let at = words.lastIndex(of: "@"), at != words.startIndex {
      file = String(words[..<at])
      version = String(words[words.index(after: at)...])
    } else {
      (file, version) = (nil, nil)
    }
  }
}

/// Why words name no version.
package enum VersionNameError: Error, Equatable, Sendable {
  /// What stands between `@{` and `}`.
  case notATime(String)
  /// What stands behind `~`.
  case notACount(String)
  /// A tag cannot be called so, and a version not otherwise either.
  case notAName(TagNameError)
  /// So many changes are in the version that was to be stepped back from.
  case beforeTheFirst(changes: Int)
  /// Nothing of the book was there at that time.
  case beforeTheBook
}

/// A time on the wall, as it is typed: a day; a day and a time; either with an offset from UTC or, without, in the visit's
/// zone.
///
/// It stands for the end of what is typed: a day for its last second, `18:00` for the last second of that minute.
struct WallTime: Equatable {
  /// Seconds since 1970, as if the zone were UTC.
  let seconds: Int64
  /// Minutes east of UTC; nil for the visit's zone.
  let offset: Int?

  init?(_ typed: String) {
    guard let moment = DateTime(typed), abs(moment.offset ?? 0) <= Self.furthestZone else { return nil }
    let clock = typed.dropFirst(11).prefix { !"+-Z".contains($0) }
    let hasSeconds = clock.utf8.count { $0 == UInt8(ascii: ":") } == 2
    let second = moment.time.map { $0.secondOfDay + (hasSeconds ? 0 : 59) } ?? 86_399
    seconds = Int64((moment.date.dayNumber - Self.firstDay) * 86_400 + second)
    offset = moment.offset
  }

  /// Minutes from UTC to the zone that is furthest from it.
  private static let furthestZone = 14 * 60

  /// 1 January 1970, in days since that of the year 1.
  private static let firstDay = 719_162
}

extension String {
  /// Where the last occurrence of a text begins.
  fileprivate func range(ofLastTime text: String) -> Index? { ranges(of: text).last?.lowerBound }
}
