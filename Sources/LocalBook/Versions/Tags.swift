import Bytes
import History
import Merge
import Replica

/// A name for a version, and the versions that it names: one, or several where people gave it at the same time.
struct Tag {
  let name: TagName
  /// By the history's order, last first; at least one.
  var places: [Place]

  struct Place {
    let version: Version
    /// Who gave the name, and when.
    let change: ChangeRef
  }
}

/// How tags stand in a book: an entry of the kind `tags`, which is deleted in the very change that creates it, so that it
/// never has a file; for each tag a register of its own on it (formats.md).
enum TagBook {
  static let kind: ExactText = "tags"
  private static let prefix = Array("tag:".utf8)

  static func key(of name: TagName) -> RegisterKey {
    RegisterKey(.attribute, ExactText("tag:" + name.string))
  }

  /// Nil for a register that is no tag's, or of a name that none may have: a peer's mischief.
  static func name(of key: RegisterKey) -> TagName? {
    guard key.role == .attribute, key.name.bytes.starts(with: prefix),
      let name = try? TagName(String(decoding: key.name.bytes.dropFirst(prefix.count), as: UTF8.self)),
      self.key(of: name) == key
    else { return nil }
    return name
  }

  /// The ids of the heads in hexadecimal, with blanks between.
  static func value(of version: Version) -> RegisterValue {
    RegisterValue(ExactText(version.heads.map(\.digest.bytes.hex).joined(separator: " ")))
  }

  /// The entries that hold tags: one, or several where people gave a book its first tags at the same time.
  static func carriers(in storage: any ReplicaStorage) throws(BookError) -> [EntryState] {
    var carriers: [EntryState] = []
    do throws(StorageError) {
      for id in try storage.deletedEntries(ofKind: kind) {
        if let state = try storage.entry(id), state.kind == kind { carriers.append(state) }
      }
    } catch { throw BookError(error) }
    return carriers
  }

  static func version(of value: RegisterValue) -> Version? {
    guard let text = value.content?.plain.string else { return nil }
    var heads: [ChangeID] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      guard let bytes = [UInt8](hex: String(word)), let digest = Digest(bytes) else { return nil }
      heads.append(ChangeID(digest))
    }
    return Version(heads: heads)
  }
}

extension VersionNames {
  /// All tags, by name. Versions that are not here are passed over: a peer's mischief.
  func tags(in replica: inout Replica) throws(BookError) -> [Tag] {
    let graph: EventGraph
    do { graph = try replica.graph() } catch { throw BookError(error) }
    var found: [TagName: [(Tag.Place, Stamp)]] = [:]
    for carrier in try TagBook.carriers(in: replica.storage) {
      for keyed in carrier.registers {
        guard let name = TagBook.name(of: keyed.key) else { continue }
        for member in keyed.register.openValues {
          guard let version = TagBook.version(of: member.value), !version.heads.isEmpty,
            version.heads.allSatisfy({ graph.index(of: $0) != nil }),
            !found[name, default: []].contains(where: { $0.0.version == version })
          else { continue }
          found[name, default: []].append((Tag.Place(version: version, change: member.event.change), member.stamp))
        }
      }
    }
    return found.keys.sorted().map { name in
      Tag(name: name, places: (found[name] ?? []).sorted { $0.1 > $1.1 }.map(\.0))
    }
  }

  func version(tagged name: TagName, asked: String, in replica: inout Replica) throws(BookError) -> Version {
    guard let tag = try tags(in: &replica).first(where: { $0.name == name }) else { throw .noSuchVersion(asked) }
    guard tag.places.count == 1 else { throw .ambiguousTag(asked, places: try lines(of: tag, in: &replica)) }
    return tag.places[0].version
  }

  /// A line for each version that a tag names.
  func lines(of tag: Tag, in replica: inout Replica) throws(BookError) -> [TagLine] {
    var lines: [TagLine] = []
    do {
      let (graph, storage) = (try replica.graph(), replica.storage)
      for place in tag.places {
        let device = place.change.device
        let person = try storage.device(device)
        let row = try graph.index(of: place.change).flatMap { index throws(StorageError) in try storage.row(at: index) }
        lines.append(
          TagLine(
            name: tag.name.string, version: short(place.version), person: device.personName(person),
            time: row?.time ?? 0))
      }
    } catch let error as StorageError { throw BookError(error) } catch let error as ReplicaError {
      throw BookError(error)
    } catch { throw .brokenBook(what: "\(error)") }
    return lines
  }
}
