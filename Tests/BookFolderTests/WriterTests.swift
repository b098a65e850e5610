import BookFolder
import Bytes
import FolderTesting
import PropertyTesting
import Synchronization
import Testing

struct FolderWriterTests {
  private func planned(_ path: String, _ before: String?, _ after: String?) -> PlannedWrite {
    PlannedWrite(path: ExactText(path), before: before.map { Array($0.utf8) }, after: after.map { Array($0.utf8) })
  }

  @discardableResult
  private func write(
    _ folder: TestFolder, _ writes: [PlannedWrite], own: [ExactText] = [], files: any FileSystem = LinuxFileSystem(),
    journal: MemoryJournal = MemoryJournal()
  ) throws -> WriteOutcome {
    var writer = try FolderWriter(folder.root(files))
    return try writer.write(WritePlan(id: 7, writes: writes, ownFolders: own), journal: journal)
  }

  @Test func `files are replaced, made and deleted, and what is deleted waits in the trash`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "old")
    try folder.write("b.md", "gone soon")
    let journal = MemoryJournal()
    let outcome = try write(
      folder,
      [planned("a.md", "old", "new"), planned("people/x/c.md", nil, "made"), planned("b.md", "gone soon", nil)],
      journal: journal)
    #expect(folder.visible == ["a.md": "new", "people/x/c.md": "made"])
    #expect(outcome.isSettled && journal.plan == nil && outcome.madeFolders == ["people", "people/x"])
    #expect(folder.read(".valise/trash/7-2 b.md") == "gone soon")
    #expect(folder.read(".valise/tmp/7-0.new") == "old" && journal.copies.count == 1)
    let index = try FolderScan(folder.root(), index: FileIndex(), now: later()).index
    #expect(outcome.files[0].state == .written(index["a.md"]?.stamp))
    #expect(outcome.files[1].state == .written(index["people/x/c.md"]?.stamp))
  }

  @Test func `the mode of a file is kept`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "old")
    try folder.run("chmod 640 a.md")
    try write(folder, [planned("a.md", "old", "new")])
    try folder.run("test \"$(stat -c %a a.md)\" = 640")
  }

  @Test func `F5 a file that is no longer what it was is not touched`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "edited")
    try folder.write("c.md", "mine")
    try folder.write("d.md", "edited too")
    let journal = MemoryJournal()
    let outcome = try write(
      folder,
      [
        planned("a.md", "old", "new"), planned("b.md", "old", "new"), planned("c.md", nil, "new"),
        planned("d.md", "old", nil),
        planned("e.md", nil, "fine"),
      ], journal: journal)
    #expect(folder.visible == ["a.md": "edited", "c.md": "mine", "d.md": "edited too", "e.md": "fine"])
    let bytes = { (text: String) in Array(text.utf8) }
    #expect(
      outcome.files.prefix(4).map(\.state) == [
        .changed(bytes("edited")), .changed(nil), .changed(bytes("mine")), .changed(bytes("edited too")),
      ])
    #expect(!outcome.isSettled && journal.plan != nil)
  }

  @Test func `a file takes the place of a folder, a folder that of a file, and a name changes its case`() throws {
    let folder = try TestFolder()
    try folder.write("x.md/a.md", "a")
    try folder.write("y.md", "y")
    try folder.write("Note.md", "n")
    let outcome = try write(
      folder,
      [
        planned("x.md", nil, "file"), planned("y.md/b.md", nil, "b"), planned("note.md", nil, "n"),
        planned("x.md/a.md", "a", nil),
        planned("y.md", "y", nil), planned("Note.md", "n", nil),
      ], own: ["x.md"])
    #expect(folder.visible == ["x.md": "file", "y.md/b.md": "b", "note.md": "n"])
    #expect(outcome.removedFolders == ["x.md"] && outcome.isSettled)
  }

  @Test func `folders that Valise made go when they are empty, others stay`() throws {
    let folder = try TestFolder()
    for name in ["own/deep/a.md", "theirs/b.md", "full/c.md", "full/mine.txt"] { try folder.write(name, "x") }
    let outcome = try write(
      folder, [planned("own/deep/a.md", "x", nil), planned("theirs/b.md", "x", nil), planned("full/c.md", "x", nil)],
      own: ["own", "own/deep", "full"])
    #expect(outcome.removedFolders == ["own/deep", "own"])
    #expect(folder.visible == ["full/mine.txt": "x"])
    try folder.run("test -d theirs && test ! -d own")
  }

  @Test func `no path leads out of the folder, into a link, or into what is hidden`() throws {
    let folder = try TestFolder()
    let outside = try TestFolder()
    try outside.write("a.md", "outside")
    try folder.link("link", to: outside.path)
    try folder.link("l.md", to: outside.path + "/a.md")
    let name = outside.path.split(separator: "/").last.map(String.init) ?? ""
    let paths = [
      "../\(name)/a.md", "x/../../\(name)/a.md", "link/a.md", "/a.md", ".valise/a.md", ".git/hooks/a.md", "l.md", "",
      "x//a.md",
    ]
    for before in ["outside", nil] {
      for after in ["pwned", nil] {
        let outcome = try write(folder, paths.map { planned($0, before, after) })
        for (path, file) in zip(paths, outcome.files) where before != nil || after != nil {
          if case .written(let stamp) = file.state, stamp != nil { Issue.record("\(path) was written") }
        }
      }
    }
    #expect(outside.visible == ["a.md": "outside"])
    #expect(folder.files { $0.hasSuffix("a.md") && !$0.hasPrefix("link") }.isEmpty)
  }

  @Test(arguments: ["create", "flushAll", "take"])
  func `a full disk stops the plan before the first swap`(_ call: String) throws {
    let folder = try TestFolder()
    for number in 0..<6 { try folder.write("\(number).md", "old") }
    let count = Mutex(0)
    let files = WatchedFiles(watcher: { (name, _) throws(SystemFailure) in
      guard name == call else { return }
      let number = count.withLock {
        $0 += 1; return $0
      }
      if number >= (call == "flushAll" ? 1 : 4) { throw SystemFailure("write", 28) }
    })
    let journal = MemoryJournal()
    #expect(throws: FolderWriteFailure.self) {
      try write(folder, (0..<6).map { planned("\($0).md", "old", "new") }, files: files, journal: journal)
    }
    #expect(folder.visible.values.allSatisfy { $0 == "old" } && journal.plan == nil)
    #expect(folder.files { $0.hasPrefix(".valise/") }.isEmpty)
  }

  @Test func `a read-only folder stops the plan before the first swap, and is named`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "old")
    try folder.write("notes/b.md", "old")
    let count = Mutex(0)
    let files = WatchedFiles(watcher: { (call, _) throws(SystemFailure) in
      let number = count.withLock {
        $0 += call == "mayWrite" ? 1 : 0; return $0
      }
      if call == "mayWrite", number == 2 { throw SystemFailure("faccessat", 30) }
    })
    do {
      try write(folder, [planned("a.md", "old", "new"), planned("notes/b.md", "old", "new")], files: files)
      Issue.record("written")
    } catch FolderWriteFailure.readOnly(let folder) { #expect(folder == "notes") }
    #expect(folder.read("a.md") == "old")
  }

  @Test func `a link that is put in a file's place in the last instant goes back`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "old")
    let path = folder.path
    let done = Mutex(false)
    let files = WatchedFiles(watcher: { (call, _) throws(SystemFailure) in
      guard call == "exchange",
        !done.withLock({
          let was = $0; $0 = true; return was
        })
      else { return }
      try? save(path + "/saved", "x")
      _ = try? shell("cd \(path); rm a.md; ln -s saved a.md")
    })
    let outcome = try write(folder, [planned("a.md", "old", "new")], files: files)
    #expect(outcome.files.map(\.state) == [.obstructed])
    try folder.run("test -L a.md && test \"$(cat saved)\" = x")
  }

  @Test func `an editor that writes into the swapped-out file is found by the next command`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "old")
    try folder.write("b.md", "old")
    let editor = try Editor(folder.path + "/a.md")
    let journal = MemoryJournal()
    let outcome = try write(folder, [planned("a.md", "old", "new"), planned("b.md", "old", "new")], journal: journal)
    #expect(outcome.isSettled && journal.copies.count == 2)
    editor.write("typed into the old file")
    let writer = try FolderWriter(folder.root())
    let late = try writer.lookAgain(at: journal.copies)
    #expect(late.map(\.path) == ["a.md"] && late.map(\.bytes) == [Array("typed into the old file".utf8)])
    try writer.discard(journal.copies)
    #expect(folder.files { $0.hasPrefix(".valise/tmp") }.isEmpty)
  }

  @Test func `the trash is kept 30 days`() throws {
    let folder = try TestFolder()
    try folder.write("a.md", "x")
    try write(folder, [planned("a.md", "x", nil)])
    let writer = try FolderWriter(folder.root())
    try writer.emptyTrash(now: 7 + FolderWriter.trashLasts)
    #expect(folder.read(".valise/trash/7-0 a.md") == "x")
    try writer.emptyTrash(now: 8 + FolderWriter.trashLasts)
    #expect(folder.read(".valise/trash/7-0 a.md") == nil)
  }
}
