import Foundation
import Glibc
import PropertyTesting

extension CrashOffice {
  /// What a person does in an editor.
  mutating func edit(_ index: Int) throws {
    let folder = laptops[index].folder
    let paths = place.notes(folder).keys.sorted()
    let path = paths[random.below(paths.count)]
    var text = try place.read("\(folder)/\(path)")
    switch random.below(12) {
    case 0: return try create(index)
    case 1:
      let new = "notes/\(words.new()).md"
      words.forget(path)
      try decide(index, path) { $0 == "path" }
      story.append("\(folder): \(path) becomes \(new)")
      try FileManager.default.createDirectory(
        at: place.url("\(folder)/notes"), withIntermediateDirectories: true)
      return try FileManager.default.moveItem(
        at: place.url("\(folder)/\(path)"), to: place.url("\(folder)/\(new)"))
    case 2 where paths.count > 4 && random.oneIn(3):
      try decide(index, path) { _ in true }
      words.forget(text)
      words.forget(path)
      story.append("\(folder): \(path) is deleted")
      return try FileManager.default.removeItem(at: place.url("\(folder)/\(path)"))
    case 3, 4:
      try decide(index, path) { $0 == "room" }
      text = try String(decoding: Data(contentsOf: place.url("\(folder)/\(path)")), as: UTF8.self)
      setRoom(&text)
    default: typeWord(&text)
    }
    story.append("\(folder): \(path) is \(text.debugDescription)")
    try save(text, index, path)
  }

  /// Whatever waits for a decision there is settled by what the person does next.
  private mutating func decide(_ index: Int, _ path: String, _ isMeant: (String) -> Bool) throws {
    let ended = try place.valise("-C", laptops[index].folder, "conflicts", "--json")
    guard ended.code == 0 else { throw Wrong(description: "conflicts: \(ended.errors)") }
    for conflict in try ended.objects() where conflict["file"] as? String == path {
      guard let field = conflict["field"] as? String, isMeant(field) else { continue }
      for value in conflict["values"] as? [[String: Any]] ?? [] { words.forget(value["value"] as? String ?? "") }
    }
    laptops[index].allowed.formUnion(place.notes(laptops[index].folder).values)
  }

  private mutating func create(_ index: Int) throws {
    let path = "people/\(["anne", "ben", "carla"][random.below(3)])\(random.below(4)).md"
    guard !place.exists("\(laptops[index].folder)/\(path)") else { return }
    story.append("\(laptops[index].folder): \(path) is new")
    try save("---\nname: \(words.new())\n---\nSome text about \(words.new()).\n", index, path)
  }

  private mutating func setRoom(_ text: inout String) {
    var lines = text.components(separatedBy: "\n")
    let new = "room: \(words.new())"
    if let place = lines.firstIndex(where: { $0.hasPrefix("room:") }) {
      words.forget(lines[place])
      lines[place] = new
    } else if lines.first == "---" {
      lines.insert(new, at: 1)
    } else {
      words.forget(new)
    }
    text = lines.joined(separator: "\n")
  }

  /// Into the body, at the end of a random word.
  private mutating func typeWord(_ text: inout String) {
    let body = text.range(of: "\n---\n")?.upperBound ?? text.startIndex
    var places = text[body...].indices.filter { text[$0] == " " || text[$0] == "\n" }
    places.append(text.endIndex)
    text.insert(contentsOf: " " + words.new(), at: places[random.below(places.count)])
  }

  private mutating func save(_ text: String, _ index: Int, _ path: String) throws {
    let bytes = Data(text.utf8)
    laptops[index].allowed.insert(bytes)
    let file = place.url("\(laptops[index].folder)/\(path)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: file, options: random.oneIn(2) ? .atomic : [])
  }

  /// While a command runs: a word at the end of a file, through an editor that appends, or a new file.
  mutating func typeMeanwhile(_ index: Int) throws {
    let folder = laptops[index].folder
    let word = words.new()
    usleep(UInt32(random.below(40)) * 1_000)
    let paths = place.notes(folder).keys.sorted()
    guard random.oneIn(2), !paths.isEmpty else {
      story.append("\(folder): meanwhile notes/\(word).md is new")
      return try save("Text of \(word).\n", index, "notes/\(word).md")
    }
    let path = paths[random.below(paths.count)]
    story.append("\(folder): meanwhile \(path) gets \(word)")
    let file = unsafe open(place.url("\(folder)/\(path)").path, O_WRONLY | O_APPEND)
    guard file >= 0 else { return words.forget(word) }
    let bytes = Array(" \(word)\n".utf8)
    let count = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
    close(file)
    guard count == bytes.count else { return words.forget(word) }
    appended.append(" \(word)\n")
  }
}
