package import Bytes

/// Operations of one change in the making; it knows its place, so that an entry has its id as soon as it is created.
package struct ChangeDraft: Sendable {
  package let ref: ChangeRef
  package private(set) var operations: [Operation] = []

  package init(ref: ChangeRef) { self.ref = ref }

  package var isEmpty: Bool { operations.isEmpty }

  package mutating func append(_ operation: Operation) { operations.append(operation) }

  /// Takes back all operations but the first `count`.
  package mutating func cut(to count: Int) { operations.removeLast(max(0, operations.count - max(0, count))) }

  /// Adds the operation that creates an entry, and names the entry.
  package mutating func create(kind: ExactText) -> EntryID {
    let creation = OperationRef(change: ref, index: UInt32(clamping: operations.count))
    operations.append(.create(kind: kind))
    return EntryID(creation: creation)
  }
}
