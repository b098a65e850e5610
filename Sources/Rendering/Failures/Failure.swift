/// Why a command did not do what was asked: what happened, why, and what to type next, the safest first.
package struct Failure: Equatable, Sendable {
  package var what: Line
  package var because: Line?
  package var next: [Line]
  package var exitCode: ExitCode

  package init(_ what: Line, because: Line? = nil, next: [Line] = [], exitCode: ExitCode = .failed) {
    self.what = what
    self.because = because
    self.next = next
    self.exitCode = exitCode
  }

  /// As it stands on stderr, in the name of the program that speaks.
  package func lines(from program: String = "valise") -> [Line] {
    ["\(own: program, .bad): \(what)"] + (because.map { ["  because: \($0)"] } ?? []) + next.map { "  next: \($0)" }
  }
}
