import Foundation
import ProgramTesting

/// A store, changed behind its back: for what cannot be arranged from outside.
enum Store {
  /// Sets what a book's store keeps beside the history.
  static func set(_ name: String, to value: String, in book: URL) throws {
    let change = "REPLACE INTO setting (name, value) VALUES (?, ?)"
    try run(
      change, "(sys.argv[2], sys.argv[3].encode())", on: book.appending(path: ".valise/book.sqlite"), [name, value])
  }

  /// Alters one byte in the middle of a column of one row.
  static func flip(_ column: String, of row: String, in file: URL) throws {
    let table = row.split(separator: " ", maxSplits: 1)
    let change = "UPDATE \(table[0]) SET \(column) = ? \(table.dropFirst().joined())"
    let old = "bytearray(store.execute('SELECT \(column) FROM \(row)').fetchone()[0])"
    try run(
      change, "((lambda b: (b.__setitem__(len(b) // 2, b[len(b) // 2] ^ 1), bytes(b))[1:])(\(old)))", on: file, [])
  }

  /// How many rows a table has; none where there is no such store or table yet.
  static func count(_ table: String, in file: URL) throws -> Int {
    let script = """
      import sqlite3, sys
      try:
          store = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)
          print(store.execute('SELECT count(*) FROM \(table)').fetchone()[0])
      except sqlite3.Error:
          print(0)
      """
    let python = Process()
    let output = Pipe()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = ["-c", script, file.path]
    python.standardOutput = output
    try python.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    python.waitUntilExit()
    guard let count = Int(said.dropLast()) else { throw Programs.Broken(description: "python3 said '\(said)'") }
    return count
  }

  /// - Parameters:
  ///   - change: one statement.
  ///   - values: what stands for its marks, in Python.
  private static func run(_ change: String, _ values: String, on file: URL, _ words: [String]) throws {
    let script = """
      import sqlite3, sys
      store = sqlite3.connect(sys.argv[1])
      store.execute("\(change)", \(values))
      store.commit()
      """
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = ["-c", script, file.path] + words
    try python.run()
    python.waitUntilExit()
    guard python.terminationStatus == 0 else { throw Programs.Broken(description: "python3 failed") }
  }
}
