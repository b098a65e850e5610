import BookFolder
import Bytes
import FolderTesting
import PropertyTesting
import Synchronization
import Testing

struct FolderScanTests {
  private func scan(
    _ folder: TestFolder, _ index: FileIndex = FileIndex(), now: Int64 = later(),
    files: any FileSystem = LinuxFileSystem()
  ) throws -> FolderScan {
    try FolderScan(folder.root(files), index: index, now: now)
  }

  @Test func `F7 an unchanged folder costs one stat a file, and none is opened`() throws {
    let folder = try TestFolder()
    for number in 0..<5_000 { try folder.write("notes/\(number % 7)/\(number).md", "Note \(number)\n") }
    let first = try scan(folder)
    #expect(first.new.count == 5_000)
    let files = WatchedFiles()
    let second = try scan(folder, first.index, files: files)
    #expect(second.unchanged.count == 5_000 && second.changed.isEmpty && second.new.isEmpty && second.gone.isEmpty)
    #expect(files.count("status") == 5_000)
    // The patterns' file is asked for once; no note is.
    #expect(files.count("read") == 1)
    #expect(second.index == first.index)
  }

  @Test func `what changed, came and went is told apart`() throws {
    let folder = try TestFolder()
    for name in ["a.md", "b.md", "people/c.md"] { try folder.write(name, name) }
    let first = try scan(folder)
    try folder.write("a.md", "other")
    try folder.remove("b.md")
    try folder.write("people/d.md", "new")
    let second = try scan(folder, first.index)
    #expect(second.changed.map(\.path) == ["a.md"] && second.changed.first?.bytes == Array("other".utf8))
    #expect(second.gone == ["b.md"])
    #expect(second.new.map(\.path) == ["people/d.md"])
    #expect(second.unchanged == ["people/c.md"])
    #expect(second.index.entries.map(\.path) == ["a.md", "people/c.md", "people/d.md"])
  }

