package import Bytes
package import History

/// One change in a file: its canonical header and body, as they are hashed.
package enum ChangeFile {
  /// The file of a change of this book.
  package static func encode(_ change: Change, book: BookID) -> [UInt8] {
    var writer = FileWriter(.change, of: book)
    writer.put(FileSection.header, change.header.canonicalBytes)
    let body = CanonicalBody.encode(change.operations, of: change.ref)
    for start in stride(from: 0, to: body.count, by: FormatLimits.section) {
      writer.put(FileSection.body, Array(body[start..<min(body.count, start + FormatLimits.section)]))
    }
    return writer.finish()
  }

  /// The change and its book. The id is computed; it belongs to the book it says, which only a history can confirm.
  package static func decode(
    _ bytes: [UInt8], hash: ([UInt8]) -> Digest
  ) throws(FormatError) -> (change: Change, book: BookID) {
    var reader = try FileReader(.change, bytes)
    let first = try reader.next()
    let headerIndex = reader.count - 1
    let header = try reader.expect(first, FileSection.header).raw(index: headerIndex)
    var body: [UInt8] = []
    while let section = try reader.next() {
      let index = reader.count - 1
      let piece = try reader.expect(section, FileSection.body).raw(index: index)
      guard body.count + piece.count <= ChangeLimits.body else {
        throw .overLimit(.bytes, limit: ChangeLimits.body)
      }
      body += piece
    }
    let change = try change(header: header, body: body, hash: hash)
    let own = change.header.fields.book
    let founds = change.operations.contains(where: \.founds)
    guard founds ? own == .zero && change.id.digest == reader.book.digest : own == reader.book else {
      throw .otherBook
    }
    return (change, reader.book)
  }

  /// A change from its canonical bytes, which are checked to be that.
  package static func change(
    header: [UInt8], body: [UInt8], hash: ([UInt8]) -> Digest
  ) throws(FormatError) -> Change {
    let (fields, bodyHash): (ChangeHeader.Fields, Digest)
    do { (fields, bodyHash) = try CanonicalHeader.decode(header) } catch { throw .header(error) }
    let operations: [Operation]
    do { operations = try CanonicalBody.decode(body, of: fields.ref) } catch { throw .body(error, of: fields.ref) }
    let change: Change
    do { change = try Change(fields, operations: operations, hash: hash) } catch { throw .change(error, fields.ref) }
    guard change.header.bodyHash == bodyHash else { throw .bodyHash(fields.ref) }
    return change
  }
}
