/// The bounds of a change, part of the format (formats.md): a larger one is refused before anything is allocated for it.
package enum ChangeLimits {
  /// Canonical bytes of a body.
  package static let body = 8 << 20
  /// Operations of a change.
  package static let operations = 1 << 20
  /// Parents of a change.
  package static let parents = 64
  /// UTF-8 bytes of a message.
  package static let message = 4096
  /// UTF-8 bytes of a device's person's name.
  package static let name = 200
  /// UTF-8 bytes of a kind, a field's name, an element.
  package static let label = 1024
  /// UTF-8 bytes of a register's value (a field is at most 64 KiB).
  package static let value = 64 << 10
  /// Values that one set of a register may carry.
  package static let values = 64
  /// UTF-8 bytes of an order key.
  package static let orderKey = 64
  /// Edits of one operation on a body.
  package static let edits = 1 << 20
  /// UTF-8 bytes of one insertion.
  package static let insertion = 4 << 20
  /// Payload of an operation of unknown type.
  package static let unknown = 4 << 20
  /// Positions and lengths of text, in Unicode scalars.
  package static let position = Int(UInt32.max >> 1)
}