  @Test func `any folder is told apart as a simple comparison does it`() throws {
    let names = ["a", "a-b", "a.b", "a0", "B", "\u{e9}", "a b", "z"]
    try forAll(150) { random in
      let folder = try TestFolder(inMemory: true)
      func write(_ text: String) throws {
        var path = names[random.below(names.count)]
        while random.oneIn(2) { path += "/" + names[random.below(names.count)] }
        // Where a folder has the name already there is nothing to write.
        try? folder.write(path + (random.oneIn(9) ? ".txt" : ".md"), text)
      }
      for _ in 0..<random.below(25) { try write("one") }
      let old = folder.visible.filter { $0.key.hasSuffix(".md") }
      let first = try scan(folder)
      try #require(
        first.index.entries.map(\.path.string) == old.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      for path in old.keys.sorted() where random.oneIn(4) { try folder.remove(path) }
      for _ in 0..<random.below(9) { try write("other") }
      let now = folder.visible.filter { $0.key.hasSuffix(".md") }
      let second = try scan(folder, first.index)
      func same(_ found: [ExactText], _ expected: [String]) -> Bool {
        found == expected.map { ExactText($0) }.sorted()
      }
      try #require(
        same(
          second.unchanged,
          now.keys.filter { old[$0] == now[$0] && second.index[ExactText($0)] == first.index[ExactText($0)] }))
      try #require(same(second.new.map(\.path), now.keys.filter { old[$0] == nil }))
      try #require(same(second.gone, old.keys.filter { now[$0] == nil }))
      try #require(same((second.changed.map(\.path) + second.unchanged).sorted(), now.keys.filter { old[$0] != nil }))
      try #require(second.index.entries.map(\.path) == second.index.entries.map(\.path).sorted())
    }
  }

  @Test func `hidden files, droppings, private and ignored files are left alone, and counted where that is promised`()
    throws
  {
    let folder = try TestFolder()
    for name in [
      "a.md", ".obsidian/x.md", ".a.md", "b.md~", "#c.md#", "~$d.md", "4913", "Thumbs.db", "e.md.icloud", "f.md.swp",
      ".git/g.md",
      "photo.jpg", "notes/plan.pdf", "private/x.md", "private/y/z.md", "private/y.txt", "old/1.md", "old/2.md",
      "draft.draft.md",
      "inner/.valise/store", "inner/i.md", "notes/private/n.md",
    ] { try folder.write(name, "x") }
    try folder.write(".valiseignore", "old/\n*.draft.md\n")
    let found = try scan(folder)
    #expect(found.new.map(\.path) == ["a.md", "notes/private/n.md"])
    #expect(found.counts == FolderScan.Counts(other: 2, inPrivate: 3, ignored: 2))
    #expect(found.otherBooks == ["inner"])
  }

  @Test func `a file that is ignored since is held back, not deleted`() throws {
    let folder = try TestFolder()
    for name in ["a.md", "old/b.md", "c.draft.md", "inner/d.md"] { try folder.write(name, "x") }
    let first = try scan(folder)
    try folder.write(".valiseignore", "old\n*.draft.md\n")
    try folder.write("inner/.valise/store", "x")
    let second = try scan(folder, first.index)
    #expect(second.gone.isEmpty)
    #expect(Set(second.heldBack) == ["old/b.md", "c.draft.md", "inner/d.md"])
    #expect(second.index == first.index)
  }

  @Test func `links are not followed, and what stood in their place is not deleted`() throws {
    let folder = try TestFolder()
    let elsewhere = try TestFolder()
    try elsewhere.write("x.md", "x")
    for name in ["a.md", "people/b.md"] { try folder.write(name, "x") }
    let first = try scan(folder)
    try folder.remove("a.md")
    try folder.remove("people")
    try folder.link("a.md", to: "/etc/hostname")
    try folder.link("people", to: elsewhere.path)
    let second = try scan(folder, first.index)
    #expect(second.links == ["a.md", "people"] && second.new.isEmpty && second.gone.isEmpty)
    #expect(second.heldBack == ["a.md", "people/b.md"])
  }

  @Test func `a folder replaced by a file is that`() throws {
    let folder = try TestFolder()
    try folder.write("notes.md/a.md", "x")
    let first = try scan(folder)
    try folder.remove("notes.md")
    try folder.write("notes.md", "x")
    let second = try scan(folder, first.index)
    #expect(second.gone == ["notes.md/a.md"] && second.new.map(\.path) == ["notes.md"])
  }

  @Test func `U9 an edit of equal size with its old time is seen`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "one")
    try folder.touch("a.md", secondsAgo: 86_400)
    let first = try scan(folder)
    #expect(first.new.first?.isCertain == true)
    try folder.write("a.md", "two")
    try folder.touch("a.md", secondsAgo: 86_400)
    #expect(try scan(folder, first.index).changed.map(\.bytes) == [Array("two".utf8)])
  }

  @Test func `U9 a file touched as it was scanned, or in the future, is read again`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "one")
    try folder.write("b.md", "one")
    try folder.touch("b.md", secondsAgo: -86_400 * 3_650)
    let first = try scan(folder, now: clock())
    #expect(first.new.map(\.isCertain) == [false, false])
    let second = try scan(folder, first.index, now: later())
    #expect(second.changed.map(\.path) == ["a.md", "b.md"])
    let third = try scan(folder, second.index, now: later())
    #expect(third.unchanged == ["a.md"] && third.changed.map(\.path) == ["b.md"])
    #expect(try scan(folder, third.index, now: clock() - 3_600_000_000_000).changed.map(\.path) == ["b.md"])
  }

  @Test func `U9 a stamp counts when it is older than the times of its file system are coarse`() {
    let second: Int64 = 1_000_000_000
    func stamp(_ modified: Int64, _ changed: Int64) -> FileStamp {
      FileStamp(size: 3, modified: modified, changed: changed, inode: 7, device: 1)
    }
    let fine = stamp(50 * second + 1, 50 * second + 2)
    #expect(!fine.isCertain(at: 50 * second + 90_000_000) && fine.isCertain(at: 50 * second + 110_000_000))
    for coarse in [stamp(50 * second, 50 * second + 2), stamp(50 * second + 1, 50 * second)] {
      #expect(!coarse.isCertain(at: 52 * second - 1) && coarse.isCertain(at: 52 * second + 10))
    }
    #expect(!stamp(90 * second + 1, 50 * second + 2).isCertain(at: 60 * second))
    #expect(!stamp(50 * second + 1, 90 * second + 2).isCertain(at: 60 * second))
  }

  @Test func `F4 a file past the size limit or without a system's leave is named, the others are read`() throws {
    let folder = try TestFolder()
    try folder.write("big.md", [UInt8](repeating: 65, count: EntryFile.Limit.file + 1))
    try folder.write("a.md", "x")
    try folder.write("b.md", "x")
    let files = WatchedFiles(watcher: { (call, name) throws(SystemFailure) in
      if call == "read", name == Array("b.md".utf8) { throw SystemFailure("openat", 13) }
    })
    let found = try scan(folder, files: files)
    #expect(found.new.map(\.path) == ["a.md"])
    #expect(
      found.unreadable == [
        UnreadFile(path: "b.md", reason: .refusedBySystem(SystemFailure("openat", 13))),
        UnreadFile(path: "big.md", reason: .tooLarge(bytes: 4_194_305, limit: 4_194_304)),
      ])
  }

  @Test func `a folder that cannot be opened holds its files back`() throws {
    let folder = try TestFolder()
    for name in ["a.md", "people/b.md", "people/c/d.md"] { try folder.write(name, "x") }
    let first = try scan(folder)
    let files = WatchedFiles(watcher: { (call, name) throws(SystemFailure) in
      if call == "openFolder", name == Array("people".utf8) { throw SystemFailure("openat", 13) }
    })
    let second = try scan(folder, first.index, files: files)
    #expect(second.gone.isEmpty && second.heldBack == ["people/b.md", "people/c/d.md"])
  }

  @Test func `a file that changes while it is read is read again`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "old")
    let path = folder.path + "/a.md"
    func saving(upTo times: Int) -> WatchedFiles {
      let saves = Mutex(0)
      return WatchedFiles(whileReading: { name in
        let number = saves.withLock {
          $0 += 1; return $0
        }
        if name == Array("a.md".utf8), number <= times { try? save(path, "save \(number)") }
      })
    }
    let found = try scan(folder, files: saving(upTo: 2))
    #expect(found.new.map(\.bytes) == [Array("save 2".utf8)])
    let restless = try scan(folder, files: saving(upTo: 100))
    #expect(restless.unreadable == [UnreadFile(path: "a.md", reason: .stillBeingWritten)])
  }

  @Test func `U3 files that lost all their bytes are named and not recorded`() throws {
    let folder = try TestFolder()
    for number in 0..<20 { try folder.write("\(number).md", "Note \(number)") }
    try folder.write("empty.md", "")
    let first = try scan(folder)
    for number in 0..<20 {
      try folder.write("\(number).md", number % 2 == 0 ? [] : [UInt8](repeating: 0, count: 6))
      try folder.touch("\(number).md", secondsAgo: 86_400)
    }
    let second = try scan(folder, first.index)
    #expect(second.emptied.count == 20 && second.changed.isEmpty && second.unchanged == ["empty.md"])
    #expect(EmptiedFolder(gone: second.gone.count, emptied: second.emptied.count, known: 21) != nil)
    #expect(second.index == first.index)
    #expect(try scan(folder, second.index).emptied.count == 20)
  }

  @Test func `U1 F6 a folder that is suddenly empty is not a deletion`() throws {
    let folder = try TestFolder()
    for number in 0..<30 { try folder.write("n\(number).md", "x") }
    let first = try scan(folder)
    for number in 0..<11 { try folder.remove("n\(number).md") }
    let second = try scan(folder, first.index)
    #expect(EmptiedFolder(gone: second.gone.count, emptied: 0, known: first.index.entries.count)?.gone == 11)
    #expect(EmptiedFolder(gone: 10, emptied: 0, known: 30) == nil)
    #expect(EmptiedFolder(gone: 5, emptied: 0, known: 5) == nil)
    #expect(
      EmptiedFolder(gone: 3, emptied: 3, known: 17) != nil && EmptiedFolder(gone: 3, emptied: 3, known: 18) == nil)
    #expect(throws: SystemFailure.self) { try FolderRoot(folder.path + "/not-mounted") }
  }

  @Test func `U13 a file with a forbidden name is refused with a name to use, the others are read`() throws {
    let folder = try TestFolder()
    for name in ["a?b.md", "CON.md", "ok.md", String(repeating: "x", count: 240) + ".md"] {
      try folder.write(name, "x")
    }
    try folder.run("printf x > \"$(printf 'bad\\377.md')\"")
    let found = try scan(folder)
    #expect(found.new.map(\.path) == ["ok.md"])
    #expect(found.refused.map(\.suggestion).contains("a-b.md") && found.refused.count == 4)
    #expect(found.refused.contains { $0.reason == .invalidUTF8 })
  }
}

