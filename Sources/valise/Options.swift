import ArgumentParser
import Foundation
import LocalBook
import Rendering
import Terminal

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Option(name: .customShort("C"), help: ArgumentHelp("Run as if started in this folder.", valueName: "DIR"))
  var directory: String?

  @Flag(name: .shortAndLong, help: "Print warnings and errors only.")
  var quiet = false

  /// Runs a use case that has no book yet, and shows its answer.
  func run(
    _ what: String, asJSON: Bool, _ useCase: (Environment) async throws(BookError) -> some Showable
  ) async throws {
    try await showing(what, asJSON: asJSON) { () async throws(BookError) in (try await useCase(.system), nil) }
  }

  /// Opens the book of the folder, runs a use case of it, and shows its answer once the book is free again.
  func withBook(
    _ what: String, asJSON: Bool = false,
    in environment: () throws(BookError) -> Environment = { () throws(BookError) in .system },
    _ useCase: (LocalBook, String) async throws(BookError) -> some Showable
  ) async throws {
    try await showing(what, asJSON: asJSON) { () async throws(BookError) in
      let here = FileManager.default.currentDirectoryPath
      let root = try LocalBook.find(from: here)
      let book = try LocalBook(at: root, try environment(), command: "valise \(what)")
      let answer = try await useCase(book, here)
      Streams().show(aside: book.formerNames.map(\.line))
      return (answer, try book.zone())
    }
  }

  /// Watches the book of the folder, and shows what it tells until it is stopped, or nobody reads that any more.
  func watch(
    _ what: String, asJSON: Bool, acceptDeletions: Bool, in environment: () throws(BookError) -> Environment
  ) async throws {
    try enter()
    do throws(BookError) {
      let root = try LocalBook.find(from: FileManager.default.currentDirectoryPath)
      let command = "valise \(what)"
      let environment = try environment()
      let zone = try LocalBook(at: root, environment, command: command).zone()
      let quiet = quiet
      // Who asked for no lines does not need a reader for them.
      let end = quiet ? nil : Streams.outputIsAbandoned
      try await LocalBook.watch(
        at: root, environment, command: command, acceptDeletions: acceptDeletions, until: end
      ) { news in
        _ = Streams(zone: zone).show(news, asJSON: asJSON, quiet: quiet)
      }
    } catch {
      let failure = Failure(error)
      Streams().show(failure)
      throw ArgumentParser.ExitCode(failure.exitCode.rawValue)
    }
  }

  /// Goes to the folder that was named.
  private func enter() throws {
    if let directory, !FileManager.default.changeCurrentDirectoryPath(directory) {
      Streams().show(Failure("there is no folder '\(directory)'", next: ["ls -d \(word: directory)"]))
      throw ArgumentParser.ExitCode(Rendering.ExitCode.failed.rawValue)
    }
  }

  private func showing<Answer: Showable>(
    _ what: String, asJSON: Bool, _ useCase: () async throws(BookError) -> (Answer, zone: String?)
  ) async throws {
    try enter()
    let sign = SignOfLife("valise \(what)")
    let end: Rendering.ExitCode
    do throws(BookError) {
      let (answer, zone) = try await useCase()
      sign.end()
      end = Streams(zone: zone).show(answer, asJSON: asJSON, quiet: quiet)
    } catch {
      sign.end()
      let failure = Failure(error)
      Streams().show(failure)
      end = failure.exitCode
    }
    if end != .done { throw ArgumentParser.ExitCode(end.rawValue) }
  }
}

/// What commands take that list things.
struct ListOptions: ParsableArguments {
  @Flag(help: "Print for programs: a JSON object a line.")
  var json = false
}

/// What commands take that would stop before an emptied folder.
struct DeletionOptions: ParsableArguments {
  @Flag(
    name: .customLong("accept-deletions"),
    help: "Go on even if much of the book is gone here, or was deleted by colleagues.")
  var accepted = false
}

/// Who somebody is.
struct NameOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Your name, as colleagues will see it; else 'name = …' in ~/.config/valise/config, else the system's.",
      valueName: "NAME"))
  var name: String?
}
