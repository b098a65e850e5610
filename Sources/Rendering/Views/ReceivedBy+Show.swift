import LocalBook

extension StatusReport.ReceivedBy {
  /// `Received by Ben Okoye (all), Carla (all but 2 changes).`
  func lines(on screen: Screen, lastSync: Int64?) -> [Line] {
    let known = laptops.filter { $0.lacks != nil }
    let unknown = laptops.filter { $0.lacks == nil }
    var lines: [Line] = []
    if !known.isEmpty {
      let each = known.map { "\(name(of: $0)) (\($0.amount))" as Line }
      // What was told at the last sync is as new as can be; anything older says so.
      let asOf = asOf.flatMap { $0 == lastSync ? nil : "; as of \(screen.times.spoken($0))" as Line } ?? ""
      lines.append("Received by \(each.listed)\(asOf).")
    }
    if !unknown.isEmpty {
      lines.append("Not known whether received: \(unknown.map { name(of: $0) }.listed).")
    }
    return lines
  }

  /// The person; of several laptops of one person, which.
  private func name(of laptop: Laptop) -> Line {
    let short: Line = "\(own: String(laptop.device.prefix(4)))"
    let isOnly = laptops.count { $0.person == laptop.person } == 1
    let name: Line = laptop.person.map { "\($0)" } ?? "a laptop that has written nothing yet"
    return isOnly ? name : "\(name) [\(short)]"
  }

  var json: JSON {
    .object([
      ("asOf", .time(asOf)),
      (
        "laptops",
        .array(
          laptops.map { laptop in
            .object([
              ("person", .text(laptop.person)), ("device", .string(laptop.device)), ("lacks", .number(laptop.lacks)),
            ])
          })
      ),
    ])
  }
}

extension StatusReport.ReceivedBy.Laptop {
  fileprivate var amount: Line {
    switch lacks {
    case nil: "not known"
    case 0?: "all"
    case let count?: "all but \(count.of("change"))"
    }
  }
}
