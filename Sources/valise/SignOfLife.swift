import Foundation
import Glibc
import Synchronization
import Terminal

/// A line on a terminal that says what goes on, once it has taken a second; gone when it ends.
final class SignOfLife: Sendable {
  private enum State { case silent, shown, over }
  private let state = Mutex(State.silent)

  /// - Parameter what: what goes on, such as `valise sync`.
  init(_ what: String) {
    guard Streams.isTerminal(STDERR_FILENO), ProcessInfo.processInfo.environment["TERM"] != "dumb" else { return }
    Thread.detachNewThread { [self] in
      var seconds = 0
      repeat {
        Thread.sleep(forTimeInterval: 1)
        seconds += 1
      } while show("\(what): \(seconds) s …")
    }
  }

  /// Takes the line away; nothing is written after this.
  func end() {
    state.withLock { state in
      if state == .shown { Self.write("\r\u{1B}[K") }
      state = .over
    }
  }

  /// Whether it still goes on.
  private func show(_ text: String) -> Bool {
    state.withLock { state in
      guard state != .over else { return false }
      Self.write("\r\(text)\u{1B}[K")
      state = .shown
      return true
    }
  }

  private static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
