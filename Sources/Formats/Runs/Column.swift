import Bytes

/// The columns of a run: each holds one sort of item of all its changes, in the order of the changes and operations
/// (`formats.md`, Runs). In rows, one stream holds all items as they come.
enum Column {
  /// One byte a change: which parts of its header follow.
  static let flags: UInt8 = 0
  /// Seconds since the change before.
  static let times: UInt8 = 1
  /// Operations of each change.
  static let counts: UInt8 = 2
  /// Parents other than the device's own change before.
  static let parents: UInt8 = 3
  /// Each other device once, 16 bytes.
  static let devices: UInt8 = 4
  /// Origins and messages.
  static let notes: UInt8 = 5
  /// The type of each operation.
  static let types: UInt8 = 6
  /// The entry of each operation: its number less that of the operation before.
  static let targets: UInt8 = 7
  /// Each entry that is not created in the run, once.
  static let entries: UInt8 = 8
  /// Each kind, field and register once.
  static let labels: UInt8 = 9
  /// The label of each operation.
  static let keys: UInt8 = 10
  /// Counts, flags and lengths of values and elements.
  static let shapes: UInt8 = 11
  /// The events that values came from.
  static let sources: UInt8 = 12
  /// Order keys of elements.
  static let orders: UInt8 = 13
  /// What introduces, founds, or is not known here.
  static let payloads: UInt8 = 14
  /// Edits of each operation on a body.
  static let steps: UInt8 = 15
  /// Where each edit is, from the end of the one before in that body.
  static let positions: UInt8 = 16
  /// How much each edit deletes.
  static let deletions: UInt8 = 17
  /// How many bytes each edit inserts.
  static let insertions: UInt8 = 18
  /// What they insert; without what the copies bring.
  static let text: UInt8 = 19
  /// The size of the text, and how many literals come before each copy.
  static let gaps: UInt8 = 20
  /// How long each copy is.
  static let lengths: UInt8 = 21
  /// Where each copy's bytes begin.
  static let places: UInt8 = 22
  /// From here on: the values of label 0, 1, 2 and so on; the last column is that of all further labels.
  static let firstLabel = 32

  /// The column of a label's values.
  static func values(of label: Int) -> UInt8 { UInt8(min(firstLabel + label, 255)) }
}

/// Section kinds that stand in a run.
enum RunSection {
  static let rows: UInt8 = 1
  static let columns: UInt8 = 2
  static let all: Set<UInt8> = [rows, columns]
  /// From here on a reader skips what it does not know.
  static let firstIgnorable: UInt8 = 0x80
}

/// What a label names, so that one number stands for a kind, a set or a register.
enum LabelSpace {
  static let kind: UInt8 = 0
  static let set: UInt8 = 1
  static let register: UInt8 = 2
}
