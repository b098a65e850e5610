import ArgumentParser
import LocalBook
import Rendering

struct Tag: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Give a version a name, or list the names.",
    discussion: """
      Without VERSION, the newest with what the folder holds; without NAME, all tags are listed. Everybody gets a tag \
      with the next sync, and it stands wherever a version is taken. Two people who give one name to two versions at the \
      same time: both are listed, until somebody settles on one with --move.
      With --json: listed, tag, version, person, time; given or taken away, tag, tagged, before, version, and what 'save' has.

        valise tag as-printed
        valise tag before-dinner '@{2021-11-09 18:00}'
        valise diff as-printed
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Flag(help: "Give the name to another version than it has.")
  var move = false

  @Flag(help: "Take the name away; the version stays.")
  var delete = false

  @Argument(help: ArgumentHelp("The name: letters, digits, '-', '_' and '.'.", valueName: "NAME"))
  var name: String?

  @Argument(help: ArgumentHelp("The version; else the newest.", valueName: "VERSION"))
  var version: String?

  func validate() throws {
    if (move || delete) && name == nil { throw ValidationError("say which tag") }
    if delete && (move || version != nil) { throw ValidationError("--delete takes a name and nothing else") }
  }

  func run() async throws {
    guard let name else {
      return try await options.withBook("tag", asJSON: listing.json) { book, _ throws(BookError) in
        TagList(try book.tags())
      }
    }
    try await options.withBook("tag", asJSON: listing.json) { book, _ throws(BookError) in
      delete ? try book.untag(name) : try book.tag(name, version, moving: move)
    }
  }
}
