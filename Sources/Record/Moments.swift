package import Bytes

/// A day of the Gregorian calendar, in the years 1 to 9999.
package struct CalendarDate: Equatable, Comparable, Sendable {
  /// 1 to 9999.
  package let year: Int
  /// 1 to 12.
  package let month: Int
  /// From 1 to the month's length.
  package let day: Int

  /// `2021-11-10`, and nothing beside it.
  package init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 3,
      let year = Int(digits: parts[0], count: 4, in: 1...9999),
      let month = Int(digits: parts[1], count: 2, in: 1...12),
      let day = Int(digits: parts[2], count: 2, in: 1...Self.length(ofMonth: month, year: year))
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// Days since 1 January of the year 1.
  package var dayNumber: Int {
    let before = year - 1
    let leapDays = before / 4 - before / 100 + before / 400
    let months = (1..<month).reduce(0) { $0 + Self.length(ofMonth: $1, year: year) }
    return before * 365 + leapDays + months + day - 1
  }

  /// The earlier day first.
  package static func < (one: Self, other: Self) -> Bool {
    (one.year, one.month, one.day) < (other.year, other.month, other.day)
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// A time of day on a 24-hour clock.
package struct ClockTime: Equatable, Comparable, Sendable {
  /// 0 to 86,399.
  package let secondOfDay: Int

  /// `09:30`, `9:30` or `09:30:00`, and nothing beside it.
  package init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, (1...2).contains(parts[0].count),
      let hour = Int(digits: parts[0], count: parts[0].count, in: 0...23),
      let minute = Int(digits: parts[1], count: 2, in: 0...59)
    else { return nil }
    var second = 0
    if parts.count == 3 {
      guard let given = Int(digits: parts[2], count: 2, in: 0...59) else { return nil }
      second = given
    }
    secondOfDay = hour * 3600 + minute * 60 + second
  }

  /// The earlier time first.
  package static func < (one: Self, other: Self) -> Bool { one.secondOfDay < other.secondOfDay }
}

/// A day, with a time and an offset from UTC where they are known.
package struct DateTime: Equatable, Sendable {
  /// The day as written.
  package let date: CalendarDate
  /// The time as written; nil for the whole day.
  package let time: ClockTime?
  /// Minutes east of UTC; nil where the visit's or the entry's zone applies.
  package let offset: Int?

  /// `2021-11-10`, `2021-11-10 09:30`, `2021-11-10T09:30+01:00`, `2021-11-10T08:30Z`.
  package init?(_ text: String) {
    let parts = text.utf8.split(maxSplits: 1, whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "T") })
    guard let first = parts.first, let date = CalendarDate(Substring(first)) else { return nil }
    self.date = date
    guard parts.count == 2 else {
      guard parts[0].count == text.utf8.count else { return nil }
      (time, offset) = (nil, nil)
      return
    }
    let clock = Substring(parts[1])
    guard let mark = clock.utf8.firstIndex(where: { [0x2b, 0x2d, 0x5a].contains($0) }) else {
      guard let time = ClockTime(clock) else { return nil }
      (self.time, offset) = (time, nil)
      return
    }
    guard let time = ClockTime(clock[..<mark]), let offset = Self.offset(clock[mark...]) else { return nil }
    (self.time, self.offset) = (time, offset)
  }

  init(date: CalendarDate, time: ClockTime?, offset: Int? = nil) {
    (self.date, self.time, self.offset) = (date, time, offset)
  }

  /// Seconds since the start of the year 1 in UTC at the latest reading of the value.
  ///
  /// A day without a time ends at midnight. A time without an offset is read in the westernmost zone, UTC-12:00: no zone
  /// file is asked, so that the answer is the same on every laptop, and an embargo never ends too early.
  package var latestInstant: Int {
    date.dayNumber * 86_400 + (time?.secondOfDay ?? 86_400) - (offset ?? -12 * 60) * 60
  }

  private static func offset(_ text: Substring) -> Int? {
    if text == "Z" { return 0 }
    let sign = text.utf8.first == UInt8(ascii: "-") ? -1 : 1
    let parts = text.utf8.dropFirst().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, let hours = Int(digits: parts[0], count: 2, in: 0...14),
      let minutes = Int(digits: parts[1], count: 2, in: 0...59)
    else { return nil }
    return sign * (hours * 60 + minutes)
  }
}

extension DateTime {
  /// When an engagement ends, from the plain texts of its fields: its end, else the end of its day; nil without a day.
  ///
  /// An end before the start is after midnight, on the next day. Where a text cannot be read there is no answer.
  package init?(endOfEngagementOn date: ExactText?, start: ExactText?, end: ExactText?) {
    let day = date.flatMap { CalendarDate($0.string.trimmed) }
    guard let end = end?.string.trimmed, !end.isEmpty else {
      guard let day else { return nil }
      self.init(date: day, time: nil)
      return
    }
    if let whole = DateTime(end) {
      self = whole
      return
    }
    guard let day, let time = ClockTime(end) else { return nil }
    let begins = start.flatMap { ClockTime($0.string.trimmed) }
    let isNextDay = begins.map { time < $0 } ?? false
    self.init(date: isNextDay ? day.next : day, time: time)
  }
}

extension CalendarDate {
  /// The day after; the last day of the year 9999 is its own.
  package var next: CalendarDate {
    if day < Self.length(ofMonth: month, year: year) { return CalendarDate(unchecked: (year, month, day + 1)) }
    if month < 12 { return CalendarDate(unchecked: (year, month + 1, 1)) }
    return year < 9999 ? CalendarDate(unchecked: (year + 1, 1, 1)) : self
  }

  private init(unchecked parts: (Int, Int, Int)) { (year, month, day) = parts }
}
