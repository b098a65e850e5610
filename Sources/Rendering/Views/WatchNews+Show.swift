import Glibc
package import LocalBook

extension WatchNews: Showable {
  package func lines(on screen: Screen) -> [Line] {
    switch self {
    case .synced(let summary): summary.watchLines(on: screen)
    case .saved(let report):
      report.files.isEmpty ? report.settledLines + report.noticeLines : report.lines(on: screen)
    case .offline(let summary): summary.watchLines(on: screen)
    case .online: ["Connected again."]
    case .askedNowAndThen: ["The server is an older one that does not tell by itself; it is asked every 15 seconds."]
    case .lookedAtNowAndThen, .failed: []
    }
  }

  package func warnings(on screen: Screen) -> [Line] {
    switch self {
    case .synced(let summary), .offline(let summary): summary.warnings(on: screen)
    case .saved(let report): report.warnings(on: screen)
    case .lookedAtNowAndThen(let number):
      ["The folder is looked at every 2 seconds: the system does not tell what changes in it (\(systemWords(number)))."]
        + (number == ENOSPC || number == EMFILE
          ? ["  next: sysctl fs.inotify   (its limits; an administrator can raise them)"] : [])
    case .failed(let error): Failure(error).lines(from: "valise") + ["  it is tried again by itself"]
    case .online, .askedNowAndThen: []
    }
  }

  package var json: [JSON] {
    switch self {
    case .synced(let summary): named("synced", summary.json)
    case .saved(let report): named("saved", report.json)
    case .offline(let summary): named("offline", summary.json)
    case .online: named("online", [.object([])])
    case .askedNowAndThen: named("askedNowAndThen", [.object([])])
    case .lookedAtNowAndThen(let number):
      [.object([("news", .string("lookedAtNowAndThen")), ("errno", .int(Int(number)))])]
    case .failed(let error): [.object([("news", .string("failed")), ("what", .string(Failure(error).what.text))])]
    }
  }

  private func named(_ name: String, _ objects: [JSON]) -> [JSON] {
    objects.map { object in
      guard case .object(let pairs) = object else { return object }
      return .object([("news", .string(name))] + pairs)
    }
  }
}
