import Rendering

/// The words of a command line.
struct CommandWords {
  /// With options that stand before the command, as in `valise -C DIR status`, moved behind it.
  let words: [String]

  init(_ words: [String]) {
    var rest = words[...]
    var moved: [String] = []
    while let word = rest.first, word == "-C" || word == "-q" || word == "--quiet" {
      moved += rest.prefix(word == "-C" ? 2 : 1)
      rest = rest.dropFirst(word == "-C" ? 2 : 1)
    }
    guard let command = rest.first, !command.hasPrefix("-") else {
      self.words = moved.isEmpty ? words : Array(rest) + moved
      return
    }
    // Behind a command of a command, too; what follows a bare `--` is no option.
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    self.words = rest[..<end] + moved + rest[end...]
  }

  /// The command, where one is named.
  var command: String? { words.first.flatMap { $0.hasPrefix("-") ? nil : $0 } }

  /// Why the command does not exist, with the one that may have been meant.
  func unknownCommand(among names: [String]) -> UnknownCommand? {
    guard let command, !names.contains(command) else { return nil }
    let nearest = names.map { (name: $0, distance: command.distance(to: $0)) }.min { $0.distance < $1.distance }
    let isNear = nearest.map { $0.distance <= max(1, $0.name.count / 2) } ?? false
    return UnknownCommand(name: command, nearest: isNear ? nearest?.name : nil)
  }
}

/// A command that does not exist.
struct UnknownCommand: Error {
  let name: String
  let nearest: String?

  var failure: Failure {
    Failure(
      "no command is called '\(name)'", next: [nearest.map { "valise \($0)" } ?? "valise --help"], exitCode: .usage)
  }
}

extension String {
  /// How many letters have to be added, taken out, replaced, or swapped with a neighbour, to make one of the other.
  func distance(to other: String) -> Int {
    let (one, other) = (Array(self), Array(other))
    var rows = [Array(0...other.count)]
    for i in 1..<(one.count + 1) {
      var row = [i]
      for j in 1..<(other.count + 1) {
        let replaced = rows[i - 1][j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1)
        var ways = [replaced, rows[i - 1][j] + 1, row[j - 1] + 1]
        if i > 1, j > 1, one[i - 1] == other[j - 2], one[i - 2] == other[j - 1] { ways.append(rows[i - 2][j - 2] + 1) }
        row.append(ways.min() ?? replaced)
      }
      rows.append(row)
    }
    return rows[one.count][other.count]
  }
}
