import PropertyTesting
import Testing
import TextDiff

/// The slow, plain meaning of replacements, on scalars.
func applying(_ edits: [TextReplacement], to text: String) -> String {
  var scalars = Array(text.unicodeScalars)
  for edit in edits {
    scalars.replaceSubrange(edit.position..<edit.position + edit.deleted, with: edit.inserted.unicodeScalars)
  }
  var view = String.UnicodeScalarView()
  view.append(contentsOf: scalars)
  return String(view)
}

/// The old text with its changes in the notation of `review`: `[-old-]{+new+}`.
func marks(_ old: String, _ new: String) -> String {
  TextDiff.marked(from: old, to: new).map { run in
    switch run.kind {
    case .same: run.text
    case .deleted: "[-\(run.text)-]"
    case .inserted: "{+\(run.text)+}"
    }
  }.joined()
}

/// The edits in the same notation, as they cut the old text.
func cuts(_ old: String, _ new: String) -> String {
  let scalars = Array(old.unicodeScalars)
  var out = String.UnicodeScalarView()
  var (done, shift) = (0, 0)
  for edit in TextDiff.edits(from: old, to: new) {
    let start = edit.position - shift
    out.append(contentsOf: scalars[done..<start])
    if edit.deleted > 0 {
      out.append(contentsOf: "[-".unicodeScalars)
      out.append(contentsOf: scalars[start..<start + edit.deleted])
      out.append(contentsOf: "-]".unicodeScalars)
    }
    if !edit.inserted.isEmpty { out.append(contentsOf: "{+\(edit.inserted)+}".unicodeScalars) }
    done = start + edit.deleted
    shift += edit.inserted.unicodeScalars.count - edit.deleted
  }
  out.append(contentsOf: scalars[done...])
  return String(out)
}

@Suite struct EditTests {
  @Test(arguments: [
    // A word typed, deleted, replaced.
    ("We meet at the gate.", "We meet early at the gate.", "We meet {+early +}at the gate."),
    ("We meet early at the gate.", "We meet at the gate.", "We meet [-early -]at the gate."),
    ("We meet at the gate.", "We meet at the embassy.", "We meet at the [-gate-]{+embassy+}."),
    ("We meet at the gate.", "We meet at the gate. Bring a badge.", "We meet at the gate.{+ Bring a badge.+}"),
    ("We meet at the gate.\n", "We meet at the gate.\nBring a badge.\n", "We meet at the gate.\n{+Bring a badge.\n+}"),
    // Two words of a sentence: two edits.
    ("The quick brown fox jumps.", "The slow brown fox rests.", "The [-quick-]{+slow+} brown fox [-jumps-]{+rests+}."),
    ("the red big house", "the blue big barn", "the [-red-]{+blue+} big [-house-]{+barn+}"),
    // Two words side by side: one.
    ("the red house here", "the blue barn here", "the [-red house-]{+blue barn+} here"),
    // Letters where the words are alike, and only there.
    ("We recieve guests.", "We receive guests.", "We rec[-ie-]{+ei+}ve guests."),
    ("one cat sat", "one cats sat", "one cat{+s+} sat"),
    ("the committee agreed", "the committees agree", "the committee{+s+} agree[-d-]"),
    ("they reject it", "they retain it", "they [-reject-]{+retain+} it"),
    ("the president spoke", "the prefecture spoke", "the [-president-]{+prefecture+} spoke"),
    ("it is so", "it was so", "it [-is-]{+was+} so"),
    ("a note book", "a notebook", "a note[- -]book"),
    // Numbers, times and dates are never half kept.
    ("at 10:30 sharp", "at 11:30 sharp", "at [-10:30-]{+11:30+} sharp"),
    ("on 2021-11-10, Paris", "on 2021-11-11, Paris", "on [-2021-11-10-]{+2021-11-11+}, Paris"),
    ("cost 1,000.50 euro", "cost 1,200.50 euro", "cost [-1,000.50-]{+1,200.50+} euro"),
    // Words kept by accident are not kept.
    (
      "The delegation arrives of course at the southern gate of the palace.",
      "Yesterday evening everybody left of shame towards Vienna by train.",
      "[-The delegation arrives of course at the southern gate of the palace-]"
        + "{+Yesterday evening everybody left of shame towards Vienna by train+}."
    ),
    // Places where a person would have typed it.
    ("One. Two. Three.", "One. Two. New. Three.", "One. Two. {+New. +}Three."),
    ("- a\n- c\n", "- a\n- b\n- c\n", "- a\n{+- b\n+}- c\n"),
    ("A one.\n\nC one.\n", "A one.\n\nB one.\n\nC one.\n", "A one.\n\n{+B one.\n\n+}C one.\n"),
    ("very good", "very very good", "{+very +}very good"),
    // A paragraph cut in two, and joined again.
    ("A word. B word.\n", "A word.\n\nB word.\n", "A word.[- -]{+\n\n+}B word.\n"),
    ("A word.\n\nB word.\n", "A word. B word.\n", "A word.[-\n\n-]{+ +}B word.\n"),
    // Line ends and indentation.
    ("one\r\ntwo\r\n", "one\ntwo\n", "one[-\r\n-]{+\n+}two[-\r\n-]{+\n+}"),
    ("if x\n  do\nend\n", "if x\n    do\nend\n", "if x\n{+  +}  do\nend\n"),
    // Scripts without spaces, emoji, marks.
    ("总统会见了总理。", "总统明天会见了总理。", "总统{+明天+}会见了总理。"),
    ("红大房", "蓝大屋", "[-红大房-]{+蓝大屋+}"),
    ("ok 👩‍👩‍👧 go", "ok 👩‍👩‍👦 go", "ok [-👩‍👩‍👧-]{+👩‍👩‍👦+} go"),
    ("🇫🇷🇩🇪", "🇫🇷🇪🇸", "🇫🇷[-🇩🇪-]{+🇪🇸+}"),
    ("resume\u{301} read", "resume read", "resum[-e\u{301}-]{+e+} read"),
    ("caf\u{e9}", "cafe\u{301}", "caf[-\u{e9}-]{+e\u{301}+}"),
    // Nothing, and all.
    ("", "", ""), ("", "new", "{+new+}"), ("old", "", "[-old-]"), ("same", "same", "same"),
  ])
  func `edits are what a person would say they did`(old: String, new: String, expected: String) {
    #expect(cuts(old, new).unicodeScalars.elementsEqual(expected.unicodeScalars), "\(cuts(old, new))")
    #expect(applying(TextDiff.edits(from: old, to: new), to: old).unicodeScalars.elementsEqual(new.unicodeScalars))
  }

