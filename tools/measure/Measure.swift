import ArgumentParser

/// What stands behind `tools/conformance` and `tools/bench`.
@main struct Measure: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "valise-measure",
    abstract: "Hold the engine against texts and figures of others; make books to measure with.",
    subcommands: [Conformance.self, Grow.self, LongText.self])
}
