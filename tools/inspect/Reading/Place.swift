package import History
import Rendering

/// Where in what is looked at something stands.
package struct Place: Equatable, Sendable {
  /// Bytes of the file.
  package var bytes: Range<Int>?
  /// Among the sections of the file, from 0.
  package var section: Int?
  /// A row of a store: its table and number.
  var row: String?
  var run: RunPlace?
  package var change: ChangeRef?
  /// Of a run: the column whose unpacked bytes `offset` counts; 0 in rows.
  var column: Int?
  /// Of what the section or column holds, unpacked.
  var offset: Int?

  /// A run: changes `first ... last` of a device.
  struct RunPlace: Equatable, Sendable {
    let device: DeviceID
    let first: UInt64
    let last: UInt64
  }
}

/// Something that is wrong with what is looked at.
package struct Finding: Equatable, Sendable {
  /// For programs.
  package let name: String
  package let place: Place
  let words: Line
}
