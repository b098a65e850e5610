import Bytes

extension Schema {
  /// The fields that an entry of any kind may have.
  package static let common: [FieldSchema] = [
    FieldSchema("kind", .line, "The kind, where the folder does not say it."),
    FieldSchema("aliases", .textSet, "Other names under which links find the entry."),
    FieldSchema("tags", .textSet, "Words to find the entry by."),
  ]

  /// The part of an entry below its front matter; every kind has one.
  package static let body = FieldSchema("body", .markdown, "The text below the front matter.")

  /// Every kind that this program knows, and every field: the one table from which `Protocol/record.md` is written.
  package static let kinds: [KindSchema] = [
    KindSchema(
      "visit", folder: nil, "The visit itself; one entry, `visit.md`.",
      [
        FieldSchema("title", .line, "What the visit is called."),
        FieldSchema("principal", .link(to: ["person"]), "Whose visit it is."),
        FieldSchema("host", .link(to: ["person"]), "Who receives the principal."),
        FieldSchema("dates", .period, "First and last day."),
        FieldSchema("zone", .timeZone, "Where times without an offset are read."),
        FieldSchema(
          "day_starts", .time, "When a day of the schedule begins; what is earlier belongs to the evening before."),
        FieldSchema("goals", .textSet, "What the visit is to achieve."),
        FieldSchema("key_message", .text, "What everybody should take away."),
      ]),
    KindSchema(
      "person", folder: "people", "Somebody whom the visit concerns, by name.",
      [
        FieldSchema("name", .line, "The name as it is written."),
        FieldSchema("role", .line, "Office or function."),
        FieldSchema("organisation", .line, "State, institution or company."),
        FieldSchema("form_of_address", .line, "How to speak to the person."),
        FieldSchema("pronunciation", .line, "How the name sounds."),
        FieldSchema("languages", .textSet, "What the person speaks, best first."),
        FieldSchema("diet", .line, "What the kitchen has to know."),
        FieldSchema("contact", .text, "How to reach the person or the office."),
      ]),
    KindSchema(
      "place", folder: "places", "Where something happens.",
      [
        FieldSchema("name", .line, "The name as it is written."),
        FieldSchema("address", .text, "Street and town."),
        FieldSchema("position", .position, "Where it is on a map."),
        FieldSchema("zone", .timeZone, "The place's own time zone, where it is not the visit's."),
        FieldSchema("contact", .text, "Whom to call there."),
        FieldSchema("access", .text, "Gates, badges, parking, lifts."),
      ]),
    KindSchema(
      "engagement", folder: "engagements",
      "Something that takes place: a meeting, a ceremony, a journey. One with `from` and `to` is a movement.",
      [
        FieldSchema("title", .line, "What it is called on the schedule."),
        FieldSchema("form", .choice(forms), "What sort of engagement it is."),
        FieldSchema("date", .date, "The day; without `start`, all of it; none while the day is open."),
        FieldSchema("start", .moment, "When it begins."),
        FieldSchema("end", .moment, "When it ends."),
        FieldSchema("zone", .timeZone, "The zone of its times, where it is not the visit's."),
        FieldSchema("time_fixed", .flag, "Whether its time may no longer be moved."),
        FieldSchema(
          "status", .choice(["proposed", "confirmed", "moved", "cancelled"]), shown: .strictest(.cancellation),
          "How firm it is."),
        FieldSchema("place", .link(to: ["place"]), "Where."),
        FieldSchema("room", .line, "Where in the place."),
        FieldSchema("host", .link(to: ["person"]), "Who receives."),
        FieldSchema("participants", .participants, "Who takes part, in order of precedence."),
        FieldSchema("expected", .count, "How many take part, named ones included."),
        FieldSchema("interpreter", .link(to: ["person"]), "Who interprets."),
        FieldSchema("topics", .linkList(to: ["topic"]), "What it is about."),
        FieldSchema("purpose", .text, "What it is for."),
        FieldSchema("lead", .link(to: ["person"]), "Who in the office answers for it."),
        FieldSchema("press_access", .choice(["open", "pool", "photo", "closed"]), "What the press may attend."),
        FieldSchema("press_call", .moment, "When the press has to be there."),
        FieldSchema("from", .link(to: ["place"]), "Where a movement begins."),
        FieldSchema("to", .link(to: ["place"]), "Where a movement ends."),
        FieldSchema("travel_time", .duration, "How long a movement takes."),
        FieldSchema("manifest", .participants, "Who travels, in order of precedence."),
      ]),
    KindSchema(
      "topic", folder: "topics", "A matter that engagements return to.",
      [
        FieldSchema("title", .line, "What it is called."),
        FieldSchema("lead", .link(to: ["person"]), "Who in the office answers for it."),
        FieldSchema("position", .text, "What the principal's side holds."),
        FieldSchema("sensitivity", .choice(["low", "medium", "high"]), "How carefully to speak of it."),
      ]),
    KindSchema(
      "statement", folder: "statements",
      "What somebody said, with the terms on which it may be used; the body is the text.",
      [
        FieldSchema("title", .line, "What it is about, in a line."),
        FieldSchema(
          "speaker", .link(to: ["person"]), "Who said it; plain text, or nothing, where the speaker has no name."),
        FieldSchema("attribute_as", .line, shown: .strictest(.attribution), "The words that stand for the speaker."),
        FieldSchema("terms", .choice(Terms.words), shown: .strictest(.terms), "On what terms it may be used."),
        FieldSchema("embargo", .embargo, shown: .strictest(.embargo), "Until when it is held back."),
        FieldSchema("occasion", .link(to: ["engagement"]), "Where it was said, or what it is about."),
        FieldSchema("date", .dateTime, "When it was said."),
        FieldSchema("source", .text, "Where the office has it from."),
        FieldSchema("wording", .choice(["verbatim", "paraphrase"]), "Whether these are the speaker's own words."),
        FieldSchema("language", .line, "The language in which it was said."),
        FieldSchema("topics", .linkList(to: ["topic"]), "What it is about."),
      ]),
    KindSchema(
      "question", folder: "questions", "What is still open.",
      [
        FieldSchema("title", .line, "The question."),
        FieldSchema("asked_by", .link(to: ["person"]), "Who asks."),
        FieldSchema("owner", .link(to: ["person"]), "Who owes the answer."),
        FieldSchema("about", .linkList(to: everyKind), "What it concerns."),
        FieldSchema("due", .dateTime, "When the answer is needed."),
        FieldSchema("status", .choice(["open", "answered", "withdrawn"]), "Where it stands."),
        FieldSchema("answer", .text, "The answer."),
      ]),
    KindSchema(
      "note", folder: "notes", "A briefing note.",
      [
        FieldSchema("title", .line, "What it is called."),
        FieldSchema("brief", .choice(["points", "background", "defensive"]), "What the note is for."),
        FieldSchema("about", .linkList(to: everyKind), "What it prepares for."),
        FieldSchema("author", .link(to: ["person"]), "Who writes it."),
        FieldSchema("due", .dateTime, "When it has to be ready."),
        FieldSchema("cleared_by", .link(to: ["person"]), shown: .absenceFirst, "Who released it; nobody until it is."),
      ]),
  ]

  private static let forms = [
    "bilateral", "multilateral", "forum", "conference", "ceremony", "speech", "press", "tour", "visit", "reception",
    "dinner", "call", "travel", "private", "other",
  ]

  private static let everyKind = ["visit", "person", "place", "engagement", "topic", "statement", "question", "note"]
}