struct FileIndexTests {
  static func sample(_ count: Int) -> FileIndex {
    FileIndex(
      (0..<count).map { number in
        FileIndex.Entry(
          path: ExactText("engagements/entry-number-\(number).md"),
          stamp: FileStamp(
            size: Int64(number), modified: 1_636_500_000_000_000_000 + Int64(number), changed: -5, inode: 77,
            device: .max),
          isCertain: number % 3 != 0, payload: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 60))
      })
  }

  @Test func `an index is one blob`() throws {
    let index = Self.sample(200)
    #expect(try FileIndex(encoded: index.encoded()) == index)
    #expect(try FileIndex(encoded: FileIndex().encoded()) == FileIndex())
    #expect(index[ExactText("engagements/entry-number-17.md")]?.stamp.size == 17)
  }

  @Test func `a damaged index is refused, not believed`() throws {
    let bytes = Self.sample(20).encoded()
    for count in 0..<bytes.count {
      #expect(throws: DecodingError.self) { try FileIndex(encoded: Array(bytes.prefix(count))) }
    }
    try forAll(2_000) { random in
      var damaged = bytes
      damaged[random.below(damaged.count)] = UInt8(random.below(256))
      _ = try? FileIndex(encoded: damaged)
    }
  }
}

struct RenameTests {
  private func stamp(_ inode: UInt64) -> FileStamp {
    FileStamp(size: 0, modified: 0, changed: 0, inode: inode, device: 1)
  }

