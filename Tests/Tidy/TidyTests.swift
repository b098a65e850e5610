import Testing

/// The house rules that a machine can see, held against the repository.
@Suite struct TidyTests {
  private let repository = Repository()
  private static let loadedTexts = Result { try loadTexts() }
  private static let loadedSources = Result { try loadSources() }

  @Test(arguments: SwiftRule.all.map(\.name)) func `the Swift sources keep the rule`(name: String) throws {
    let rule = try #require(SwiftRule.all.first { $0.name == name })
    let findings = try swiftSources().flatMap(rule.findings)
    #expect(findings == [])
  }

  @Test func `nothing is left unfinished`() throws {
    #expect(try texts().flatMap { TextRule.unfinished(path: $0, text: $1) } == [])
  }

  @Test func `no file names a path of one machine`() throws {
    #expect(try texts().flatMap { TextRule.workplace(path: $0, text: $1) } == [])
  }

  @Test func `every link of every document leads somewhere`() throws {
    let documents = try texts().filter { $0.path.hasSuffix(".md") }
    #expect(documents.flatMap { TextRule.deadLinks(path: $0, text: $1, exists: repository.exists) } == [])
  }

  @Test func `the top level holds what the README says and nothing else`() throws {
    #expect(TreeRule.strangers(topLevel: try repository.topLevel()) == [])
  }

  @Test(arguments: ["Sources", "Tests"]) func `every folder is a target`(folder: String) throws {
    let manifest = try #require(try repository.text("Package.swift"))
    #expect(TreeRule.orphans(folders: try repository.folders(in: folder), manifest: manifest) == [])
  }

  @Test func `the sources are found at all`() throws {
    #expect(try swiftSources().count > 50)
    #expect(try swiftSources().contains { $0.path == "Sources/Record/Schema.swift" })
  }

  private func swiftSources() throws -> [SwiftSource] { try Self.loadedSources.get() }

  private func texts() throws -> [(path: String, text: String)] { try Self.loadedTexts.get() }

  private static func loadSources() throws -> [SwiftSource] {
    try loadedTexts.get().filter { $0.path.hasSuffix(".swift") }.map { SwiftSource(path: $0.path, text: $0.text) }
  }

  private static func loadTexts() throws -> [(path: String, text: String)] {
    let repository = Repository()
    return try repository.files().compactMap { path in try repository.text(path).map { (path, $0) } }
  }
}
