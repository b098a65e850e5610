import Bytes
import Formats
import History

extension ServerSession {
  mutating func receive(_ message: Message) throws(WireError) -> [Effect] {
    if message.frame.type.isCounted {
      guard inflow.received(FrameHeader.byteCount + message.payloadCount) else {
        throw WireError(.flow, "\(message.frame.type.name) without credit")
      }
    }
    switch message.frame {
    case .ping(let bytes):
      replies += 1
      guard replies <= SyncLimits.unsentReplies else { throw WireError(.flow, "too many pings") }
      return [.send(Frame.pong(bytes).encoded())]
    case .pong: return []
    case .credit(let bytes) where !isHandshaking:
      guard outflow.granted(bytes) else { throw WireError(.flow, "more credit than a window") }
      return pump()
    case .error(let error):
      state = .closed
      return [.close(error)]
    case .goodbye:
      state = .closed
      return [.close(nil)]
    default: return try step(message)
    }
  }

  private mutating func step(_ message: Message) throws(WireError) -> [Effect] {
    // Closed unless a branch says otherwise; taking the state out also spares a copy.
    switch (exchange(&state, with: .closed), message.frame) {
    case (.awaitingHello, .hello(let hello)):
      guard let version = versions.common(with: hello.versions) else {
        throw WireError(.version, "versions \(versions.oldest) to \(versions.newest) are spoken here")
      }
      self.version = version
      agreed = features.intersection(hello.features)
      mark = hello.mark
      asker = hello.device
      outflow.rebase(to: hello.window)
      reader.ceiling = SyncLimits.sectionFrame
      state = .awaitingOpen
      return []
    case (.awaitingOpen, .open(let opening)):
      guard let asker else { break }
      state = .opening(opening, Flight(hasEnded: message.ends))
      return [.open(opening, asker)]
    case (.opening(let opening, var flight), _) where !flight.hasEnded:
      if let (run, bytes) = try take(message, into: &flight) {
        flight.waiting.append(run)
        flight.waitingBytes.append(bytes)
      }
      state = .opening(opening, flight)
      return []
    case (.taking(var flight), _): return try took(message, &flight)
    case (.resting, .run):
      // Its answer says all that NOTIFY told of.
      notified = nil
      var flight = Flight()
      return try took(message, &flight)
    case (.resting, .follow(let place)) where message.ends: return try follow(place)
    case (.resting, .kept(let place)) where agreed.contains(.received):
      guard place == said else { throw WireError(.wrongOrder, "KEPT is not where the answer ended") }
      state = .resting
      return kept(place.position)
    case (.voided(let told), .run), (.voided(let told), .section):
      state = .voided(told: told)
      return grant()
    case (.voided(told: true), .vector(let vector)):
      let flight = Flight(vector: vector, hasEnded: message.ends)
      state = .taking(flight)
      return try advance(flight)
    default: break
    }
    throw WireError(.wrongOrder, "\(message.frame.type.name) is not due")
  }

  private mutating func took(_ message: Message, _ flight: inout Flight) throws(WireError) -> [Effect] {
    var effects: [Effect] = []
    if let (run, bytes) = try take(message, into: &flight) { effects = submit(run, bytes) }
    return effects + (try advance(flight))
  }

  /// Adds a frame to the flight; a run once it is whole, with the bytes of its sections.
  private func take(_ message: Message, into flight: inout Flight) throws(WireError) -> (PackedRun, Int)? {
    switch message.frame {
    case .run(let head) where flight.assembly == nil:
      guard let asker else { break }
      flight.assembly = RunAssembly(head, from: asker, ends: message.ends)
      flight.runs += 1
      return nil
    case .section(let section):
      guard var assembly = exchange(&flight.assembly, with: nil) else { break }
      guard let run = try assembly.add(section, message.payloadCount) else {
        flight.assembly = assembly
        return nil
      }
      flight.hasEnded = assembly.ends
      return (run, assembly.byteCount)
    default: break
    }
    throw WireError(.wrongOrder, "\(message.frame.type.name) is not due")
  }

  mutating func submit(_ run: PackedRun, _ bytes: Int) -> [Effect] {
    undecided.append(bytes)
    inflow.queued(bytes)
    return [.submit(run)]
  }

  /// Goes on with the flight, or decides it when it is over.
  mutating func advance(_ flight: Flight) throws(WireError) -> [Effect] {
    guard flight.hasEnded else {
      state = .taking(flight)
      return grant()
    }
    state = .deciding(flight)
    return undecided.isEmpty ? stand() : []
  }

  func stand() -> [Effect] { asker.map { [.stand($0)] } ?? [] }
}
