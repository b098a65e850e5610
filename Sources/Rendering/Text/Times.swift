package import Foundation

/// Moments in words: the clock of one place, as seen from now.
package struct Times: Sendable {
  /// Seconds since 1970.
  package let now: Int64
  private let zone: TimeZone
  /// Where the clock is, where that is not the reader's own: `in Paris`, or the zone's name where it is no town's.
  private let place: Line?

  /// `zone` is the visit's; without one that the system knows, the reader's own is used.
  package init(now: Int64, zone: String?, local: TimeZone) {
    self.now = Self.clamped(now)
    let given = zone.flatMap { TimeZone(identifier: $0) }
    self.zone = given ?? local
    let date = Date(timeIntervalSince1970: Double(self.now))
    let isElsewhere = given.map { $0.secondsFromGMT(for: date) != local.secondsFromGMT(for: date) } ?? false
    let parts = zone?.split(separator: "/") ?? []
    let name = String(parts.last ?? "").replacing("_", with: " ")
    let isTown = parts.count > 1 && parts.first != "Etc"
    let words: Line = isTown ? "in \(name)" : "\(name)"
    place = isElsewhere ? words : nil
  }

  /// The same moments on the clock of a zone, as a reader sees them whose clock this is.
  package func on(zone: String?) -> Times { Times(now: now, zone: zone, local: self.zone) }

  /// `today 09:12`, `yesterday 18:03`, `8 Nov 09:12`, `8 Nov 2021 09:12 in Paris`: without brackets, since it stands in
  /// some.
  package func spoken(_ time: Int64) -> Line {
    let moment = Moment(time, zone)
    return "\(own: day(of: moment)) \(clock(moment))"
  }

  /// The same without the word "today".
  package func short(_ time: Int64) -> Line {
    let moment = Moment(time, zone)
    return moment.day == Moment(now, zone).day ? clock(moment) : "\(own: day(of: moment)) \(clock(moment))"
  }

  private func clock(_ moment: Moment) -> Line {
    let clock: Line = "\(own: moment.hour.twoDigits):\(own: moment.minute.twoDigits)"
    return place.map { "\(clock) \($0)" } ?? clock
  }

  private func day(of moment: Moment) -> String {
    let today = Moment(now, zone)
    switch moment.day - today.day {
    case 0: return "today"
    case -1: return "yesterday"
    case 1: return "tomorrow"
    default:
      let day = "\(moment.dayOfMonth) \(Self.months[moment.month - 1])"
      return moment.year == today.year ? day : "\(day) \(moment.year)"
    }
  }

  /// `2021-11-10T09:12:00Z`, for programs.
  package static func iso(_ time: Int64) -> String {
    let moment = Moment(time, .gmt)
    let year = String(repeating: "0", count: max(0, 4 - "\(moment.year)".count)) + "\(moment.year)"
    return "\(year)-\(moment.month.twoDigits)-\(moment.dayOfMonth.twoDigits)"
      + "T\(moment.hour.twoDigits):\(moment.minute.twoDigits):\(moment.second.twoDigits)Z"
  }

  /// A peer's clock may say anything: years 1 to 9999 are enough.
  fileprivate static func clamped(_ time: Int64) -> Int64 { min(max(time, -62_135_596_800), 253_402_300_799) }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

/// A time as a calendar and a clock on the wall have it.
private struct Moment {
  /// Days since 1 January 1970 there.
  let day: Int
  let year: Int
  let month: Int
  let dayOfMonth: Int
  let hour: Int
  let minute: Int
  let second: Int

  init(_ time: Int64, _ zone: TimeZone) {
    let time = Times.clamped(time)
    let local = Int(time) + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time)))
    let secondOfDay = (local % 86_400 + 86_400) % 86_400
    day = (local - secondOfDay) / 86_400
    (hour, minute, second) = (secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60)
    // Counted from 1 March of the year 0, leap days come last in their years.
    let sinceMarch = day + 719_468
    let era = (sinceMarch >= 0 ? sinceMarch : sinceMarch - 146_096) / 146_097
    let dayOfEra = sinceMarch - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }
}

extension Int {
  fileprivate var twoDigits: String { self < 10 ? "0\(self)" : "\(self)" }
}