  private func gone(_ path: String, _ text: String, inode: UInt64 = 0) -> GoneFile {
    GoneFile(path: ExactText(path), bytes: Array(text.utf8), inode: inode)
  }

  private func new(_ path: String, _ text: String, inode: UInt64 = 1) throws -> FoundFile {
    let folder = try TestFolder()
    try folder.write("x.md", text)
    let found = try FolderScan(folder.root(), index: FileIndex(), now: later()).new
    let bytes = try #require(found.first).bytes
    return FoundFile(path: ExactText(path), bytes: bytes, stamp: stamp(inode), isCertain: true)
  }

  /// Of the words of both, those that are in both.
  private func similarity(_ a: [UInt8], _ b: [UInt8]) -> Double {
    let one = a.split { $0 == 32 || $0 == 10 }.map { Array($0) }
    let other = b.split { $0 == 32 || $0 == 10 }.map { Array($0) }
    let common = one.count { other.contains($0) }
    return one.isEmpty ? 0 : Double(2 * common) / Double(one.count + other.count)
  }

  private func find(_ gone: [GoneFile], _ new: [FoundFile]) -> [String] {
    Renames.find(gone: gone, new: new, similarity: similarity).map { "\($0.from.string)>\($0.to.string)" }
  }

  @Test func `equal content is a rename, the inode and the name choose among several`() throws {
    #expect(try find([gone("a.md", "x")], [new("b.md", "x"), new("c.md", "y")]) == ["a.md>b.md"])
    #expect(
      try find([gone("a.md", "x", inode: 7), gone("b.md", "x")], [new("c.md", "x"), new("d.md", "x", inode: 7)])
        == ["a.md>d.md", "b.md>c.md"])
    #expect(
      try find([gone("a.md", "x"), gone("b.md", "x")], [new("y/b.md", "x"), new("z/a.md", "x")])
        == ["a.md>z/a.md", "b.md>y/b.md"])
  }

  @Test func `a renamed folder renames its files`() throws {
    let old = (0..<9).map { gone("old/\($0).md", "same text") }
    let moved = try (0..<9).map { try new("new/\($0).md", "same text", inode: UInt64($0 + 10)) }
    #expect(find(old, moved) == (0..<9).map { "old/\($0).md>new/\($0).md" })
  }

  @Test func `half of the words must agree, in both directions`() throws {
    #expect(try find([gone("a.md", "one two three four")], [new("b.md", "one two three five")]) == ["a.md>b.md"])
    #expect(try find([gone("a.md", "one two three four")], [new("b.md", "one six seven five")]).isEmpty)
    #expect(
      try find(
        [gone("a.md", "one two three four"), gone("b.md", "one two three nine")],
        [new("c.md", "one two three nine ten")]) == ["b.md>c.md"])
  }

  @Test func `U13 a name that changed its case alone is a rename, whatever was edited`() throws {
    #expect(try find([gone("Note.md", "one")], [new("note.md", "two")]) == ["Note.md>note.md"])
    #expect(try find([gone("e\u{301}.md", "one")], [new("\u{e9}.md", "two")]) == ["e\u{301}.md>\u{e9}.md"])
  }

  @Test func `empty files are not the same file`() throws {
    #expect(try find([gone("a.md", "")], [new("b.md", "")]).isEmpty)
    #expect(try find([gone("a.md", "", inode: 5)], [new("b.md", "", inode: 5)]) == ["a.md>b.md"])
  }

  @Test(.timeLimit(.minutes(1)))
  func `1,000 files moved and edited at once are found`() throws {
    let old = (0..<1_000).map {
      gone("old/\($0).md", "common line\nentry \($0) of many\nroom-\($0) hall-\($0) floor-\($0)\n")
    }
    let sample = try new("x.md", "x")
    let moved = (0..<1_000).map {
      FoundFile(
        path: ExactText("new/\($0).md"),
        bytes: Array("common line\nentry \($0) of many\nroom-\($0) hall-\($0) edited\n".utf8),
        stamp: sample.stamp, isCertain: true)
    }
    #expect(
      find(old, moved).count { $0.split(separator: ">")[0].dropFirst(4) == $0.split(separator: ">")[1].dropFirst(4) }
        == 1_000)
  }
}
