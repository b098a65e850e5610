import Foundation
import Testing

@Suite(.serialized) struct OfflineTests {
  /// Two seconds for a connection and the program's own time: three on an idle machine, more where others work too.
  private static let bound = Duration.seconds(10)

  /// A published book, and its server.
  private func published() throws -> (Place, Server) {
    let place = try Place()
    let server = try Server(place)
    try place.write("---\ntitle: Meeting\n---\nText\n", to: "book/notes/a.md")
    try #require(place.valise("new", "book", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "book", "publish", server.url("book")).code == 0)
    return (place, server)
  }

  @Test func `with nobody at the port, sync says at once what waits, and a later one sends it`() throws {
    let (place, server) = try published()
    try server.kill()
    try place.write("---\ntitle: Meeting\n---\nText, and more\n", to: "book/notes/a.md")
    let offline = try place.valise("-C", "book", "sync")
    #expect(offline.code == 3 && offline.took < Self.bound)
    #expect((offline.output + offline.errors).contains("1 change waits"))
    try server.start()
    #expect(try place.valise("-C", "book", "sync").code == 0)
    try #require(place.valise("join", server.url("book"), "copy", "--name", "Ben").code == 0)
    #expect(place.notes("copy") == place.notes("book"))
  }

  @Test(arguments: [
    // RFC 5737 and RFC 6761: an address that nobody has, and a name that nobody will have.
    "valise://192.0.2.1:7420/book", "valise://server.invalid/book", "valise://127.0.0.1:1/book",
  ])
  func `a sync that reaches nobody gives up soon and says what waits`(url: String) throws {
    let (place, server) = try published()
    try server.kill()
    try place.write("---\ntitle: Meeting\n---\nText, and more\n", to: "book/notes/a.md")
    // As if the book had been published there: the address stands in the laptop's own store.
    try Store.set("server.url", to: url, in: place.url("book"))
    let offline = try place.valise("-C", "book", "sync")
    #expect(offline.code == 3, "\(offline.errors)")
    #expect(offline.took < Self.bound, "\(offline.took)")
    #expect((offline.output + offline.errors).contains("1 change waits"), "\(offline.output)\(offline.errors)")
    let status = try #require(try place.valise("-C", "book", "status", "--json").objects().first)
    #expect((status["server"] as? [String: Any])?["unsent"] as? Int == 1)
    try Store.set("server.url", to: server.url("book"), in: place.url("book"))
    try server.start()
    #expect(try place.valise("-C", "book", "sync").code == 0)
  }
}
