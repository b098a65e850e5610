/// What a command answers with: lines for people, objects for programs, and how it ended.
package protocol Showable: Sendable {
  /// The answer itself.
  func lines(on screen: Screen) -> [Line]

  /// The answer as bytes that go out as they are, in the place of the lines; nil where there is no such thing.
  var bytes: [UInt8]? { get }

  /// What must be seen though the answer is not: what was not recorded or not written.
  func warnings(on screen: Screen) -> [Line]

  /// The answer for programs: one value, printed on a line of its own, for each thing listed.
  var json: [JSON] { get }

  var exitCode: ExitCode { get }
}

extension Showable {
  package var bytes: [UInt8]? { nil }
  package func warnings(on screen: Screen) -> [Line] { [] }
  package var exitCode: ExitCode { .done }
}
