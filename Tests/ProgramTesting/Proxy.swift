package import Foundation
import Glibc
import Synchronization

/// Between a laptop and its server: passes bytes on both ways, remembers them, and freezes when it is told to.
package final class Proxy: Sendable {
  /// Where laptops connect.
  package let port: UInt16
  private let server: UInt16
  private let listener: Int32
  private let state = Mutex(State())

  private struct State {
    var passed = Data()
    /// How many more bytes pass, of both directions together; nil for all.
    var left: Int?
    /// Open sockets, both ends of each connection.
    var open: [Int32] = []
    var isOver = false
  }

  package init(to server: UInt16) throws {
    self.server = server
    port = try Programs.freePort()
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.address(port)
    let isListening = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(listener, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(listener, 64) == 0
      }
    }
    guard isListening else { throw Programs.Broken(description: "the proxy does not listen") }
    Thread.detachNewThread { [self] in accepting() }
  }

  /// Every byte that passed, both ways.
  package var passed: Data { state.withLock { $0.passed } }

  /// From now on so many bytes pass, both ways together, and then none: connections stay open, and silent.
  package func freeze(after count: Int) { state.withLock { $0.left = count } }

  /// Ends the connections that there are; new ones pass everything.
  package func thaw() {
    let open = state.withLock { state in
      state.left = nil
      defer { state.open = [] }
      return state.open
    }
    for socket in open { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  /// Ends everything.
  package func stop() {
    state.withLock { $0.isOver = true }
    thaw()
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
  }

  private func accepting() {
    while true {
      let laptop = accept(listener, nil, nil)
      guard laptop >= 0 else { break }
      let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = Self.address(server)
      let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          unsafe connect(upstream, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      guard isConnected else {
        close(laptop)
        close(upstream)
        continue
      }
      state.withLock { $0.open += [laptop, upstream] }
      let ends = Mutex(2)
      for (from, to) in [(laptop, upstream), (upstream, laptop)] {
        Thread.detachNewThread { [self] in
          pass(from, to)
          let left = ends.withLock { count in
            count -= 1
            return count
          }
          guard left == 0 else { return }
          state.withLock { $0.open.removeAll { $0 == laptop || $0 == upstream } }
          close(laptop)
          close(upstream)
        }
      }
    }
    close(listener)
  }

  private func pass(_ from: Int32, _ to: Int32) {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(from, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { break }
      let allowed = state.withLock { state in
        let allowed = min(count, state.left ?? count)
        if let left = state.left { state.left = left - allowed }
        state.passed.append(contentsOf: bytes[..<allowed])
        return allowed
      }
      var sent = 0
      while sent < allowed {
        let wrote = unsafe bytes.withUnsafeBytes {
          unsafe send(to, $0.baseAddress?.advanced(by: sent), allowed - sent, Int32(MSG_NOSIGNAL))
        }
        guard wrote > 0 else { return }
        sent += wrote
      }
    }
    // An end that is said when nothing passes any more does not pass either.
    if state.withLock({ $0.left != 0 }) { shutdown(to, Int32(SHUT_WR)) }
  }
}
