import Bytes
import Formats
import Foundation
import History
import PropertyTesting
import Signing
import Testing

@Suite(.serialized) struct VectorTests {
  /// `VALISE_RECORD=1` writes the files anew; the difference is for a person to read.
  @Test func `each case is read as it says, and recorded when asked`() throws {
    var names: Set<String> = []
    let isRecording = environment("VALISE_RECORD") != nil
    if isRecording {
      try FileManager.default.createDirectory(at: Vector.folder, withIntermediateDirectories: true)
      for file in try Vector.files {
        try FileManager.default.removeItem(at: Vector.folder.appendingPathComponent(file))
      }
    }
    for var vector in try VectorCases().all {
      #expect(names.insert(vector.name).inserted, "\(vector.name) is there twice")
      switch vector.read() {
      case .success(let meaning):
        #expect(vector.expect == "ok", "\(vector.name) is accepted")
        vector.meaning = meaning
      case .failure(let refusal): #expect(vector.expect == refusal.name, "\(vector.name)")
      }
      if isRecording {
        try Data(vector.written.utf8).write(to: Vector.folder.appendingPathComponent(vector.file))
      }
    }
    #expect(try Set(Vector.files) == Set(names.map { $0 + ".json" }), "record with VALISE_RECORD=1")
  }

  @Test func `every file means what it says`() throws {
    var counts = (accepted: 0, refused: 0)
    for file in try Vector.files {
      let vector = try Vector(file: file)
      switch vector.read() {
      case .success(let meaning):
        #expect(vector.expect == "ok" && vector.meaning == meaning, "\(file)")
        counts.accepted += 1
      case .failure(let refusal):
        #expect(vector.expect == refusal.name, "\(file)")
        counts.refused += 1
      }
    }
    print("vectors: \(counts.accepted) accepted, \(counts.refused) refused")
    #expect(counts.accepted > 60 && counts.refused > 120)
  }

  @Test func `what is accepted as canonical is encoded to the same bytes`() throws {
    for file in try Vector.files {
      let vector = try Vector(file: file)
      guard vector.expect == "ok", vector.what == .body, let device = vector.context["device"]?.string,
        let id = [UInt8](hex: device).flatMap({ DeviceID($0) })
      else { continue }
      let ref = ChangeRef(device: id, seq: vector.context["seq"]?.integer ?? 0)
      #expect(CanonicalBody.encode(try CanonicalBody.decode(vector.bytes, of: ref), of: ref) == vector.bytes, "\(file)")
    }
  }
}
