import Foundation
import Glibc
import PropertyTesting

/// An office whose programs are killed at random moments, and an oracle that stands outside: it remembers what people
/// typed, what was acknowledged, and what may stand in a file.
struct CrashOffice {
  let place: Place
  private let server: Server
  var laptops: [Laptop]
  var random: SeededRandom
  var words = Words()
  /// Ends of files that an editor appended while a command ran.
  var appended: [String] = []
  /// Hashes of changes that the server acknowledged.
  private var sent: Set<String> = []
  private(set) var kills = 0
  private var copies = 0
  /// What happened, a line a step: printed with a failure.
  var story: [String] = []

  struct Wrong: Error, CustomStringConvertible {
    let description: String
  }

  init(_ random: SeededRandom, laptops count: Int) throws {
    self.random = random
    place = try Place()
    server = try Server(place)
    laptops = (0..<count).map { Laptop(name: "Person \($0)", folder: "laptop\($0)") }
    for name in ["one", "two", "three", "four", "five", "six"] {
      let header = "---\ntitle: \(words.new())\nroom: \(words.new())\n# a comment\nlead: \"[[anne]]\"\n---\n"
      try place.write(
        header + "A first sentence \(words.new()). Another.\n\nA paragraph.\n", to: "laptop0/engagements/\(name).md")
    }
    try place.write("Not a note.\n", to: "laptop0/plan.txt")
    try require(try place.valise("new", "laptop0", "--name", "Person 0"))
    try require(try place.valise("-C", "laptop0", "publish", url))
    for laptop in laptops.dropFirst() {
      try require(try place.valise("join", url, laptop.folder, "--name", laptop.name))
    }
    for index in laptops.indices { try check(index) }
  }

  private var url: String { server.url("office") }

  private func require(_ ended: Ended) throws {
    if ended.code != 0 { throw Wrong(description: "exit \(ended.code): \(ended.output)\(ended.errors)") }
  }

  private func demand(_ isSo: Bool, _ otherwise: @autoclosure () -> String) throws {
    if !isSo { throw Wrong(description: otherwise()) }
  }

  // MARK: A round

  mutating func round() throws {
    let index = random.below(laptops.count)
    for _ in 0...random.below(3) { try edit(index) }
    if random.oneIn(2) { try edit(random.below(laptops.count)) }
    switch random.below(10) {
    case 0, 1: try killed(index, "save")
    case 2, 3, 4: try killed(index, "sync")
    case 5, 6: try serverKilled(index)
    case 7: try copyKilled(index)
    case 8: try resolveKilled(index)
    default: try joinKilled()
    }
    if random.oneIn(3) { try sync(random.below(laptops.count)) }
  }

  /// Mostly within the time that such a command takes here, however fast or busy the machine is; else within 60 ms.
  private mutating func moment(of command: String) -> UInt32 {
    UInt32(1 + random.below(random.oneIn(4) ? 60 : max(5, usualMilliseconds[command] ?? 60)))
  }

  /// How long commands took the last time that one was left alone, or ended before it was killed.
  private var usualMilliseconds: [String: Int] = [:]

  private mutating func note(_ ended: Ended, of command: String) {
    usualMilliseconds[command] = min(2_000, Int(ended.took / .milliseconds(1)))
  }

  private mutating func killed(_ index: Int, _ command: String) throws {
    let milliseconds = moment(of: command)
    story.append("\(laptops[index].folder): \(command), killed after \(milliseconds) ms")
    let running = try place.start("-C", laptops[index].folder, command)
    let started = ContinuousClock.now
    let types = random.oneIn(3)
    if types { try typeMeanwhile(index) }
    let left = Duration.milliseconds(Int(milliseconds)) - (.now - started)
    if left > .zero { usleep(UInt32(left / .microseconds(1))) }
    running.signal(SIGKILL)
    let ended = try running.wait()
    if ended.wasKilled { kills += 1 } else { try require(ended) }
    if !ended.wasKilled { note(ended, of: command) }
    // What was typed meanwhile may have come too late to be sent.
    if !ended.wasKilled && command == "sync" && !types { try acknowledged(index) }
    try check(index)
  }

  private mutating func serverKilled(_ index: Int) throws {
    let milliseconds = moment(of: "sync")
    story.append("\(laptops[index].folder): sync, and the server is killed after \(milliseconds) ms")
    let running = try place.start("-C", laptops[index].folder, "sync", "--json")
    usleep(milliseconds * 1_000)
    try server.kill()
    kills += 1
    let ended = try running.wait()
    try demand([0, 3].contains(ended.code), "sync: exit \(ended.code): \(ended.output)\(ended.errors)")
    try server.start()
    if ended.code == 0 { try acknowledged(index) }
    try check(index)
  }

