import Foundation
import Testing

import Rendering

/// Columns, colours and widths.
@Suite struct ScreenTests {
  @Test(arguments: [
    ("Anne", 4), ("Élysée", 6), ("e\u{301}", 1), ("日本", 4), ("ｆｕｌｌ", 8), ("한국", 4), ("ประเทศไทย", 9), ("ทำ", 2),
    ("👩\u{200D}💻", 2), ("🇫🇷", 2), ("❤\u{FE0F}", 2), ("❤", 1), ("👋🏽", 2), ("⏰", 2), ("می\u{200C}خواهم", 7),
    ("\u{2068}عبد\u{2069}", 3), ("1\u{FE0F}\u{20E3}", 2), ("", 0),
  ]) func `a text is as wide as a terminal draws it`(text: String, width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test func `U27: columns hold with names in any script, joiners stay, and an override is shown as an escape`() {
    var table = Table()
    let names = ["Anne", "عبد الله", "می\u{200C}خواهم", "สมชาย", "山田太郎", "👩\u{200D}💻 Eve", "\u{202E}Mallory"]
    for name in names { table.add("\(name)", "09:12") }
    let lines = table.lines(on: .wide)
    let starts = lines.map { line in
      line.text.range(of: "09:12").map { String(line.text[..<$0.lowerBound]).displayWidth }
    }
    #expect(Set(starts).count == 1)
    #expect(lines[2].text.contains("\u{200C}"))
    #expect(lines[6].text.contains("\\u{202E}Mallory"))
  }

  @Test func `a row that is too long for the screen ends in an ellipsis and keeps to its width`() {
    for width in 20...40 {
      var table = Table()
      table.add("ab12", "\("日本国日本国日本国日本国日本国日本国")")
      table.add("ab12", "\(String(repeating: "عبد الله ", count: 9))")
      let screen = Screen(width: width, hasColour: false, times: .fixed)
      for line in table.lines(on: screen) {
        #expect(line.width <= width)
        #expect(line.text.hasSuffix("…"))
        let opened = line.text.unicodeScalars.filter { $0 == "\u{2068}" }.count
        #expect(opened == line.text.unicodeScalars.filter { $0 == "\u{2069}" }.count)
      }
    }
  }

  @Test func `without a width nothing is cut`() {
    var table = Table()
    let long = String(repeating: "word ", count: 100)
    table.add("\(long)")
    #expect(table.lines(on: .wide).map(\.text) == [long])
  }

  @Test func `colours are there where the screen has them, and only there`() {
    let line: Line = "\("bad", .bad) and plain"
    #expect(Screen(width: nil, hasColour: true, times: .fixed).text([line]) == "\u{1B}[31mbad\u{1B}[0m and plain\n")
    #expect(Screen.wide.text([line]) == "bad and plain\n")
  }
}

/// Moments in words. 24 November 2026 was a Tuesday; it is 12:00 UTC.
@Suite struct TimesTests {
  private let now: Int64 = 1_795_521_600

  @Test(arguments: [
    (0, "today 12:00"), (-3 * 3600, "today 09:00"), (-12 * 3600, "today 00:00"), (-12 * 3600 - 1, "yesterday 23:59"),
    (12 * 3600, "tomorrow 00:00"), (-3 * 86_400, "21 Nov 12:00"), (-400 * 86_400, "20 Oct 2025 12:00"),
  ]) func `a time is told as seen from now`(seconds: Int, expected: String) {
    #expect(Times(now: now, zone: nil, local: .gmt).spoken(now + Int64(seconds)).text == expected)
  }

  @Test func `a day ends at midnight of the place, not of Greenwich`() {
    let times = Times(now: now, zone: "Asia/Tokyo", local: .gmt)
    #expect(times.spoken(now - 13 * 3600).text == "today 08:00 in Tokyo")
    #expect(times.spoken(now + 3 * 3600).text == "tomorrow 00:00 in Tokyo")
  }

  @Test func `the place is named only where it has another time than the reader`() throws {
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    #expect(Times(now: now, zone: "Europe/Paris", local: berlin).spoken(now).text == "today 13:00")
  }

  @Test func `a zone that nobody knows leaves the reader's own`() {
    #expect(Times(now: now, zone: "Mars/Olympus", local: .gmt).spoken(now).text == "today 12:00")
  }

  @Test(arguments: [Int64.min, .max, 0, -1, 253_402_300_800]) func `a peer's clock may say anything`(time: Int64) {
    let times = Times(now: time, zone: "Asia/Tokyo", local: .gmt)
    #expect(!times.spoken(now).isEmpty && !times.spoken(time).isEmpty)
    #expect(Times.iso(time).hasSuffix("Z"))
  }

  @Test func `programs get times that sort`() {
    #expect(Times.iso(now) == "2026-11-24T12:00:00Z")
    #expect(Times.iso(0) == "1970-01-01T00:00:00Z")
    #expect(Times.iso(.min) == "0001-01-01T00:00:00Z")
    #expect(Times.iso(.max) == "9999-12-31T23:59:59Z")
  }

  @Test func `the calendar is the system's, day after day`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for day in stride(from: -40_000, to: 60_000, by: 7) {
      let time = Int64(day) * 86_400 + 3
      let parts = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(time)))
      let expected = try [#require(parts.year), #require(parts.month), #require(parts.day)]
      #expect(Times.iso(time).prefix(10).split(separator: "-").compactMap { Int($0) } == expected)
    }
  }
}

extension Screen {
  static let wide = Screen(width: nil, hasColour: false, times: .fixed)
}

extension Times {
  static let fixed = Times(now: 1_795_521_600, zone: nil, local: .gmt)
}
