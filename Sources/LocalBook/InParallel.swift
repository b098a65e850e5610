import Dispatch
import Synchronization

/// What a function makes of each item, in the items' order; worked out on all cores.
func inParallel<Item: Sendable, Made: Sendable>(_ items: [Item], _ make: @Sendable (Item) -> Made) -> [Made] {
  // Parts of a few items: fewer are not worth a thread, and the last part of the last core should not take long.
  let size = 16
  guard items.count > size else { return items.map(make) }
  let parts = (items.count + size - 1) / size
  let made = Mutex<[[Made]]>(Array(repeating: [], count: parts))
  DispatchQueue.concurrentPerform(iterations: parts) { part in
    let some = items[part * size..<min(items.count, (part + 1) * size)].map(make)
    made.withLock { $0[part] = some }
  }
  return made.withLock { $0.flatMap { $0 } }
}
