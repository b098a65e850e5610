import BookServer
import Glibc
import LogStore

/// What happened, why, and what to do next; all of them here, so that they sound alike.
struct Failure {
  let code: Int32
  private let what: String
  private let why: String
  private let next: String

  var text: String { "valised: \(what)\n  because: \(why)\n  next: \(next)" }

  init(_ error: ServeError, data: String) {
    switch error {
    case .notLoopback(let address):
      code = 77
      what = "not listening on \(address)"
      why = "others could reach it, nothing is encrypted yet, and nobody is asked who they are"
      next =
        "valised serve --data \(data) --listen 127.0.0.1:\(address.port), or --insecure where you trust the network"
    case .dataFolder(let path, let doing, let number):
      code = 73
      what = "'\(path)' cannot be used"
      why = "\(doing) failed: \(Self.text(of: number))"
      next = "name a folder that this user may write to"
    case .locked(let path, let holder):
      code = 75
      what = "'\(path)' is in use"
      why = "it is held by \(holder)"
      next = "stop that server, or name another folder"
    case .cannotListen(let address, let why):
      code = 69
      what = "cannot listen on \(address)"
      self.why = why
      next = "choose another address with --listen"
    case .store(let error, let path): (code, what, why, next) = Self.parts(of: error, path)
    case .noBooks(let path):
      code = 66
      what = "there are no books in '\(path)'"
      why = "it has no log.sqlite"
      next = "name the folder that 'valised serve --data' was given"
    case .targetIsThere(let path):
      code = 73
      what = "'\(path)' is there already"
      why = "no backup is written over"
      next = "name another folder"
    case .stopped(let reason):
      code = 70
      what = "stopped"
      why = reason
      next = "start it again; nothing acknowledged is lost"
    }
  }

  private static func parts(
    of error: StoreError, _ path: String
  ) -> (code: Int32, what: String, why: String, next: String) {
    switch error {
    case .poisoned(let reason):
      (
        74, "a commit to '\(path)' failed, so nothing more was acknowledged", reason,
        "check the disk, then start it again; what was acknowledged before is there"
      )
    case .incompatible(let schema):
      (73, "'\(path)' was written by another version", "its schema is \(schema)", "start the version that wrote it")
    case .corrupt(let place):
      (73, "'\(path)' is damaged", place, "valised serve --data BACKUP; the laptops send again what it lacks")
    case .cannotOpen(let reason): (73, "'\(path)' cannot be opened", reason, "check its owner and mode")
    case .readOnly(.diskFull): (73, "'\(path)' cannot be written", "the disk is full", "make room, then start it again")
    case .readOnly(.fileSystem), .unavailable, .unknown:
      (
        73, "'\(path)' cannot be written", "the file or its file system is read-only or busy",
        "check it, then start again"
      )
    }
  }

  private static func text(of number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }
}
