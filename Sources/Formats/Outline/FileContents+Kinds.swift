import Bytes
import History

// The kind of a section is the one byte of a file that no checksum covers. Where it is wrong, the section means something
// else; which other kind it had is found by trying.

extension FileContents {
  /// Bytes that are read again in search of a kind: a hostile file does not buy more work than that.
  private static let budget = 64 << 20

  /// The same file, with one section's kind put right and named, where that explains everything that is wrong; else nil.
  ///
  /// The kinds inside a run are not tried here: these sections say by what they hold which they are.
  func withKindPutRight(in bytes: [UInt8], hash: ([UInt8]) -> Digest) -> FileContents? {
    guard let kind, outline.head.damage == nil, faults.contains(where: { !isInsideRun($0) }) else { return nil }
    var sections: [FileOutline.PlacedSection] = []
    for part in outline.parts {
      guard case .section(let section) = part, section.damage == nil else { return nil }
      sections.append(section)
    }
    var left = max(Self.budget, 8 * bytes.count)
    for section in suspects(among: sections, of: kind) {
      let place = section.range.lowerBound
      for value in kind.sections where value != bytes[place] {
        left -= bytes.count
        guard left >= 0 else { return nil }
        var other = bytes
        other[place] = value
        guard var contents = try? FileContents(asWritten: other, hash: hash), contents.faults.isEmpty else { continue }
        let byte = AlteredByte(offset: place, found: bytes[place], written: value)
        contents.faults = [FileFault(range: section.range, section: section.index, what: .altered(byte))]
        return contents
      }
    }
    return nil
  }

  private func isInsideRun(_ fault: FileFault) -> Bool {
    guard case .unknownKind = fault.what, let section = fault.section else { return false }
    return roles[section] == .columns
  }

  /// First those whose kind has no place in such a file; then those nearest to where reading went wrong.
  private func suspects(
    among sections: [FileOutline.PlacedSection], of kind: FileKind
  ) -> [FileOutline.PlacedSection] {
    let fault = faults.compactMap(\.section).min() ?? sections.count
    let ranked = sections.map { section in
      let isOdd = !kind.sections.contains(section.section.kind) && !RunSection.all.contains(section.section.kind)
      return (section: section, isOdd: isOdd, distance: abs(section.index - fault))
    }
    return ranked.sorted { ($0.isOdd ? 0 : 1, $0.distance) < ($1.isOdd ? 0 : 1, $1.distance) }.map(\.section)
  }
}

extension FileKind {
  /// The kinds of sections that such a file has, those inside of runs left out.
  fileprivate var sections: [UInt8] {
    switch self {
    case .change: [FileSection.header, FileSection.body, FileSection.end]
    case .diff: [FileSection.base, FileSection.run, FileSection.end]
    case .snapshot: [FileSection.chunk, FileSection.run, FileSection.end]
    case .light:
      [FileSection.standing, FileSection.entries, FileSection.entriesGoOn, FileSection.stateID, FileSection.end]
    }
  }
}
