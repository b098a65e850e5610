import Bytes
import History
import LogStore
import Logging
import SyncProtocol

/// What follows from a store's errors beside the answer to the client: a failed commit ends the server, and damage is
/// said to whoever keeps it, since no client can do anything about that.
struct StoreTroubles: Sendable {
  let store: any LogStore
  let logger: Logger
  let onPoison: @Sendable (StoreError) -> Void

  /// `book` is the one that was asked for, where that is known.
  func heard(_ error: StoreError, of book: BookID?) async {
    switch error {
    case .poisoned: onPoison(error)
    case .corrupt(let what):
      var metadata: Logger.Metadata = ["damage": "\(what)"]
      if let book { metadata["book"] = "\(await name(of: book))" }
      logger.error("damaged; valised verify says more", metadata: metadata)
    case .unavailable, .unknown, .readOnly, .incompatible, .cannotOpen: break
    }
  }

  /// What the server calls it; the beginning of its id where that cannot be read.
  private func name(of book: BookID) async -> String {
    let name = try? await store.name(of: book)
    return name?.string ?? String(book.digest.bytes.hex.prefix(10))
  }
}
