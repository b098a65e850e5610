import Bytes
import History
import Merge

/// A body's history in which what an undo brought back is known for what it is.
///
/// Letters that an undo types anew stand for those that it brings back: whoever takes back, or asks for, the change that
/// first typed them means these. What stands for what is found by the letters, in the order of the document: an undo
/// inserts a part of what the change deleted, and nothing else.
struct TextPast {
  let trace: TextTrace
  /// By edit: the place of its change in the entry's past.
  let changes: [Int]
  /// By number: the scalar that this one stands for; mostly itself.
  private(set) var source: [Int32]
  private var edits: [Int: Int] = [:]

  init(_ past: EntryPast) {
    let (history, places) = past.body()
    changes = places
    trace = history.trace()
    source = trace.letters.indices.map { Int32(truncatingIfNeeded: $0) }
    for (edit, change) in places.enumerated() { edits[change] = edit }
    var placeInDocument: [Int32] = Array(repeating: 0, count: trace.order.count)
    for (place, number) in trace.order.enumerated() { placeInDocument[Int(number)] = Int32(truncatingIfNeeded: place) }
    // An undo that is too large for one change goes on in the next.
    var rests: [Int: ArraySlice<Int>] = [:]
    for (edit, change) in places.enumerated() {
      guard let undone = past.undone(by: change), let other = edits[undone] else { continue }
      var rest = rests[other] ?? []
      if rest.isEmpty { rest = trace.deleted(by: other).sorted { placeInDocument[$0] < placeInDocument[$1] }[...] }
      match(edit, &rest)
      rests[other] = rest
    }
  }

  /// The edit of a change; nil where it left the text alone.
  func edit(of change: Int) -> Int? { edits[change] }

  private mutating func match(_ edit: Int, _ rest: inout ArraySlice<Int>) {
    for number in trace.inserted(by: edit) {
      guard let place = rest.firstIndex(where: { trace.letters[$0] == trace.letters[number] }) else { return }
      source[number] = source[rest[place]]
      rest = rest[(place + 1)...]
    }
  }

  /// The edits of the newest text that take back one edit: what it typed goes, where it is still there; what it deleted
  /// comes back before the nearest surviving neighbour, unless another edit deleted it as well. What others typed in
  /// between stays.
  ///
  /// `isVoid` says of other edits that they count for nothing any more, `isKnown` that the edit was made on them.
  func inverse(of edit: Int, isVoid: (Int) -> Bool, isKnown: (Int) -> Bool) -> [TextEdit] {
    var isTyped = Array(repeating: false, count: source.count)
    for number in trace.inserted(by: edit) { isTyped[Int(source[number])] = true }
    let returning = returning(edit, isVoid)
    guard !trace.inserted(by: edit).isEmpty || !returning.isEmpty else { return [] }
    let places = returning.isEmpty ? [:] : placesOf(returning, visible(isKnown))
    var out = EditWriter()
    for (place, number) in trace.order.enumerated() {
      for back in places[place] ?? [] { out.insert(trace.letters[back]) }
      guard trace.isAlive[Int(number)] else { continue }
      if isTyped[Int(source[Int(number)])] { out.delete() } else { out.keep() }
    }
    for back in places[trace.order.count] ?? [] { out.insert(trace.letters[back]) }
    return out.finished()
  }

  /// The scalars that an edit deleted and nobody else, and that are not back yet.
  private func returning(_ edit: Int, _ isVoid: (Int) -> Bool) -> Set<Int> {
    let deleted = trace.deleted(by: edit)
    if deleted.isEmpty { return [] }
    var isThere = Array(repeating: false, count: source.count)
    for (number, isAlive) in trace.isAlive.enumerated() where isAlive { isThere[Int(source[number])] = true }
    var returning = Set(deleted.filter { !isThere[Int(source[$0])] })
    for other in changes.indices where other != edit && !isVoid(other) {
      for number in trace.deleted(by: other) { returning.remove(number) }
    }
    return returning
  }

  /// By number: whether it was there in the text that an edit was made on.
  private func visible(_ isKnown: (Int) -> Bool) -> [Bool] {
    var isVisible = trace.inserter.map { isKnown(Int($0)) }
    for edit in changes.indices where isKnown(edit) {
      for number in trace.deleted(by: edit) { isVisible[number] = false }
    }
    return isVisible
  }

  /// Before which place of the document each comes back: that of its nearest neighbour on the right which is there. A
  /// neighbour of then (`wasVisible`) may be there again by what stands for it.
  ///
  /// To the right, since what is typed where something was deleted stands to the left of it in the document.
  private func placesOf(_ returning: Set<Int>, _ wasVisible: [Bool]) -> [Int: [Int]] {
    var standIn: [Int32: Int] = [:]
    for (place, number) in trace.order.enumerated() where trace.isAlive[Int(number)] {
      standIn[source[Int(number)]] = place
    }
    var anchor = trace.order.count
    var places: [Int: [Int]] = [:]
    for (place, number) in trace.order.enumerated().reversed() {
      if trace.isAlive[Int(number)] {
        anchor = place
      } else if returning.contains(Int(number)) {
        places[anchor, default: []].append(Int(number))
      } else if wasVisible[Int(number)], let other = standIn[source[Int(number)]] {
        anchor = other
      }
    }
    return places.mapValues { $0.reversed() }
  }
}

/// Edits in the making, from the left of a text to its right.
private struct EditWriter {
  private var edits: [TextEdit] = []
  private var position = 0
  private var deleted = 0
  private var inserted = String.UnicodeScalarView()
  private var insertedBytes = 0

  mutating func keep() {
    close()
    position += 1
  }

  mutating func delete() { deleted += 1 }

  mutating func insert(_ letter: Unicode.Scalar) {
    let bytes = UTF8.width(letter)
    if insertedBytes + bytes > ChangeLimits.insertion { close() }
    inserted.append(letter)
    insertedBytes += bytes
  }

  private mutating func close() {
    guard deleted > 0 || !inserted.isEmpty else { return }
    edits.append(TextEdit(position: position, deleted: deleted, inserted: ExactText(String(inserted))))
    position += inserted.count
    (deleted, inserted, insertedBytes) = (0, String.UnicodeScalarView(), 0)
  }

  mutating func finished() -> [TextEdit] {
    close()
    return edits
  }
}
