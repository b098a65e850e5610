import ArgumentParser
import Bytes
import History
import Merge
import Rendering
import Replica

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two files of a book, or two versions of one.",
    discussion: """
      FILE is the newest version that it holds, FILE@VERSION an earlier one, named as valise names it: the beginning \
      of a hash, a tag, a time in the visit's zone, or ~2 for two changes back. In sentences first, then field by field, then the words of the text: what is gone is \
      [-marked so-], what is new {+so+}.
      With --json, an entry a line: file, change, kind, from, fields (field, before, after), text (mark, text).

        valise-inspect diff monday.snapshot friday.snapshot
        valise-inspect diff paris.snapshot@29ab57 paris.snapshot
        valise-inspect diff paris@~3 paris
        valise-inspect diff paris@as-printed 'paris@{2021-11-09 18:00}'
      """)

  @OptionGroup var output: OutputOptions
  @OptionGroup var book: BookOption

  @Argument(help: ArgumentHelp("The older one.", valueName: "A"))
  var older: String

  @Argument(help: ArgumentHelp("The newer one.", valueName: "B"))
  var newer: String

  func run() throws {
    try output.show { () throws(InspectError) in
      let (one, other) = try NamedVersion.pair(older, newer, in: book.name)
      guard one.book.book == other.book.book else { throw .differentBooks(one: one.path, other: other.path) }
      return ComparisonReport(try Comparison(from: one, to: other))
    }
  }
}

extension Comparison {
  /// What differs between two versions, by entry; either may be of another file.
  init(from older: NamedVersion, to newer: NamedVersion) throws(InspectError) {
    let before = Dictionary(older.states.map { ($0.id, $0) }) { first, _ in first }
    let after = Dictionary(newer.states.map { ($0.id, $0) }) { first, _ in first }
    var entries: [EntryComparison] = []
    for id in Set(before.keys).union(after.keys).sorted() where before[id] != after[id] {
      let comparison = EntryComparison(id, from: try older.view(before[id]), to: try newer.view(after[id]))
      if let comparison { entries.append(comparison) }
    }
    self.init(entries: entries.sorted { ($0.path, $0.id) < ($1.path, $1.id) })
  }
}
