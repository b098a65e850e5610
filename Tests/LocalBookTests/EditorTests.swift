import Foundation
import LocalBook
import Replica
import Testing

/// Real programs, in the way that each saves; those that are not installed are left out.
struct SavingScript: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let text: String
  private var needs: String?

  private init(_ name: String, _ text: String, needs: String? = nil) {
    testDescription = name
    self.text = text
    self.needs = needs
  }

  static let all: [SavingScript] =
    [
      SavingScript("truncate in place", "echo 'text that was typed' > notes/a.md"),
      SavingScript("append", "echo typed >> notes/a.md"),
      SavingScript("rename over", "echo 'text that was typed' > notes/.a.md.tmp && mv notes/.a.md.tmp notes/a.md"),
      SavingScript(
        "rename aside, then create",
        "mv notes/a.md notes/a.md~ && echo 'text that was typed' > notes/a.md && rm notes/a.md~"),
      SavingScript("rename aside, and leave it", "mv notes/a.md notes/a.md~ && echo 'that was typed' > notes/a.md"),
      SavingScript("backup file", "cp -p notes/a.md notes/a.md~ && echo 'text that was typed' > notes/a.md"),
      SavingScript("hard link as a backup", "ln notes/a.md notes/a.md~ && echo 'was typed' > notes/a.md"),
      SavingScript("delete, then create", "rm notes/a.md && echo 'text that was typed' > notes/a.md"),
      SavingScript("lock file beside it", "touch notes/.~lock.a.md# notes/4913 && echo 'is typed' > notes/a.md"),
      SavingScript("sed -i", "sed -i 's/before/typed/' notes/a.md"),
      SavingScript("copy over", "echo 'text that was typed' > copy.txt && cp copy.txt notes/a.md"),
      SavingScript("all else unlike", "printf 'typed' > notes/a.md"),
      SavingScript("ed", "printf '1s/before/typed/\\nw\\nq\\n' | ed -s notes/a.md", needs: "/usr/bin/ed"),
      SavingScript(
        "vim", "vim -u NONE -i NONE -es -c '1s/before/typed/' -c wq notes/a.md </dev/null", needs: "/usr/bin/vim"),
      SavingScript(
        "vim with a backup",
        "vim -u NONE -i NONE -es -c 'set backup writebackup backupcopy=no' -c '1s/before/typed/' -c wq notes/a.md",
        needs: "/usr/bin/vim"),
      SavingScript(
        "python", "python3 -c \"f=open('notes/a.md','r+');f.write('typed');f.close()\"", needs: "/usr/bin/python3"),
      SavingScript(
        "exchange",
        """
        echo 'text that was typed' > notes/.a.md.new
        python3 -c "import ctypes;n=b'notes/';c=ctypes.CDLL(None)
        assert c.syscall(316,-100,n+b'.a.md.new',-100,n+b'a.md',2)==0" && rm notes/.a.md.new
        """, needs: SavingScript.pythonOnIntel),
    ].filter { $0.needs.map { FileManager.default.isExecutableFile(atPath: $0) } ?? true }

  /// The number of the call is that of this processor.
  private static var pythonOnIntel: String {
    #if arch(x86_64)
      "/usr/bin/python3"
    #else
      "/usr/bin/python3-on-x86_64"
    #endif
  }
}

@Suite struct EditorTests {
  @Test(arguments: SavingScript.all)
  func `U4: however an editor saves, it is an edit of the same entry, and nothing is deleted`(script: SavingScript)
    throws
  {
    let folder = try TestFolder()
    try folder.write("text from before it was changed\n", to: "notes/a.md")
    try folder.write("another note\n", to: "notes/b.md")
    let made = try LocalBook.new(at: folder.path, name: nil, .test())
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-euc", script.text]
    shell.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    shell.standardInput = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    try #require(shell.terminationStatus == 0)

    let typed = try folder.read("notes/a.md")
    #expect(typed.contains("typed"))
    let saved = try folder.open().save()
    #expect(saved.files == [SaveReport.FileChange(.edited, path: "notes/a.md", kind: "note")])
    #expect(saved.trouble.isEmpty)
    #expect(try folder.read("notes/a.md") == typed)
    // One entry before and after: the comparison knows no new one and no deleted one.
    let comparison = try folder.open().compare(made.saved.version, nil)
    #expect(comparison.entries.map(\.kind) == [.changed])
    #expect(try folder.open().save().files.isEmpty)
  }
}
