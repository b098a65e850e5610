import Foundation
import PropertyTesting

/// A laptop of the office, and what the oracle outside remembers of it.
struct Laptop {
  let name: String
  /// Its folder, below the place.
  let folder: String
  /// Bytes that a file of it may hold: what a person wrote, and what a command that ended well left there.
  var allowed: Set<Data> = []
  /// Hashes of changes that a command which ended well had recorded.
  var saved: Set<String> = []
}

/// Words that people typed, each of which occurs nowhere else.
struct Words {
  private var next = 0
  /// Typed by somebody, and removed by nobody who saw them.
  private(set) var typed: Set<String> = []

  mutating func new() -> String {
    next += 1
    let word = "word\(next)x"
    typed.insert(word)
    return word
  }

  /// A person sees these words go and lets them.
  mutating func forget(_ text: some StringProtocol) {
    for word in typed where text.contains(word) { typed.remove(word) }
  }
}
