import Formats
import History

/// Turns runs into frames, as far as the peer's credit goes.
struct RunSender: Sendable {
  private let runs: [PackedRun]
  private var run = 0
  /// The next section; nil before the head.
  private var section: Int?
  /// Changes of the runs whose last byte went out.
  private(set) var sent = 0

  init(_ runs: [PackedRun] = []) { self.runs = runs }

  var count: Int { runs.count }

  mutating func next(from asker: DeviceID, within outflow: inout Outflow) -> [UInt8] {
    var out: [UInt8] = []
    while run < runs.count, outflow.isOpen {
      let current = runs[run]
      let frame: [UInt8]
      if let index = section {
        frame = Frame.section(current.sections[index]).encoded()
        section = index + 1
      } else {
        guard let signature = current.signature else { preconditionFailure("nothing unsigned is sent") }
        let head = RunHead(
          device: current.device == asker ? nil : current.device, first: current.first, count: current.count,
          signature: signature, sectionCount: current.sections.count)
        frame = Frame.run(head).encoded(ends: run == runs.count - 1)
        section = 0
      }
      outflow.sent(frame.count)
      out += frame
      if section == current.sections.count {
        section = nil
        run += 1
        sent += current.count
      }
    }
    return out
  }
}