  /// A new laptop, whose first command is killed; asked again, it has the book.
  private mutating func joinKilled() throws {
    let folder = "new\(kills)"
    let milliseconds = moment(of: "join")
    story.append("\(folder): join, killed after \(milliseconds) ms")
    let running = try place.start("join", url, folder, "--name", "New")
    usleep(milliseconds * 1_000)
    running.signal(SIGKILL)
    let ended = try running.wait()
    if ended.wasKilled {
      kills += 1
      let state = place.exists(folder + "/.valise") ? "begun" : "not begun"
      let again = try place.valise("join", url, folder, "--name", "New")
      let isThere = again.code == 2 && again.errors.contains("is a book already")
      try demand(again.code == 0 || isThere, "join again (\(state)): \(again.output)\(again.errors)")
    } else {
      note(ended, of: "join")
    }
    let synced = try place.valise("-C", folder, "sync", "--json")
    try require(synced)
    let hashes = try self.hashes(folder)
    try demand(hashes.isSuperset(of: sent), "the new laptop lacks \(sent.subtracting(hashes).sorted())")
    try FileManager.default.removeItem(at: place.url(folder))
  }

  /// A copy of a laptop, `.valise` and all, whose first sync is killed while it becomes a device of its own.
  private mutating func copyKilled(_ index: Int) throws {
    copies += 1
    let folder = "copy\(copies)"
    // An edit that nobody has recorded yet would be two people's.
    _ = try status(laptops[index].folder)
    laptops[index].allowed.formUnion(place.notes(laptops[index].folder).values)
    try FileManager.default.copyItem(at: place.url(laptops[index].folder), to: place.url(folder))
    try place.write("Original \(words.new()).\n", to: "\(laptops[index].folder)/notes/original\(copies).md")
    try place.write("Copy \(words.new()).\n", to: "\(folder)/notes/copy\(copies).md")
    try sync(index)
    let milliseconds = moment(of: "copy")
    story.append("\(folder) of \(laptops[index].folder): sync, killed after \(milliseconds) ms")
    let running = try place.start("-C", folder, "sync", "--json")
    usleep(milliseconds * 1_000)
    running.signal(SIGKILL)
    var ended = try running.wait()
    if ended.wasKilled {
      kills += 1
      ended = try place.valise("-C", folder, "sync", "--json")
    } else {
      note(ended, of: "copy")
    }
    try require(ended)
    let again = try place.valise("-C", folder, "sync", "--json")
    try require(again)
    let summary = try again.objects().first
    try demand(
      (summary?["serverNotices"] as? [Any])?.isEmpty == true && summary?["sent"] as? Int == 0,
      "the copy is no device of its own: \(again.output)")
    sent.formUnion(try hashes(folder))
    try FileManager.default.removeItem(at: place.url(folder))
  }

  /// A decision that is killed is made or not made, and nothing between.
  private mutating func resolveKilled(_ index: Int) throws {
    let folder = laptops[index].folder
    let listed = try place.valise("-C", folder, "conflicts", "--json")
    try require(listed)
    laptops[index].allowed.formUnion(place.notes(folder).values)
    guard let conflict = try listed.objects().first, let file = conflict["file"] as? String,
      let field = conflict["field"] as? String, let values = conflict["values"] as? [[String: Any]],
      let take = values.first?["take"] as? String
    else { return try killed(index, "conflicts") }
    for value in values { words.forget(value["value"] as? String ?? "") }
    if field == "deleted" { words.forget(place.notes(folder)[file].map { String(decoding: $0, as: UTF8.self) } ?? "") }
    let milliseconds = moment(of: "resolve")
    story.append("\(folder): resolve \(file):\(field) --take \(take), killed after \(milliseconds) ms")
    let running = try place.start("-C", folder, "resolve", "\(file):\(field)", "--take", take)
    usleep(milliseconds * 1_000)
    running.signal(SIGKILL)
    let ended = try running.wait()
    if ended.wasKilled { kills += 1 } else { try require(ended) }
    if !ended.wasKilled { note(ended, of: "resolve") }
    try check(index)
  }

  // MARK: The oracle

