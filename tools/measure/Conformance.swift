import ArgumentParser
import Bytes

struct Conformance: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Merge the histories of a file and compare the texts with those that it names.",
    discussion: """
      Each case becomes real changes, is packed, unpacked, and received by the code that sync uses, in five random \
      orders; the naive model merges it, too. A trace is received in one order, by the code that sync uses alone.
      """)

  @Flag(help: "The file is one editing trace (EGTRACE1): FILE [EXPECTED].")
  var trace = false

  @Option(help: "The text that a trace begins with: a trace's end. By default base.egt beside the file, where it is.")
  var base: String?

  @Option(help: "Another trace from the same beginning, by agents that come after those of the first; merged with it.")
  var with: String?

  @Argument(help: "Cases as plain or gzipped JSON; with --trace one trace, and the text that it must give.")
  var files: [String]

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("name a file") }
    guard trace else {
      guard base == nil, with == nil else { throw ValidationError("--base and --with belong to --trace") }
      return
    }
    guard files.count <= 2 else { throw ValidationError("a trace and at most one expected text") }
  }

  func run() throws {
    guard try (trace ? runTrace() : runCases()) else { throw ExitCode.failure }
  }

  private func runCases() throws -> Bool {
    var (count, failed) = (0, 0)
    for file in files {
      for item in try MergeCase.read(file) {
        let failures = CaseRun(item, seed: UInt64(count)).failures
        for failure in failures { print("case \(count): \(failure)") }
        if !failures.isEmpty { failed += 1 }
        count += 1
      }
    }
    print("\(count) cases, \(failed) failed")
    return failed == 0
  }

  private func runTrace() throws -> Bool {
    var trace = try Trace(InputFile.bytes(files[0]))
    if let base = base ?? Trace.base(beside: files[0]) { trace.start = try Trace(InputFile.bytes(base)).end }
    if let with { trace.join(try Trace(InputFile.bytes(with))) }
    var expected = with == nil ? trace.end.bytes : nil
    if files.count == 2 { expected = try InputFile.bytes(files[1]) }
    let run = try TraceRun(trace)
    print(run.summary)
    guard let expected else { return true }
    let difference = TextDifference(expected: expected, found: run.text.bytes)
    print(difference.map { "wrong text: \($0.description)" } ?? "the text is as expected")
    return difference == nil
  }
}
