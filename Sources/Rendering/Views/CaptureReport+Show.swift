import Glibc
package import LocalBook

/// An answer, and the capture of the connection that it came over.
package struct Captured<Answer: Showable>: Showable {
  private let answer: Answer
  private let capture: CaptureReport?

  package init(_ answer: Answer, _ capture: CaptureReport?) {
    self.answer = answer
    self.capture = capture
  }

  package func lines(on screen: Screen) -> [Line] {
    guard let capture, capture.errno == nil else { return answer.lines(on: screen) }
    return answer.lines(on: screen) + [
      capture.connections == 0
        ? "No connection came about: \(capture.path) holds none."
        : "Captured the connection in \(capture.path); whoever has it can read what was sent."
    ]
  }

  package func warnings(on screen: Screen) -> [Line] {
    guard let capture, let errno = capture.errno else { return answer.warnings(on: screen) }
    let why = unsafe String(cString: strerror(errno))
    return answer.warnings(on: screen) + ["valise: '\(capture.path)' is not whole: \(why)"]
  }

  package var json: [JSON] { answer.json }

  package var exitCode: ExitCode { answer.exitCode == .done && capture?.errno != nil ? .trouble : answer.exitCode }
}
