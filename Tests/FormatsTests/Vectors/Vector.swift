import Bytes
import Formats
import Foundation
import History
import Signing

/// A golden file: bytes, what they are, and what they mean or which error refuses them.
struct Vector {
  /// What the bytes are, and with them how they are read.
  enum What: String {
    case header, body, text, section, run, change, diff, snapshot, light
  }

  /// The numbers of the document that it shows, and a few words: its file's name.
  let name: String
  let what: What
  /// What a reader knows beforehand.
  let context: JSON
  let bytes: [UInt8]
  /// `ok`, or the error's name.
  let expect: String
  /// What accepted bytes mean.
  var meaning: JSON?

  var file: String { name + ".json" }

  var written: String {
    JSON.object([
      "what": .text(what.rawValue), "expect": .text(expect), "context": context == .null ? nil : context,
      "hex": .text(bytes.hex), "meaning": meaning,
    ]).written() + "\n"
  }

  /// Reads the bytes as they say; a meaning, or the error's name.
  func read() -> Result<JSON, Refusal> {
    do {
      var meaning = try Meaning(context)
      return .success(try meaning.of(bytes, what))
    } catch let error as FormatError {
      return .failure(Refusal(name: error.name))
    } catch let error as DecodingError { return .failure(Refusal(name: error.name)) } catch {
      return .failure(Refusal(name: "\(error)"))
    }
  }

  struct Refusal: Error, Equatable { let name: String }

  // MARK: Files

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Protocol/vectors/formats")

  init(name: String, what: What, context: JSON = .null, bytes: [UInt8], expect: String) {
    self.name = name
    self.what = what
    self.context = context
    self.bytes = bytes
    self.expect = expect
  }

  init(file: String) throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent(file))
    let json = try JSON(parsing: [UInt8](data))
    guard let what = json["what"]?.string.flatMap(What.init), let expect = json["expect"]?.string,
      let bytes = json["hex"]?.string.flatMap({ [UInt8](hex: $0) })
    else { throw JSON.Malformed(place: 0) }
    self.init(
      name: String(file.dropLast(5)), what: what, context: json["context"] ?? .null, bytes: bytes, expect: expect)
    meaning = json["meaning"]
  }

  static var files: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
    }
  }
}
