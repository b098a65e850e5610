package import Foundation
import Glibc

/// The built programs, and where they can meet.
package enum Programs {
  /// What a test needs is not there.
  package struct Broken: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  /// The folder that holds the built programs: that of the test program itself.
  package static func folder() throws -> URL {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var folder = URL(filePath: own).deletingLastPathComponent()
    while folder.path != "/" {
      let names = ["valise", "valised"].map { folder.appending(path: $0).path }
      if names.allSatisfy(FileManager.default.isExecutableFile) { return folder }
      folder.deleteLastPathComponent()
    }
    throw Broken(description: "valise and valised are not beside \(own)")
  }

  /// A port of this machine that nobody listens on.
  package static func freePort() throws -> UInt16 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw Broken(description: "no socket") }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(socket, address, size) == 0 && getsockname(socket, address, &size) == 0
      }
    }
    guard isBound else { throw Broken(description: "no free port") }
    return UInt16(bigEndian: address.sin_port)
  }
}