  @Test(arguments: [
    ("We recieve guests.", "We receive guests.", "We [-recieve-]{+receive+} guests."),
    ("the committee agreed", "the committees agree", "the [-committee-]{+committees+} [-agreed-]{+agree+}"),
    ("à l’hôtel à 10:30", "à d’hôtel à 10:45", "à [-l’hôtel-]{+d’hôtel+} à [-10:30-]{+10:45+}"),
    ("One. Two. Three.", "One. Three. Four.", "One. [-Two. -]Three.{+ Four.+}"),
    ("A word. B word.\n", "A word.\n\nB word.\n", "A word.[- -]{+\n\n+}B word.\n"),
    ("", "new", "{+new+}"), ("old", "", "[-old-]"), ("same", "same", "same"), ("", "", ""),
  ])
  func `marked texts show changed words whole`(old: String, new: String, expected: String) {
    #expect(marks(old, new) == expected)
  }

  @Test func `lines differing in their ends or indentation only are matched, and the words in them compared`() {
    let old = (0..<50).map { "line \($0) of the programme\n" }.joined()
    let new = old.replacing("\n", with: "\r\n").replacing("line 7 of", with: "  line 7 of our")
    let edits = TextDiff.edits(from: old, to: new)
    // One a line end, the indentation with the one before it, and "our".
    #expect(edits.count == 51)
    #expect(edits.allSatisfy { $0.deleted <= 1 && $0.inserted.unicodeScalars.count <= 4 })
  }

  @Test func `a moved paragraph is deleted and inserted whole`() {
    let (a, b, c) = ("The first of them.\n\n", "Then another one.\n\n", "And the last.\n\n")
    #expect(cuts(a + b + c, c + a + b) == "{+\(c)+}\(a)\(b)[-\(c)-]")
  }
}
