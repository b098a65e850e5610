import ArgumentParser
import BookServer

/// The server's command line: arguments in, one use case, its result shown.
@main
struct Valised: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "valised", abstract: "Keeps books for laptops to sync with.",
    discussion: """
      The drill for a lost disk: 'valised backup' each night, to another disk; on the day, start a server on the newest
      backup. It begins a new epoch, and each laptop sends again what that backup lacks, at its next sync.

        valised serve --data /srv/valise
        valised backup --data /srv/valise /backup/2021-11-09
        valised verify --data /backup/2021-11-09
        valised serve --data /backup/2021-11-09
      """,
    subcommands: [Serve.self, Backup.self, Verify.self])
}