  /// What has to hold after whatever happened: the store opens, nothing acknowledged is lost, no file holds anything
  /// strange, and the command brings all to the current version.
  private mutating func check(_ index: Int) throws {
    let folder = laptops[index].folder
    let left = place.notes(folder)
    let status = try status(folder)
    try demand(status["behind"] as? Int == 0, "behind after a command: \(status)")
    let now = place.notes(folder)
    for (path, bytes) in left.sorted(by: { $0.key < $1.key })
    where now[path] != bytes && !isAllowed(bytes, index) {
      let text = String(decoding: bytes, as: UTF8.self)
      throw Wrong(description: "\(folder)/\(path) held what no version and no person wrote: \(text.debugDescription)")
    }
    laptops[index].allowed.formUnion(now.values)
    let again = try self.status(folder)
    try demand(
      (again["saved"] as? [Any])?.isEmpty == true && again["version"] as? String == status["version"] as? String,
      "the second command recorded something (F8): \(again)")
    try demand(place.notes(folder) == now, "the second command wrote something")
    let hashes = try self.hashes(folder)
    try demand(
      hashes.isSuperset(of: laptops[index].saved), "lost: \(laptops[index].saved.subtracting(hashes).sorted())")
    laptops[index].saved = hashes
  }

  private func isAllowed(_ bytes: Data, _ index: Int) -> Bool {
    let allowed = laptops[index].allowed
    return allowed.contains(bytes)
      || appended.contains { end in
        let suffix = Data(end.utf8)
        return bytes.suffix(suffix.count) == suffix && allowed.contains(bytes.prefix(bytes.count - suffix.count))
      }
  }

  private func status(_ folder: String) throws -> [String: Any] {
    let ended = try place.valise("-C", folder, "status", "--json")
    try require(ended)
    return try ended.objects().first ?? [:]
  }

  private func hashes(_ folder: String) throws -> Set<String> {
    let ended = try place.valise("-C", folder, "log", "-n", "100000", "--json")
    try require(ended)
    return Set(try ended.objects().compactMap { $0["version"] as? String })
  }

  /// A sync ended well: the server has everything that this laptop knows.
  private mutating func acknowledged(_ index: Int) throws {
    sent.formUnion(try hashes(laptops[index].folder))
  }

  private mutating func sync(_ index: Int) throws {
    story.append("\(laptops[index].folder): sync")
    let ended = try place.valise("-C", laptops[index].folder, "sync", "--json")
    try require(ended)
    note(ended, of: "sync")
    // What a copied laptop is told, or a server that lost something.
    let notices = try ended.objects().first?["serverNotices"] as? [Any]
    try demand(notices?.isEmpty == true, "a crash passed for another thing: \(ended.output)")
    try acknowledged(index)
    try check(index)
  }

  /// Everybody syncs until nothing moves; then all folders are alike, and every word that was typed is there.
  mutating func settle() throws {
    for _ in 0..<2 { for index in laptops.indices { try sync(index) } }
    let first = place.notes(laptops[0].folder)
    for laptop in laptops {
      try demand(place.notes(laptop.folder) == first, "\(laptop.folder) holds other files: \(differences(laptop))")
      let hashes = try hashes(laptop.folder)
      try demand(hashes.isSuperset(of: sent), "\(laptop.folder) lacks \(sent.subtracting(hashes).sorted())")
    }
    try require(try place.valise("join", url, "last", "--name", "Last"))
    try demand(place.notes("last") == first, "a new laptop holds other files")
    let conflicts = try place.valise("-C", laptops[0].folder, "conflicts", "--json")
    try require(conflicts)
    let everything =
      first.values.map { String(decoding: $0, as: UTF8.self) }.joined() + first.keys.joined() + conflicts.output
    for word in words.typed.sorted() {
      try demand(everything.contains(word), "the word \(word) is in no file and no conflict")
    }
    let texts = first.values.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    let counts = Dictionary(texts.matches(of: /word[0-9]+x/).map { (String($0.output), 1) }, uniquingKeysWith: +)
    for (word, times) in counts.sorted(by: { $0.key < $1.key }) {
      try demand(times == 1, "the word \(word) was typed once and stands there \(times) times")
    }
    try demand(try place.read("laptop0/plan.txt") == "Not a note.\n", "a file that is no note was touched")
    try demand(!everything.contains("<<<<"), "a marker")
  }

  private func differences(_ laptop: Laptop) -> String {
    let (one, other) = (place.notes(laptops[0].folder), place.notes(laptop.folder))
    let paths = Set(one.keys).union(other.keys).sorted().filter { one[$0] != other[$0] }
    return paths.map { path in
      [one[path], other[path]].map { $0.map { String(decoding: $0, as: UTF8.self).debugDescription } ?? "none" }
        .joined(separator: " / ")
    }.joined(separator: "\n")
  }
}
