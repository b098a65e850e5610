import Bytes
import Formats
import History
import Merge
import Replica
import ReplicaStore
import SyncClient
import Synchronization
import SyncProtocol

extension LocalBook {
  /// The book under a device of its own, as much of the old one kept as the server has in the same words.
  ///
  /// `sync` when the server cannot be asked; nothing has changed then.
  func asAnother(_ address: BookAddress) async throws(BookError) -> LocalBook {
    let successor = try device.reborn(environment)
    let desk = CopyDesk()
    let (request, old) = try transaction { workbench throws(BookError) in
      guard let old = workbench.replica.tip.device else { throw .notPublished }
      var request = try workbench.request()
      request.book = .known(workbench.replica.book, try workbench.cursor())
      request.device = successor.id
      request.outgoing = []
      request.mark = nil
      request.vector[old] = try workbench.number(SettingName.acknowledged) ?? 0
      return (request, old)
    }
    do {
      _ = try await SyncClient.exchange(
        with: address.server, request, receiver: desk, timeouts: environment.timeouts, tap: environment.tap)
    } catch {
      throw BookError(error)
    }
    let kept = try transaction { workbench throws(BookError) in
      var kept = try workbench.number(SettingName.acknowledged) ?? 0
      for (ref, id) in desk.ends where ref.device == old && ref.seq >= kept {
        if try workbench.stored({ storage throws(StorageError) in try storage.id(of: ref) }) == id {
          kept = ref.seq + 1
        }
      }
      return kept
    }
    return try reborn(as: successor, keeping: kept)
  }
}

/// A receiver that keeps nothing, and remembers only what the server calls the last change of each run.
private final class CopyDesk: SyncReceiver {
  private let found = Mutex<[(ChangeRef, ChangeID)]>([])

  /// In the log's order.
  var ends: [(ChangeRef, ChangeID)] { found.withLock { $0 } }

  func opened(_ book: BookID, _ epoch: Epoch, last: DeviceHead?) async throws {}

  func acknowledged(_ head: DeviceHead) async throws {}

  func deliver(_ page: [Delivery], through cursor: Cursor?) async throws {
    for delivery in page {
      if case .run(let run, let id) = delivery {
        found.withLock { $0.append((ChangeRef(device: run.device, seq: run.last), id)) }
      }
    }
  }

  func lookUp(beyond vector: VersionVector) async throws -> [PackedRun] { [] }
}
