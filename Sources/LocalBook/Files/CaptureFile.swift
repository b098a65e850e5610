import Bytes
import Capture
import Glibc
import SyncClient
import Synchronization

/// A pcap file that sees a laptop's connections, for its owner alone: packets go to it as they go over the socket.
///
/// What cannot be written disturbs no exchange; it is said at the end.
package final class CaptureFile: WireTap {
  package let path: String
  private let descriptor: Int32
  private let now: @Sendable () -> Int64
  private let state = Mutex(State())

  private struct State {
    var writer: PcapWriter?
    var connections: UInt16 = 0
    var errno: Int32?
  }

  /// Makes the file; `fileExists` where its name is taken. `now` gives nanoseconds since 1970.
  package init(_ path: String, now: @escaping @Sendable () -> Int64) throws(BookError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw errno == EEXIST ? .fileExists(path: path) : .file(doing: "write", path: path, errno: errno)
    }
    self.path = path
    self.descriptor = descriptor
    self.now = now
    state.withLock { write(PcapWriter.header, &$0) }
  }

  deinit { close(descriptor) }

  package func opened(port: Int) {
    packets { state, time in
      state.connections &+= 1
      var writer = PcapWriter(connection: state.connections, serverPort: UInt16(clamping: port))
      defer { state.writer = writer }
      return writer.opened(at: time)
    }
  }

  package func sent(_ bytes: [UInt8]) {
    packets { state, time in state.writer?.sent(bytes, by: .client, at: time) ?? [] }
  }

  package func received(_ bytes: [UInt8]) {
    packets { state, time in state.writer?.sent(bytes, by: .server, at: time) ?? [] }
  }

  package func closed() {
    packets { state, time in
      defer { state.writer = nil }
      return state.writer?.closed(by: .client, at: time) ?? []
    }
  }

  /// What became of it.
  package var report: CaptureReport {
    state.withLock { state in
      CaptureReport(path: path, connections: Int(state.connections), errno: state.errno)
    }
  }

  private func packets(_ make: (inout sending State, Int64) -> [UInt8]) {
    state.withLock { state in
      let packets = make(&state, now())
      write(packets, &state)
    }
  }

  private func write(_ bytes: [UInt8], _ state: inout sending State) {
    var rest = bytes[...]
    while !rest.isEmpty, state.errno == nil {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        state.errno = errno
      }
    }
  }
}

/// A capture that was written.
package struct CaptureReport: Equatable, Sendable {
  package let path: String
  package let connections: Int
  /// Why it is not whole.
  package let errno: Int32?
}
