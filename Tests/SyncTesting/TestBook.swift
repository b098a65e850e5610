package import Bytes
package import Formats
package import History
package import Signing
package import SyncProtocol

/// A book that tests write: real changes by real keys, packed into real runs. Everything follows from small numbers.
package struct TestBook: Sendable {
  package struct Author: Sendable {
    package let key: DeviceKey
    package let incarnation: Incarnation
    package let device: DeviceID
    package fileprivate(set) var chain: [Change] = []

    fileprivate init(_ number: UInt8, incarnation: UInt8) {
      guard let key = DeviceKey(rawRepresentation: Array(repeating: number, count: DeviceKey.byteCount)),
        let life = Incarnation(Array(repeating: incarnation, count: Incarnation.byteCount))
      else { preconditionFailure("keys and incarnations of the right length") }
      self.key = key
      self.incarnation = life
      device = DeviceID(key: key.publicKey, incarnation: life, hash: Signing.hash)
    }
  }

  package private(set) var authors: [Author] = []
  package private(set) var id = BookID.zero
  package private(set) var heads: [ChangeID] = []
  package private(set) var vector = VersionVector()
  private var refs: [ChangeID: ChangeRef] = [:]
  private var note: EntryID?

  /// A book by author 0, with one note. `nonce` makes it another book.
  package init(nonce: UInt8 = 0) throws {
    addAuthor()
    let founding = Operation.found(nonce: Array(repeating: nonce, count: Operation.nonceCount))
    let root = try save(0, [introduction(of: 0), founding, .create(kind: "note")])
    id = BookID(root: root.id)
    note = EntryID(creation: root.operationRef(2))
  }

  /// The number of a new author, who has written nothing yet.
  @discardableResult
  package mutating func addAuthor(key: UInt8? = nil, incarnation: UInt8 = 1) -> Int {
    authors.append(Author(key ?? UInt8(authors.count + 1), incarnation: incarnation))
    return authors.count - 1
  }

  /// The words typed into the note, as the author's next change; the first one introduces the device.
  @discardableResult
  package mutating func type(
    _ text: String, by author: Int, on parents: [ChangeID]? = nil
  ) throws -> Change {
    guard let note else { preconditionFailure("a book has its note") }
    var operations: [Operation] = authors[author].chain.isEmpty ? [introduction(of: author)] : []
    operations.append(.edit(note, [TextEdit(position: 1_000, deleted: 0, inserted: ExactText(text))]))
    return try save(author, operations, on: parents)
  }

  /// Any operations, as the author's next change.
  @discardableResult
  package mutating func save(
    _ author: Int, _ operations: [Operation], on parents: [ChangeID]? = nil, in book: BookID? = nil
  ) throws -> Change {
    let chain = authors[author].chain
    let parents = (parents ?? heads).sorted()
    let ref = ChangeRef(device: authors[author].device, seq: UInt64(chain.count))
    let change = try Change(
      ChangeHeader.Fields(
        book: book ?? id, ref: ref, previous: chain.last?.id, parents: parents, time: 1_635_768_000 + Int64(refs.count)),
      operations: operations, hash: Signing.hash)
    authors[author].chain.append(change)
    refs[change.id] = ref
    heads = (heads.filter { !parents.contains($0) } + [change.id]).sorted()
    vector[ref.device] = ref.seq + 1
    return change
  }

  package func introduction(of author: Int, name: ExactText = "Anne Martin") -> Operation {
    let key = Introduction.Key(publicKey: authors[author].key.publicKey, incarnation: authors[author].incarnation)
    return .introduce(Introduction(key: key, name: name))
  }

  /// The author's changes from `first` on (to the last, or `count` of them), signed, as one run.
  package func run(_ author: Int, from first: Int = 0, count: Int? = nil) throws -> PackedRun {
    let changes = Array(authors[author].chain[first...].prefix(count ?? .max))
    guard let last = changes.last else { preconditionFailure("a run has a change") }
    let signature = authors[author].key.sign(ChainSignature.message(book: id, ref: last.ref, id: last.id))
    return try RunCodec.pack(changes, signature: signature) { refs[$0] }
  }

  package func head(of author: Int) -> DeviceHead? {
    authors[author].chain.last.map { DeviceHead(seq: $0.ref.seq, id: $0.id) }
  }
}

/// An epoch that tests name by a number.
extension Epoch {
  package static func numbered(_ number: UInt8) -> Epoch {
    guard let epoch = Epoch(Array(repeating: number, count: Epoch.byteCount)) else {
      preconditionFailure("an epoch of the right length")
    }
    return epoch
  }
}

extension BookName {
  /// A name that keeps the rule, for tests.
  package static func of(_ text: ExactText) -> BookName {
    guard let name = BookName(text) else { preconditionFailure("a name that keeps the rule") }
    return name
  }
}
