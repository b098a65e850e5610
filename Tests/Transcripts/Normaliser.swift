import Foundation

/// Puts words in the place of what differs from run to run: hashes, times, folders, ports, sizes.
///
/// The same hash gets the same word throughout a session, so that a transcript shows which are equal.
struct Normaliser {
  private let fixed: [(text: String, word: String)]
  private var hashes: [String] = []

  /// - Parameter fixed: texts that this run knows, such as its folder and port, and their words.
  init(fixed: [(text: String, word: String)]) { self.fixed = fixed }

  mutating func normalised(_ text: String) -> String {
    var text = text
    for (found, word) in fixed { text = text.replacingOccurrences(of: found, with: word) }
    for (pattern, word) in Self.patterns { text = text.replacing(pattern) { _ in word } }
    var named: [(Range<String.Index>, String)] = []
    for match in text.matches(of: Self.hash) { named.append((match.range, word(for: String(match.output)))) }
    for (range, word) in named.reversed() { text.replaceSubrange(range, with: word) }
    return text
  }

  /// As long as the hash where that is ten letters, so that columns stay columns.
  private mutating func word(for hash: String) -> String {
    let short = String(hash.prefix(10))
    if !hashes.contains(short) { hashes.append(short) }
    let number = (hashes.firstIndex(of: short) ?? 0) + 1
    let digits = String(number)
    let word = "hash" + String(repeating: "0", count: 6 - digits.count) + digits
    return hash.count == 10 ? word : word + "…"
  }

  private static var hash: Regex<Substring> { /\b(?:[0-9a-f]{10}|[0-9a-f]{32,64})\b/ }

  private static var patterns: [(Regex<Substring>, String)] {
    [
      (/\b(?:today|yesterday) \d\d:\d\d\b/, "today HH:MM"),
      (/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, "YYYY-MM-DDTHH:MM:SSZ"),
      (/oldest from (?:yesterday )?\d\d:\d\d\b/, "oldest from HH:MM"),
      (/[0-9.]+ (?:bytes?|KB) up, [0-9.]+ (?:bytes?|KB) down/, "N bytes up, N bytes down"),
      (/\([0-9.,]+ (?:bytes|KB)\)/, "(N bytes)"),
      (/"bytesUp":\d+,"bytesDown":\d+/, "\"bytesUp\":N,\"bytesDown\":N"),
      (/\(process \d+\)/, "(process N)"),
    ]
  }
}
