import Bytes
import Foundation
import GRDB
import History
import SyncProtocol

// Columns to values and back. What a column holds was written by this store; anything else is damage, and said.

extension [UInt8] {
  var data: Data { Data(self) }
}

extension ChainHash {
  var data: Data { Data(digest.bytes) }
}

extension Position {
  var integer: Int64 { Int64(clamping: rawValue) }
}

extension Row {
  func bytes(_ column: String) throws -> [UInt8] {
    guard let data = Data.fromDatabaseValue(self[column]) else { throw StoreError.corrupt(column) }
    return [UInt8](data)
  }

  func digest(_ column: String) throws -> Digest {
    guard let digest = Digest(try bytes(column)) else { throw StoreError.corrupt(column) }
    return digest
  }

  func position(_ column: String) throws -> Position {
    guard let position = Position(try count(column)) else { throw StoreError.corrupt(column) }
    return position
  }

  func count(_ column: String) throws -> UInt64 {
    guard let value = Int64.fromDatabaseValue(self[column]), value >= 0 else { throw StoreError.corrupt(column) }
    return UInt64(value)
  }

  func device(_ column: String) throws -> DeviceID {
    guard let device = DeviceID(try bytes(column)) else { throw StoreError.corrupt(column) }
    return device
  }
}
