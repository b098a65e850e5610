/// Where a book is on a server: `valise://host[:port]/book`.
package struct BookAddress: Equatable, Sendable, CustomStringConvertible {
  package static let defaultPort = 7420

  package let host: String
  package let port: Int
  /// The server's name for the book.
  package let book: String

  /// `badURL` for anything else. A host may stand in square brackets (IPv6).
  package init(_ url: String) throws(BookError) {
    guard url.hasPrefix("valise://") else { throw .badURL(url) }
    let rest = url.dropFirst("valise://".count)
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let (host, port) = Self.hostAndPort(parts[0]) else { throw .badURL(url) }
    let book = parts[1].hasSuffix("/") ? parts[1].dropLast() : parts[1]
    guard !book.isEmpty, !book.contains("/"), !book.contains(where: \.isWhitespace) else { throw .badURL(url) }
    self.host = host
    self.port = port
    self.book = String(book)
  }

  /// Whether only this machine has the server under that address.
  package var isLoopback: Bool { host == "localhost" || host.hasPrefix("127.") || host == "::1" }

  /// `HOST:PORT`.
  var hostAndPort: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

  package var description: String {
    let host = host.contains(":") ? "[\(host)]" : host
    return port == Self.defaultPort ? "valise://\(host)/\(book)" : "valise://\(host):\(port)/\(book)"
  }

  private static func hostAndPort(_ text: Substring) -> (String, Int)? {
    var host = text
    var port = ""
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      port = String(rest.dropFirst())
      if !rest.isEmpty && port.isEmpty { return nil }
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = String(text[text.index(after: colon)...])
      if port.isEmpty { return nil }
    }
    guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
    if port.isEmpty { return (String(host), defaultPort) }
    guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port), (1...65535).contains(number)
    else { return nil }
    return (String(host), number)
  }
}
