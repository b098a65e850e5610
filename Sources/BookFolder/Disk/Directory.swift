import Glibc

/// An open folder; closed with the last use of it.
package final class Directory: Sendable {
  let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
