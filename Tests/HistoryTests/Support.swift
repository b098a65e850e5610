import Bytes
import History
import PropertyTesting

/// A hash that tells inputs apart and is no more than that: these tests need ids, not secrets.
func standInHash(_ bytes: [UInt8]) -> Digest {
  var lanes: [UInt64] = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0x2545_f491_4f6c_dd1d]
  for (index, byte) in bytes.enumerated() {
    let lane = index & 3
    lanes[lane] = (lanes[lane] ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    lanes[lane] ^= lanes[(lane + 1) & 3] >> 29
  }
  var out: [UInt8] = []
  for lane in lanes { (lane ^ (lane >> 31)).appendBigEndian(to: &out) }
  return Digest(out) ?? .zero
}

extension SeededRandom {
  mutating func device() -> DeviceID { DeviceID(number: UInt64(below(5))) }

  mutating func operationRef() -> OperationRef {
    OperationRef(change: ChangeRef(device: device(), seq: UInt64(below(300))), index: UInt32(below(200)))
  }

  mutating func text() -> ExactText {
    let words = ["", "place", "Élysée", "E\u{301}lyse\u{301}e", "\u{1F1EB}\u{1F1F7}", "18:30", "a\r\nb", "\0"]
    return ExactText(words[below(words.count)])
  }

  mutating func value() -> RegisterValue {
    let from = oneIn(4) ? operationRef() : nil
    return RegisterValue(content: oneIn(4) ? nil : .init(source: text(), plain: text()), from: from)
  }

  /// Any operation that may stand at a place of a change, whose entries so far are given.
  mutating func operation(of change: ChangeRef, entries: [EntryID]) -> Operation {
    let entry = entries.isEmpty || oneIn(3) ? EntryID(creation: operationRef()) : entries[below(entries.count)]
    switch below(12) {
    case 0: return .create(kind: text())
    case 1: return .delete(entry)
    case 2: return .keep(entry)
    case 3:
      let key = RegisterKey(Role(rawValue: UInt8(below(256))), text())
      return .set(entry, key, (0...below(3)).map { _ in value() })
    case 4:
      let order = OrderKey.keys(1, after: nil, before: nil)?.first
      return order.map { .add(entry, field: text(), SetElement(text(), ordinal: UInt32(below(3))), at: $0) }
        ?? .keep(entry)
    case 5: return .remove(entry, field: text(), SetElement(text()))
    case 6:
      return .edit(
        entry,
        (0...below(3)).map { _ in
          TextEdit(position: below(70_000), deleted: 1 + below(3), inserted: text())
        })
    case 7:
      var key: Introduction.Key?
      if oneIn(2), let publicKey = PublicKey(bytes(32)), let incarnation = Incarnation(bytes(8)) {
        key = Introduction.Key(publicKey: publicKey, incarnation: incarnation)
      }
      return .introduce(Introduction(key: key, name: text()))
    case 8: return oneIn(2) ? .found(nonce: bytes(Operation.nonceCount)) : .need(level: next() >> UInt64(below(64)))
    case 9: return .need(level: UInt64(below(300)))
    case 10: return .unknown(UnknownOperation(type: UInt64(7 + below(57)), entry: entry, payload: bytes(below(5))))
    default: return .unknown(UnknownOperation(type: UInt64(68 + below(9000)), entry: nil, payload: bytes(below(5))))
    }
  }
}
