/// Deliveries gathered into pages: one is with the caller, others wait, the last is still growing.
struct Pages: Sendable {
  private var growing: [Delivery] = []
  private var growingBytes = 0
  private var waiting: [(deliveries: [Delivery], through: Cursor?, bytes: Int)] = []
  private var given: Int?
  /// A page is given once it has so many bytes. Not more than the window: the server might wait for the page to be
  /// taken, and the page for the server.
  private let limit: Int

  init(window: Int, page: Int) { limit = min(page, window) }

  /// Whether every page was given and kept.
  var isDone: Bool { given == nil && waiting.isEmpty && growing.isEmpty }

  mutating func add(_ delivery: Delivery, _ bytes: Int) {
    growing.append(delivery)
    growingBytes += bytes
  }

  var isFull: Bool { growingBytes >= limit }
  var isEmpty: Bool { growing.isEmpty }

  /// Ends the page that grows.
  mutating func close(through cursor: Cursor?) {
    waiting.append((growing, cursor, growingBytes))
    growing = []
    growingBytes = 0
  }

  /// The page to give now, unless one is out.
  mutating func next() -> ClientSession.Effect? {
    guard given == nil, !waiting.isEmpty else { return nil }
    let page = waiting.removeFirst()
    given = page.bytes
    return .deliver(page.deliveries, through: page.through)
  }

  /// All pages that wait, whether one is out or not.
  mutating func rest() -> [ClientSession.Effect] {
    defer { waiting = [] }
    return waiting.map { .deliver($0.deliveries, through: $0.through) }
  }

  /// The page that was out is kept: its bytes; nil when none was out.
  mutating func delivered() -> Int? {
    defer { given = nil }
    return given
  }
}
