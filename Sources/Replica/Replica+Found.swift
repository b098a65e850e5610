package import Bytes
package import History

extension Replica {
  /// Founds a book: its root change introduces the device and names the book by its own id.
  ///
  /// - Parameter nonce: `Operation.nonceCount` random bytes, so that the same notes on two laptops are two books.
  package static func found(
    _ storage: any ReplicaStorage, _ cryptography: Cryptography, device: DeviceID, introduction: Introduction,
    nonce: [UInt8], time: Int64, into recording: inout Recording
  ) throws(ReplicaError) -> Replica {
    if let tip = try reading({ () throws(StorageError) in try storage.tip() }) { throw .bookExists(tip.book) }
    let ref = ChangeRef(device: device, seq: 0)
    let root: Change
    do {
      root = try Change(
        ChangeHeader.Fields(book: .zero, ref: ref, previous: nil, parents: [], time: time),
        operations: [.introduce(introduction), .found(nonce: nonce)], hash: cryptography.hash)
    } catch { throw .change(error) }
    var replica = try Replica(receiving: BookID(root: root.id), as: device, storage, cryptography)
    var draft = ChangeDraft(ref: ref)
    for operation in root.operations { draft.append(operation) }
    _ = try replica.record(draft, time: time, isRoot: true, into: &recording)
    return replica
  }
}
