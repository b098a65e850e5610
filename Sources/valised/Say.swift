import Glibc

/// Prints a text at once, whatever the descriptor is connected to.
func say(_ text: String, to descriptor: Int32) {
  let bytes = Array((text + "\n").utf8)
  unsafe bytes.withUnsafeBytes { _ = unsafe write(descriptor, $0.baseAddress, $0.count) }
}
