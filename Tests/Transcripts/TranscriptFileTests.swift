import Testing

/// How the files of `cases/` are read.
@Suite struct TranscriptFileTests {
  private let text = """
    # A book.

    $ valise new paris
    Made a book.
    \\
    Next.
    ! a warning
    !
    [exit 1]

    $ cat >a.md <<'END'
    > ---
    > text
    > END
    $ true
    # The end.

    """

  @Test func `comments, commands, both streams and the exit code are told apart`() throws {
    let commands = try Transcript(text).commands
    #expect(commands.map(\.script) == ["valise new paris", "cat >a.md <<'END'\n---\ntext\nEND", "true"])
    #expect(
      commands.map(\.result) == [
        Transcript.Result(output: ["Made a book.", "", "Next."], errors: ["a warning", ""], exitCode: 1),
        Transcript.Result(), Transcript.Result(),
      ])
  }

  @Test func `a transcript is written as it was read`() throws {
    #expect(try Transcript(text).text == text)
  }

  @Test func `new results take the place of the old ones, and nothing else changes`() throws {
    let transcript = try Transcript(text)
    let odd = ["other", "", "# heading", "$ 5", "> quoted", "! loud", "!", "[exit 1]", "\\", "#tag"]
    let results = [Transcript.Result(output: odd, errors: odd), Transcript.Result(), Transcript.Result(exitCode: 3)]
    let other = transcript.with(results)
    #expect(other.commands.map(\.result) == results)
    #expect(try Transcript(other.text) == other)
    #expect(other.with(transcript.commands.map(\.result)) == transcript)
  }

  @Test func `output before any command is an error`() {
    #expect(throws: Transcript.Problem(line: 2)) { try Transcript("# a\noutput\n") }
  }

  @Test func `what differs from run to run gets words, and equal hashes equal ones`() {
    var normaliser = Normaliser(fixed: [("/tmp/x/folder", "{DIR}"), ("40123", "{PORT}")])
    #expect(
      normaliser.normalised("0123456789 and abcdef0123 and 0123456789") == "hash000001 and hash000002 and hash000001")
    #expect(normaliser.normalised("abcdef0123") == "hash000002")
    #expect(
      normaliser.normalised("today 09:12, yesterday 23:59, start: 10:00") == "today HH:MM, today HH:MM, start: 10:00")
    #expect(normaliser.normalised("4 changes wait (oldest from 09:12).") == "4 changes wait (oldest from HH:MM).")
    #expect(
      normaliser.normalised("/tmp/x/folder/a valise://localhost:40123/b") == "{DIR}/a valise://localhost:{PORT}/b")
    #expect(normaliser.normalised("(1.2 KB up, 312 bytes down)") == "(N bytes up, N bytes down)")
    #expect(
      normaliser.normalised("2021-11-10 stays, deadbeef is too short, beefbeefbeef too long")
        == "2021-11-10 stays, deadbeef is too short, beefbeefbeef too long")
  }
}
