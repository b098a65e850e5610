/// Where a server listens.
package struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
  package static let defaultPort = 7420
  package static let `default` = ListenAddress(host: "127.0.0.1", port: defaultPort)

  package let host: String
  /// 0: the system chooses.
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// `HOST:PORT`, or `HOST` for the usual port; an IPv6 address in brackets. Nil for anything else.
  package init?(_ text: String) {
    var host = Substring(text)
    var port = Substring(String(Self.defaultPort))
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      if rest.hasPrefix(":") { port = rest.dropFirst() } else if !rest.isEmpty { return nil }
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
      if host.contains(":") { return nil }
    }
    guard !host.isEmpty, !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
      (0...65_535).contains(number)
    else { return nil }
    self.init(host: String(host), port: number)
  }

  /// Whether only this machine can reach it: 127.0.0.0/8, ::1, localhost.
  package var isLoopback: Bool {
    if host == "::1" || host == "localhost" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// As people type it into a URL.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
