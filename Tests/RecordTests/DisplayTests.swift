import Bytes
import Record
import Testing

@Suite struct DisplayTests {
  @Test func `the last by history's order is shown where no rule speaks`() {
    #expect(DisplayRule.lastInHistory.shown(among: ["10:30", "09:00", nil]) == 0)
    #expect(DisplayRule.lastInHistory.shown(among: [nil, "09:00"]) == 0)
  }

  @Test func `of nothing, nothing is shown`() {
    for rule in [DisplayRule.lastInHistory, .absenceFirst, .strictest(.terms)] { #expect(rule.shown(among: []) == nil) }
  }

  @Test(arguments: [
    (["on the record", "background"], 1),
    (["background", "deep background", "on the record"], 1),
    (["deep background", "off the record"], 1),
    (["Off-The-Record", "off the record"], 0),
    (["on the record", nil], 0),
    ([nil, "on the record"], 1),
    (["", "on the record"], 1),
    (["deep background", "not for use"], 1),
    (["not for use", "off the record"], 0),
    ([nil, ""], 0),
  ]) func `terms show the strictest, presence before absence, the last among equals`(values: [String?], shown: Int) {
    #expect(index(.terms, values) == shown)
  }

  @Test(arguments: [
    (["2021-11-10 18:00", "2021-11-11 09:00"], 1),
    (["2021-11-10", "2021-11-10 18:00"], 0),
    (["2021-11-11 09:00", "when it is over"], 1),
    (["when it is over", "2021-11-11 09:00"], 0),
    ([nil, "2021-11-10 18:00"], 1),
    (["2021-11-10T18:00+01:00", "2021-11-10T18:00-05:00"], 1),
    (["2021-11-10T19:00+01:00", "2021-11-10 18:00"], 1),
    (["[[dinner]]", "2021-11-11 20:00"], 0),
    (["[[dinner]]", "2021-11-11 23:00"], 1),
    (["the end of [[dinner]]", "2021-11-11 20:00"], 0),
    (["2021-11-30", "[[cancelled-long-ago]]"], 1),
  ]) func `an embargo shows the latest, and an unreadable or unresolvable one before all`(values: [String?], shown: Int)
  {
    let context = DisplayContext { link in
      link.fileName == "dinner" ? DateTime(endOfEngagementOn: "2021-11-11", start: "20:00", end: "22:30") : nil
    }
    #expect(index(.embargo, values, context) == shown)
  }

  @Test(arguments: [
    (["Kamala Harris", "a senior administration official"], 1),
    (["a senior administration official", "Vice President Harris"], 0),
    (["HARRIS said", "an official"], 1),
    (["an official of Harrisburg", "Harris"], 0),
    ([nil, "Kamala Harris"], 1),
    (["an official", "a senior official"], 0),
  ]) func `an attribution without the speaker's name is shown before one that has it`(values: [String?], shown: Int) {
    #expect(index(.attribution, values, DisplayContext(speakerNames: ["Kamala Harris"])) == shown)
  }

  @Test func `a speaker without a name has none to give away`() {
    #expect(SpeakerName.names(speaker: "a senior administration official", personName: nil) == [])
    #expect(
      SpeakerName.names(speaker: "[[kamala-harris]]", personName: "Kamala Harris") == [
        "Kamala Harris", "kamala harris",
      ])
    #expect(SpeakerName.names(speaker: nil, personName: nil) == [])
    let context = DisplayContext(speakerNames: SpeakerName.names(speaker: "a senior official", personName: nil))
    #expect(index(.attribution, ["a senior official", "an official"], context) == 0)
  }

  @Test(arguments: [
    (["confirmed", "cancelled"], 1), (["moved", "confirmed"], 0), (["proposed", nil], 0), ([nil, "Cancelled"], 1),
    ([nil, "proposed"], 1),
  ]) func `cancelled is shown before every other status`(values: [String?], shown: Int) {
    #expect(index(.cancellation, values) == shown)
  }

  @Test func `an approval that one side withdrew is not shown`() {
    #expect(DisplayRule.absenceFirst.shown(among: ["[[chief-of-staff]]", nil]) == 1)
    #expect(DisplayRule.absenceFirst.shown(among: ["[[chief-of-staff]]", " "]) == 1)
    #expect(DisplayRule.absenceFirst.shown(among: ["[[a]]", "[[b]]"]) == 0)
  }

  @Test func `an engagement ends at its end, else with its day, and has no end without a day`() throws {
    let evening = try #require(DateTime(endOfEngagementOn: "2021-11-11", start: "20:00", end: "22:30"))
    let pastMidnight = try #require(DateTime(endOfEngagementOn: "2021-11-11", start: "20:00", end: "00:45"))
    let allDay = try #require(DateTime(endOfEngagementOn: "2021-11-11", start: nil, end: nil))
    #expect(evening.latestInstant < allDay.latestInstant)
    #expect(allDay.latestInstant < pastMidnight.latestInstant)
    #expect(DateTime(endOfEngagementOn: nil, start: "20:00", end: "22:30") == nil)
    #expect(DateTime(endOfEngagementOn: "2021-11-11", start: nil, end: "late") == nil)
    #expect(DateTime(endOfEngagementOn: "2021-12-31", start: "23:00", end: "01:00")?.date == CalendarDate("2022-01-01"))
  }

  @Test func `what is shown does not depend on the order in which equals of other ranks arrived`() {
    let values: [String?] = ["on the record", "off the record", nil, "background"]
    for rotation in values.indices {
      let turned = Array(values[rotation...] + values[..<rotation])
      #expect(index(.terms, turned).flatMap { turned[$0] } == "off the record")
    }
  }

  private func index(_ rule: Strictness, _ values: [String?], _ context: DisplayContext = DisplayContext()) -> Int? {
    DisplayRule.strictest(rule).shown(among: values.map { $0.map { ExactText($0) } }, in: context)
  }
}
