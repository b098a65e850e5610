import Bytes
import History
import NaiveMerge
import PropertyTesting

/// A random history of one body: devices that edit old versions and merge, crowded at the start of the text.
struct RandomBody {
  private(set) var builder = HistoryBuilder()
  /// The text as the naive model merges it.
  private(set) var text = NaiveText()

  var changes: [Change] { builder.changes }

  static let entry = EntryID(
    creation: OperationRef(change: ChangeRef(device: DeviceID(number: 0), seq: 0), index: 0))

  /// Scalars that differ in UTF-8 and UTF-16 length, that combine, and that join.
  private static let alphabet = Array("abcdefgXYZ 0é\u{301}\u{1F1EB}\u{1F1F7}\u{1F468}\u{200D}\r\n中".unicodeScalars)

  /// Whether some edits reach beyond the end of the text.
  private let overreaches: Bool

  /// Every `meeting` edits all devices meet and go on from one version; nil: they never all do.
  init(
    edits count: Int, devices: Int, meeting: Int? = nil, overreaching: Bool = true, using random: inout SeededRandom
  ) throws {
    overreaches = overreaching
    /// What each device shows, as numbers of changes.
    var versions = Array(repeating: [Int](), count: devices)
    /// Where they last met.
    var met = 0
    let deletions = Int.random(in: 15...40, using: &random)
    for edit in 0..<count {
      if let meeting, edit % meeting == meeting - 1 {
        met = try add(by: 0, on: versions.flatMap(\.self), deletions: deletions, using: &random)
        versions = Array(repeating: [met], count: devices)
        continue
      }
      let device = random.below(devices)
      if random.below(100) < 35 { versions[device] += versions[random.below(devices)] }
      var parents = versions[device]
      // A file held back, or a late save: the device edits an older version than its last.
      if random.oneIn(6), !changes.isEmpty {
        parents = random.oneIn(4) && meeting == nil ? [] : [Int.random(in: met..<changes.count, using: &random)]
      }
      let number = try add(by: device, on: parents, deletions: deletions, using: &random)
      versions[device] = builder.past.reduced(versions[device] + [number])
    }
  }

  private mutating func add(
    by device: Int, on parents: [Int], deletions: Int, using random: inout SeededRandom
  ) throws -> Int {
    let edits = edits(on: parents, deletions: deletions, using: &random)
    let cut = random.oneIn(4) ? edits.count / 2 : 0
    let operations = [edits[..<cut], edits[cut...]].filter { !$0.isEmpty }.map {
      Operation.edit(Self.entry, Array($0))
    }
    let number = try builder.add(by: DeviceID(number: UInt64(device)), on: parents, operations)
    text.append(changes[number])
    return number
  }

  private func edits(on parents: [Int], deletions: Int, using random: inout SeededRandom) -> [TextEdit] {
    var length = text.length(at: parents.map { changes[$0].id })
    return (0..<(random.oneIn(4) ? 3 : 1)).map { _ in
      let isDeletion = length > 0 && random.below(100) < deletions
      let inserted = isDeletion && !random.oneIn(4) ? "" : Self.run(using: &random)
      let end = isDeletion ? length - 1 : length
      var position = random.below(10) < 6 ? random.below(min(end, 2) + 1) : random.below(end + 1)
      var deleted = isDeletion ? min(1 + random.below(4), length - position) : 0
      if overreaches, random.oneIn(8) {
        position = max(0, length - 1 + random.below(3))
        deleted += random.below(3)
      }
      let edit = TextEdit(position: position, deleted: deleted, inserted: ExactText(inserted))
      deleted = max(0, min(deleted, length - position))
      length += edit.inserted.scalarCount - deleted
      return edit
    }
  }

  private static func run(using random: inout SeededRandom) -> String {
    var run = String.UnicodeScalarView()
    for _ in 0..<(random.oneIn(3) ? 1 : Int.random(in: 2...8, using: &random)) {
      run.append(alphabet[random.below(alphabet.count)])
    }
    return String(run)
  }
}
