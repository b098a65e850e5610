import GRDB

/// Copies of a server's file, made while the server goes on writing.
package enum LogCopy {
  /// Writes what is committed now into a new file, which is on the disk when this returns.
  ///
  /// The copy remembers no file that it was made in, so that it begins another epoch wherever it is opened, in the place
  /// of the original too: it may lack what that acknowledged later (scale.md E1). Cost: the file, read and written once.
  package static func write(of path: String, to target: String) throws(StoreError) {
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(5)
      let original = try DatabaseQueue(path: path, configuration: configuration)
      guard try original.read({ try $0.tableExists("fence") }) else { throw StoreError.incompatible(schema: 0) }
      try original.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [target]) }
      try original.close()
      let copy = try DatabaseQueue(path: target)
      try copy.write { try $0.execute(sql: "UPDATE fence SET device = -1, inode = -1, born = -1") }
      try copy.close()
    } catch let error as StoreError { throw error } catch { throw StoreError(reading: error) }
  }
}
