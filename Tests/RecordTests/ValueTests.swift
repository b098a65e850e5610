import Bytes
import Record
import Testing

@Suite struct ValueTests {
  @Test(arguments: [
    ("date", "2021-11-10"), ("date", "2020-02-29"), ("date", "2000-02-29"), ("date", " 2021-11-10 "),
    ("due", "2021-11-10 09:30"), ("due", "2021-11-10T09:30+01:00"), ("due", "2021-11-10T08:30Z"), ("due", "2021-11-10"),
    ("start", "9:30"), ("start", "09:30"), ("start", "00:45"), ("start", "2021-11-11 00:45"),
    ("zone", "Europe/Paris"), ("zone", "America/Argentina/Ushuaia"), ("zone", "Etc/GMT+5"), ("zone", "UTC"),
    ("dates", "2021-11-09 to 2021-11-13"), ("dates", "2021-11-09/2021-11-13"), ("dates", "2021-11-10"),
    ("travel_time", "45 min"), ("travel_time", "1 h 30 min"), ("travel_time", "1h30m"), ("travel_time", "2 days"),
    ("expected", "20"), ("expected", "about 20"), ("expected", "~20"),
    ("position", "48.8704, 2.3167"), ("position", "-33.9,-70"),
    ("time_fixed", "yes"), ("time_fixed", "TRUE"), ("time_fixed", "no"),
    ("terms", "off the record"), ("terms", "Off-the-record"), ("terms", "ON THE RECORD"),
    ("host", "[[emmanuel-macron]]"), ("host", "people/emmanuel-macron.md"), ("host", "Emmanuel Macron"),
    ("host", "[[emmanuel-macron|the President]]"), ("participants", "[[emmanuel-macron]]"),
    ("embargo", "2021-11-10 18:00"), ("embargo", "[[2021-11-10-bilateral-meeting]]"),
    ("embargo", "until the end of engagements/2021-11-10-bilateral-meeting.md"),
  ]) func `a value that a person would write is understood`(key: String, text: String) {
    #expect(problem(key, text) == nil)
  }

  @Test(arguments: [
    ("date", "2021-02-29"), ("date", "1900-02-29"), ("date", "2021-11-31"), ("date", "2021-13-01"),
    ("date", "10.11.2021"),
    ("date", "2021-11-1"), ("date", "0000-01-01"), ("date", "2021-11-10 09:30"), ("date", "next Wednesday"),
    ("due", "2021-11-10 25:00"), ("due", "2021-11-10T09:30+1"), ("due", "2021-11-10T09:30+01:60"),
    ("due", "2021-11-10T"),
    ("start", "24:00"), ("start", "09:60"), ("start", "9.30"), ("start", "2021-11-10"), ("start", "in the morning"),
    ("zone", "Paris"), ("zone", "Europe/"), ("zone", "Europe/Paris/x/y"), ("zone", "CET+1"),
    ("dates", "2021-11-13 to 2021-11-09"), ("dates", "November"),
    ("travel_time", "30"), ("travel_time", "30 min 1 h"), ("travel_time", "soon"),
    ("travel_time", "99999999999999999999 d"),
    ("expected", "many"), ("expected", "99999999999999999999"), ("expected", "-3"),
    ("position", "91, 0"), ("position", "48.8704"), ("position", "nan, 0"), ("position", "0x10, 2"),
    ("time_fixed", "1"), ("time_fixed", "perhaps"), ("terms", "not for attribution"), ("status", "maybe"),
    ("host", "[[]]"), ("host", "[[a]] and [[b]]"), ("embargo", "none yet"), ("title", "two\nlines"),
  ]) func `a value that cannot be read is named with what was expected, and nothing else happens to it`(
    key: String, text: String
  ) throws {
    let found = try #require(problem(key, text))
    #expect(found.key == ExactText(key))
    #expect(!found.expected.isEmpty)
  }

  @Test func `absence and emptiness are no problem`() {
    #expect(Schema.field("date", ofKind: "engagement").problem(with: nil) == nil)
    #expect(problem("date", "") == nil)
    #expect(problem("date", "  ") == nil)
  }

  @Test(arguments: [
    ("start", "9:30", "09:30"), ("start", "09:30", "09:30:00"), ("due", "2021-11-10 09:30", "2021-11-10T09:30"),
    ("time_fixed", "yes", "true"), ("terms", "Off The Record", "off-the-record"), ("title", "Dinner", " Dinner "),
    ("dates", "2021-11-09 to 2021-11-13", "2021-11-09/2021-11-13"), ("travel_time", "90 min", "1 h 30 min"),
  ]) func `two spellings of one typed value are the same`(key: String, one: String, other: String) {
    #expect(field(key).isSame(ExactText(one), ExactText(other)))
  }

  @Test(arguments: [
    ("start", "09:30", "09:31"), ("due", "2021-11-10", "2021-11-10 00:00"), ("start", "soon", "Soon"),
    ("expected", "20", "about 20"), ("host", "[[emmanuel-macron]]", "people/emmanuel-macron.md"),
    ("title", "caf\u{e9}", "cafe\u{301}"), ("gifts", "yes", "true"), ("purpose", "to talk", "to talk "),
  ]) func `different values, and unknown ones that differ in a byte, are not the same`(
    key: String, one: String, other: String
  ) {
    #expect(!field(key).isSame(ExactText(one), ExactText(other)))
  }

  @Test func `absence is the same as absence alone`() {
    #expect(field("start").isSame(nil, nil))
    #expect(!field("start").isSame(nil, ""))
  }

  @Test func `a link is known by its file name however it is written`() {
    for text in ["[[emmanuel-macron]]", "people/emmanuel-macron.md", "[[people/emmanuel-macron#Life|the President]]"] {
      #expect(Link(ExactText(text))?.fileName == "emmanuel-macron")
    }
  }

  private func field(_ key: String) -> FieldSchema {
    let kinds: [ExactText] = ["engagement", "statement", "note", "visit", "place"]
    let fields = kinds.map { Schema.field(ExactText(key), ofKind: $0) }
    return fields.first { $0.type != .text || $0.meaning != "Not in this schema." } ?? fields[0]
  }

  private func problem(_ key: String, _ text: String) -> FieldProblem? { field(key).problem(with: ExactText(text)) }
}
