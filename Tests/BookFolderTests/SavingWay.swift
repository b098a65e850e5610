import BookFolder
import Foundation
import Testing

/// How editors save.
enum SavingWay: CaseIterable {
  case truncateInPlace
  case renameOver
  case renameAsideThenCreate
  case backupThenTruncate
  case deleteThenCreate
  case exchange
  case overwriteInPlace
  case openFileOfEarlier

  func save(_ path: String, _ text: String) {
    switch self {
    case .truncateInPlace: put(text, "w", path)
    case .renameOver:
      put(text, "w", path + ".new")
      unsafe rename(path + ".new", path)
    case .renameAsideThenCreate:
      unsafe rename(path, path + "~")
      put(text, "w", path)
      unsafe unlink(path + "~")
    case .backupThenTruncate:
      unsafe link(path, path + "~")
      put(text, "w", path)
      unsafe unlink(path + "~")
    case .deleteThenCreate:
      unsafe unlink(path)
      put(text, "w", path)
    case .exchange:
      put(text, "w", path + ".new")
      let folder = (path as NSString).deletingLastPathComponent
      let name = Array((path as NSString).lastPathComponent.utf8)
      let files = LinuxFileSystem()
      do {
        let open = try files.openRoot(folder)
        try files.exchange(name + Array(".new".utf8), in: open, with: name, in: open)
        unsafe unlink(path + ".new")
      } catch {
        unsafe rename(path + ".new", path)
      }
    case .overwriteInPlace:
      guard let file = unsafe fopen(path, "r+") else { return put(text, "w", path) }
      unsafe fputs(text, file)
      unsafe fflush(file)
      unsafe ftruncate(fileno(file), text.utf8.count)
      unsafe fclose(file)
    case .openFileOfEarlier:
      guard let file = unsafe fopen(path, "r+") else { return put(text, "w", path) }
      unsafe ftruncate(fileno(file), 0)
      unsafe fputs(text, file)
      unsafe fclose(file)
    }
  }

  private func put(_ text: String, _ mode: String, _ path: String) {
    guard let file = unsafe fopen(path, mode) else { return }
    unsafe fputs(text, file)
    unsafe fclose(file)
  }

  /// Real programs, in the way that each saves; those that are not installed are left out.
  static let scripts: [SaveScript] =
    [
      SaveScript("truncate in place", "echo typed > notes/a.md"),
      SaveScript("append", "echo typed >> notes/a.md"),
      SaveScript("rename over", "echo typed > notes/.a.md.tmp && mv notes/.a.md.tmp notes/a.md"),
      SaveScript("rename aside, then create", "mv notes/a.md notes/a.md~ && echo typed > notes/a.md && rm notes/a.md~"),
      SaveScript("backup file", "cp -p notes/a.md notes/a.md~ && echo typed > notes/a.md"),
      SaveScript("delete, then create", "rm notes/a.md && echo typed > notes/a.md"),
      SaveScript("sed -i", "sed -i 's/before/typed/' notes/a.md"),
      SaveScript("copy over", "echo typed > notes/copy.txt && cp notes/copy.txt notes/a.md"),
      SaveScript("ed", "printf '1s/before/typed/\\nw\\nq\\n' | ed -s notes/a.md", needs: "/usr/bin/ed"),
      SaveScript(
        "vim", "vim -u NONE -i NONE -es -c '1s/before/typed/' -c wq notes/a.md </dev/null", needs: "/usr/bin/vim"),
      SaveScript(
        "vim with a backup",
        "vim -u NONE -i NONE -es -c 'set backup writebackup backupcopy=no' -c '1s/before/typed/' -c wq notes/a.md",
        needs: "/usr/bin/vim"),
      SaveScript(
        "python", "python3 -c \"f=open('notes/a.md','r+');f.write('typed');f.close()\"", needs: "/usr/bin/python3"),
    ].filter { $0.needs.map { FileManager.default.isExecutableFile(atPath: $0) } ?? true }
}

struct SaveScript: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let text: String
  let needs: String?

  init(_ name: String, _ text: String, needs: String? = nil) {
    testDescription = name
    self.text = text
    self.needs = needs
  }
}

/// An editor that holds a file open, from its start to its end.
@safe final class Editor {
  private let file: UnsafeMutablePointer<FILE>

  init(_ path: String) throws {
    guard let file = unsafe fopen(path, "r+") else { throw TestFolder.Failed() }
    unsafe self.file = file
  }

  deinit { unsafe fclose(file) }

  func write(_ text: String) {
    unsafe ftruncate(fileno(file), 0)
    unsafe fputs(text, file)
    unsafe fflush(file)
  }
}

func shell(_ script: String) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/sh")
  process.arguments = ["-euc", script]
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw TestFolder.Failed() }
}
