import Bytes

extension EntryPath {
  /// Where the files of entries stand that have these paths, given in history's order: of several with one key the
  /// later ones get ` (2)` and on, the same on every laptop. Folders that differ by case or normalisation alone are
  /// one, spelled as the first has it; a file whose name is a folder of another path gets a number as well.
  package static func distinct(_ paths: [EntryPath]) -> [EntryPath] {
    var spelling: [ExactText: String] = [:]
    var folders: [ArraySlice<UInt8>: [String]?] = [:]
    let uniform = paths.map { path in
      guard let slash = path.text.bytes.lastIndex(of: UInt8(ascii: "/")) else { return path }
      // Entries share folders: each is spelled once.
      let folder = path.text.bytes[..<slash]
      let known = folders[folder] ?? spelled(path.components.dropLast(), &spelling)
      folders[folder] = .some(known)
      return known.map(path.respelled) ?? path
    }
    var taken: Set<ExactText> = Set(spelling.keys)
    var standing: [EntryPath?] = uniform.map { path in taken.insert(path.key).inserted ? path : nil }
    for (index, path) in uniform.enumerated() where standing[index] == nil {
      var number = 2
      while !taken.insert(path.numbered(number).key).inserted { number += 1 }
      standing[index] = path.numbered(number)
    }
    return standing.compactMap { $0 }
  }

  /// A folder as the first that named it spelled each part; nil where that is how it is spelled here.
  private static func spelled(
    _ components: ArraySlice<Substring>, _ spelling: inout [ExactText: String]
  ) -> [String]? {
    var folders: [String] = []
    var key = ""
    for component in components {
      key += (key.isEmpty ? "" : "/") + String(decoding: CaseFolding.key(of: String(component)), as: UTF8.self)
      let known = spelling[ExactText(key)] ?? String(component)
      spelling[ExactText(key)] = known
      folders.append(known)
    }
    return zip(folders, components).allSatisfy { $0.isExactly(String($1)) } ? nil : folders
  }
}
