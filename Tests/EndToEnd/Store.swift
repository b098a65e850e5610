import Foundation
import ProgramTesting

/// A book's store, changed behind its back: for what cannot be arranged from outside.
enum Store {
  /// Sets what the store keeps beside the history.
  static func set(_ name: String, to value: String, in book: URL) throws {
    let script = """
      import sqlite3, sys
      store = sqlite3.connect(sys.argv[1])
      store.execute("REPLACE INTO setting (name, value) VALUES (?, ?)", (sys.argv[2], sys.argv[3].encode()))
      store.commit()
      """
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = ["-c", script, book.appending(path: ".valise/book.sqlite").path, name, value]
    try python.run()
    python.waitUntilExit()
    guard python.terminationStatus == 0 else { throw Programs.Broken(description: "python3 failed") }
  }
}
