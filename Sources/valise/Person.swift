import Foundation
import Glibc
import LocalBook

/// Who sits at this laptop, as its system and the person's configuration know it.
enum Person {
  /// The name in the configuration file, else the system's full name, else the name of the account.
  static func name() -> String {
    if let path = configurationPath, let text = try? String(contentsOfFile: path, encoding: .utf8),
      let name = name(inConfiguration: text)
    {
      return name
    }
    let account = NSUserName()
    // The rest of the system's entry is for rooms and telephones; `&` stands for the account's name.
    let full = NSFullUserName().split(separator: ",", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    let name = full.replacingOccurrences(of: "&", with: account.capitalized).trimmingCharacters(in: .whitespaces)
    return name.isEmpty ? account : name
  }

  /// The value of the line `name = …`.
  static func name(inConfiguration text: String) -> String? {
    for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2, parts[0] == "name", !parts[1].isEmpty { return parts[1] }
    }
    return nil
  }

  /// `valise/config` in the place that the XDG rules name; a relative one does not count.
  private static var configurationPath: String? {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/valise/config" }
    return environment["HOME"].map { $0 + "/.config/valise/config" }
  }
}

extension Environment {
  /// The system's clock and randomness.
  static let system = Environment(
    now: {
      var time = timespec()
      unsafe clock_gettime(CLOCK_REALTIME, &time)
      return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    },
    randomBytes: { count in
      var generator = SystemRandomNumberGenerator()
      return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    },
    personName: Person.name)
}
