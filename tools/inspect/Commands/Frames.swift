import ArgumentParser
import Rendering

struct Frames: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a captured connection, frame by frame.",
    discussion: """
      FILE is a packet capture (pcap): 'valise sync --capture FILE' writes one, and so do tcpdump and 'tshark -F pcap'. \
      The times count from the first frame. A frame that breaks a rule is shown with the error that a peer would answer.
      With --json, a frame a line: frame, nanoseconds, connection, packet, time, from, offset, type, code, flags, ends, \
      length, fields, refused; then what keeps the rest from being read: finding, offset, words.

        valise sync --capture sync.pcap
        valise-inspect frames sync.pcap
        tcpdump -i lo -w lo.pcap port 7420      and then: valise-inspect frames lo.pcap
      """)

  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("A packet capture.", valueName: "FILE"))
  var file: String

  func run() throws {
    try output.show { () throws(InspectError) in
      guard case .capture(let bytes) = try Subject(file) else { throw .noCapture(path: file) }
      return try FramesReport(file, bytes)
    }
  }
}
