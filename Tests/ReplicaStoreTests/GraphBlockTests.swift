import BookFolder
import Bytes
import Foundation
import Formats
import GRDB
import History
import PropertyTesting
import Replica
import ReplicaStore
import Testing

/// A store in a file of its own, and a history that it is given in pieces.
private struct GrowingStore {
  let path = FileManager.default.temporaryDirectory.path + "/graph-\(UUID().uuidString).sqlite"
  var expected = EventGraph()

  func open() throws -> ReplicaStore { try ReplicaStore(path: path) }

  func remove() {
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
  }

  /// Appends a run of one device, on parents of which some lie far back.
  mutating func append(_ length: Int, to store: ReplicaStore, using random: inout SeededRandom) throws {
    let device = DeviceID(number: UInt64(1 + random.below(5)))
    let first = expected.count(of: device)
    var rows: [ChangeRow] = []
    for _ in 0..<length {
      let count = expected.count
      let picked = (0..<random.below(4)).compactMap { _ in count == 0 ? nil : ChangeIndex(random.below(count)) }
      let parents = expected.reduced(random.oneIn(3) ? picked : Array(expected.heads.suffix(2)))
      let digest = try #require(Digest(random.bytes(Digest.byteCount)))
      let ref = ChangeRef(device: device, seq: expected.count(of: device))
      let index = expected.append(next: device, id: ChangeID(digest), parents: parents)
      rows.append(
        ChangeRow(
          index: index, id: ChangeID(digest), ref: ref, parents: parents, time: 0, origin: .typed, message: ""))
    }
    let run = PackedRun(device: device, first: first, count: length, signature: nil, sections: [])
    let stored = rows
    try store.transaction { storage throws(ReplicaError) in
      do throws(StorageError) { try storage.append(run, stored) } catch { throw .storage(error) }
    }
  }

  func graph(in store: ReplicaStore) throws -> EventGraph {
    try store.reading { storage throws(ReplicaError) in
      do throws(StorageError) { return try storage.graph() } catch { throw .storage(error) }
    }
  }

  func check(_ store: ReplicaStore) throws {
    let graph = try graph(in: store)
    try #require(graph.count == expected.count)
    try #require(graph.heads == expected.heads)
    try #require(graph.vector == expected.vector)
    for index in graph.indices.map({ ChangeIndex($0) }) {
      try #require(graph.ref(at: index) == expected.ref(at: index))
      try #require(graph.id(at: index) == expected.id(at: index))
      try #require(graph.lamport(at: index) == expected.lamport(at: index))
      try #require(graph.parents(of: index).elementsEqual(expected.parents(of: index)))
      try #require(graph.index(of: expected.id(at: index)) == index)
    }
  }

  /// Runs SQL on the file, which nobody has open.
  func write(_ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  func blocks() throws -> Int {
    let queue = try DatabaseQueue(path: path)
    return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM graph") } ?? 0
  }

  /// How an index was made.
  func sql(of index: String) throws -> String {
    let queue = try DatabaseQueue(path: path)
    return try queue.read { database in
      try String.fetchOne(database, sql: "SELECT sql FROM sqlite_master WHERE name = ?", arguments: [index])
    } ?? ""
  }
}

@Suite struct `A store's blocks of the history's shape` {
  @Test func `give it back, with the changes that have no block yet`() throws {
    try forAll(6) { random in
      var growing = GrowingStore()
      defer { growing.remove() }
      let store = try growing.open()
      for length in [1, 254, 1, 1, 600, 3, 40, 300] {
        try growing.append(length, to: store, using: &random)
        try growing.check(store)
      }
      try #require(try growing.blocks() == growing.expected.count / 256)
      // Whoever checks a store says the same of them.
      try store.reading { storage throws(ReplicaError) in
        do throws(StorageError) {
          var rows: [ChangeRow] = []
          while let row = try storage.row(at: ChangeIndex(rows.count)) { rows.append(row) }
          let blocks = try storage.storedBlocks().map { "\($0.first) \($0.changes)" }
          let made = GraphBlock.expected(of: rows).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
          #expect(blocks == made)
        } catch { throw .storage(error) }
      }
    }
  }

  @Test func `are made of what is there, in a store from before there were any`() throws {
    try forAll(2) { random in
      var growing = GrowingStore()
      defer { growing.remove() }
      do {
        let store = try growing.open()
        try growing.append(700, to: store, using: &random)
      }
      try growing.write("DROP TABLE graph; DROP TABLE checkpoint; PRAGMA user_version = 1")
      // Whoever only looks brings no store up to date.
      #expect(throws: StorageError.self) { try ReplicaStore(existing: growing.path) }
      let store = try growing.open()
      try growing.check(store)
      try growing.append(1, to: store, using: &random)
      try growing.check(store)
      try #require(try growing.blocks() == 2)
    }
  }

  @Test func `the index of paths of an older store is made anew`() throws {
    var growing = GrowingStore()
    defer { growing.remove() }
    do {
      var random = SeededRandom(seed: 5)
      let store = try growing.open()
      try growing.append(3, to: store, using: &random)
    }
    let narrow = "DROP INDEX entry_by_path; CREATE INDEX entry_by_path ON entry (path) WHERE path IS NOT NULL;"
    try growing.write(narrow + "PRAGMA user_version = 2")
    _ = try ReplicaStore(existing: growing.path)
    _ = try growing.open()
    #expect(try growing.sql(of: "entry_by_path").contains("(path, id, placed)"))
  }

  @Test(arguments: ["x'00'", "zeroblob(20)", "x''", "substr(changes, 1, 900)", "changes || x'00'"])
  func `are refused where they are damaged`(content: String) throws {
    var random = SeededRandom(seed: 7)
    var growing = GrowingStore()
    defer { growing.remove() }
    do {
      let store = try growing.open()
      try growing.append(600, to: store, using: &random)
    }
    try growing.write("UPDATE graph SET changes = \(content) WHERE first = 256")
    let store = try growing.open()
    do {
      _ = try growing.graph(in: store)
      Issue.record("read")
    } catch ReplicaError.storage(.damaged(let what)) { #expect(what.hasPrefix("graph")) }
  }
}
