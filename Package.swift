// swift-tools-version: 6.2
import PackageDescription

// One target a job, arrows point down only: Sources/ lists them from the ground floor up.
// The core (Bytes to SyncProtocol) imports nothing outside this package; Tests/Tidy holds it to that.

let core: [Target] = [
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .target(name: "CFileSystem"),
  .target(name: "Bytes"),
  .target(name: "Deflate", dependencies: ["CZlib", "Bytes"]),
  .target(name: "TextDiff", dependencies: ["Bytes"]),
  .target(name: "History", dependencies: ["Bytes"]),
  .target(name: "Merge", dependencies: ["History", "Bytes"], exclude: ["README.md"]),
  .target(name: "Record", dependencies: ["Merge", "History", "Bytes"]),
  .target(name: "Formats", dependencies: ["Merge", "History", "Deflate", "Bytes"]),
  .target(
    name: "Replica", dependencies: ["Record", "Formats", "TextDiff", "Merge", "History", "Bytes"]),
  .target(name: "SyncProtocol", dependencies: ["Formats", "History", "Bytes"]),
  // Connections in a file, as tcpdump and Wireshark have them.
  .target(name: "Capture", dependencies: ["Bytes"]),
]

let adapters: [Target] = [
  .target(name: "Signing", dependencies: ["Bytes", .product(name: "Crypto", package: "swift-crypto")]),
  .target(
    name: "LogStore",
    dependencies: [
      "SyncProtocol", "Formats", "History", "Bytes", "CFileSystem", .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  .target(
    name: "SyncClient",
    dependencies: [
      "SyncProtocol", "Signing", "Formats", "History",
      .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    ]),
  .target(
    name: "SyncServer",
    dependencies: [
      "LogStore", "SyncProtocol", "Formats", "History", "Bytes",
      .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "Logging", package: "swift-log"),
    ]),
  .target(
    name: "BookFolder",
    dependencies: [
      "Replica", "Record", "TextDiff", "Merge", "History", "Bytes", "CFileSystem",
      .product(name: "Yams", package: "Yams"),
    ]),
  .target(
    name: "ReplicaStore",
    dependencies: [
      "BookFolder", "Replica", "Formats", "Merge", "History", "Bytes",
      .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  .target(
    name: "LocalBook",
    dependencies: [
      "ReplicaStore", "BookFolder", "SyncClient", "SyncProtocol", "Capture", "Signing", "Replica", "Record", "Formats",
      "TextDiff", "Merge", "History", "Bytes", "CFileSystem",
    ]),
  .target(
    name: "BookServer",
    dependencies: [
      "SyncServer", "LogStore", "SyncProtocol", "Formats", "History", "Signing",
      .product(name: "Logging", package: "swift-log"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    ]),
  .target(
    name: "Rendering",
    dependencies: [
      "LocalBook", "ReplicaStore", "BookFolder", "SyncClient", "SyncProtocol", "Replica", "Record", "Formats",
      "TextDiff", "Merge", "History", "Bytes",
    ]),
]

let programs: [Target] = [
  // What the programs of a person at a terminal share.
  .target(name: "Terminal", dependencies: ["Rendering"]),
  .executableTarget(
    name: "valise",
    dependencies: [
      "Terminal", "Rendering", "LocalBook", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
  .executableTarget(
    name: "valised",
    dependencies: [
      "BookServer", "LogStore", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      .product(name: "Logging", package: "swift-log"),
    ]),
  .executableTarget(
    name: "valise-measure",
    dependencies: [
      "LocalBook", "NaiveMerge", "Replica", "Record", "Formats", "TextDiff", "Signing", "Merge", "History", "Deflate",
      "Bytes",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "tools/measure"),
  .executableTarget(
    name: "valise-inspect",
    dependencies: [
      "Terminal", "Rendering", "LocalBook", "ReplicaStore", "BookFolder", "LogStore", "SyncProtocol", "Capture",
      "Signing",
      "Replica",
      "Record", "Formats", "TextDiff", "Merge", "History", "Bytes",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "tools/inspect"),
]

let tests: [Target] = [
  // Test support: the slow twin of Merge, and seeded properties.
  .target(name: "NaiveMerge", dependencies: ["History", "Bytes"], path: "Tests/NaiveMerge"),
  .target(name: "PropertyTesting", path: "Tests/PropertyTesting"),
  // Test support: books with real runs, and exchanges between sessions without a socket.
  .target(
    name: "SyncTesting",
    dependencies: ["SyncProtocol", "Formats", "History", "Bytes", "Signing"], path: "Tests/SyncTesting"),
  // Test support: the real file system with a test in front of each call; the built programs.
  .target(name: "FolderTesting", dependencies: ["BookFolder"], path: "Tests/FolderTesting"),
  .target(name: "ProgramTesting", path: "Tests/ProgramTesting"),
  .testTarget(name: "BytesTests", dependencies: ["Bytes", "PropertyTesting"]),
  .testTarget(name: "DeflateTests", dependencies: ["Deflate", "Bytes", "PropertyTesting"]),
  .testTarget(name: "TextDiffTests", dependencies: ["TextDiff", "Bytes", "PropertyTesting"]),
  .testTarget(name: "HistoryTests", dependencies: ["History", "Bytes", "PropertyTesting"]),
  .testTarget(
    name: "MergeTests", dependencies: ["Merge", "History", "Bytes", "NaiveMerge", "PropertyTesting"]),
  .testTarget(name: "RecordTests", dependencies: ["Record", "Merge", "History", "Bytes", "PropertyTesting"]),
  .testTarget(
    name: "FormatsTests",
    dependencies: ["Formats", "Merge", "History", "Deflate", "Bytes", "Signing", "PropertyTesting"]),
  .testTarget(
    name: "ReplicaTests",
    dependencies: [
      "Replica", "Record", "Formats", "TextDiff", "Merge", "History", "Bytes", "Signing", "NaiveMerge",
      "PropertyTesting",
    ]),
  .testTarget(
    name: "SyncProtocolTests",
    dependencies: ["SyncTesting", "SyncProtocol", "Formats", "History", "Bytes", "Signing", "PropertyTesting"]),
  .testTarget(name: "CaptureTests", dependencies: ["Capture", "Bytes", "PropertyTesting"]),
  .testTarget(
    name: "LogStoreTests",
    dependencies: [
      "SyncTesting", "LogStore", "SyncProtocol", "Formats", "History", "Bytes", "Signing", "PropertyTesting",
      .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  .testTarget(
    name: "SyncServerTests",
    dependencies: [
      "SyncTesting", "SyncServer", "SyncClient", "LogStore", "SyncProtocol", "Formats", "History", "Deflate", "Bytes",
      "Signing", "PropertyTesting", .product(name: "Logging", package: "swift-log"),
      .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  .testTarget(
    name: "BookServerTests",
    dependencies: [
      "SyncTesting", "BookServer", "SyncClient", "LogStore", "SyncProtocol", "Signing", "Formats", "History", "Bytes",
      .product(name: "Logging", package: "swift-log"), .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  .testTarget(
    name: "BookFolderTests",
    dependencies: [
      "FolderTesting", "BookFolder", "Replica", "Record", "Merge", "History", "Bytes", "PropertyTesting",
    ]),
  .testTarget(
    name: "ReplicaStoreTests",
    dependencies: [
      "ReplicaStore", "BookFolder", "Replica", "Formats", "History", "Bytes", "PropertyTesting",
      .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  .testTarget(
    name: "LocalBookTests",
    dependencies: [
      "FolderTesting", "ProgramTesting", "LocalBook", "ReplicaStore", "BookFolder", "SyncServer", "LogStore",
      "SyncProtocol", "Replica",
      "Record",
      "Formats", "Merge", "History", "Bytes", "Signing", "PropertyTesting",
      .product(name: "Logging", package: "swift-log"),
    ]),
  .testTarget(
    name: "RenderingTests",
    dependencies: [
      "Rendering", "LocalBook", "BookFolder", "Replica", "TextDiff", "Merge", "History", "Bytes",
    ]),
  .testTarget(
    name: "InspectTests",
    dependencies: [
      "valise-inspect", "valise", "valised", "ProgramTesting", "SyncTesting", "LocalBook", "Rendering", "Formats",
      "Merge", "History", "Bytes", "Signing", "PropertyTesting", .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  .testTarget(name: "Tidy", path: "Tests/Tidy"),
  .testTarget(
    name: "Transcripts", dependencies: ["ProgramTesting", "valise", "valised", "valise-inspect"],
    path: "Tests/Transcripts",
    exclude: ["cases"]),
  .testTarget(
    name: "EndToEnd", dependencies: ["ProgramTesting", "valise", "valised", "valise-inspect", "PropertyTesting"],
    path: "Tests/EndToEnd"),
]

let package = Package(
  name: "valise",
  products: [
    .executable(name: "valise", targets: ["valise"]),
    .executable(name: "valised", targets: ["valised"]),
  ],
  dependencies: [
    // Ed25519 and SHA-256.
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    // Sockets and event loops of both adapters.
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    // The server's log.
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    // Signals and an orderly end of the server.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    // The command lines.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    // SQLite: the laptop's and the server's store.
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    // The typed value of one front matter block.
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: core + adapters + programs + tests)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}
