// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A release brings along what it uses of Swift's library, so that it runs where there is no Swift, and starts at once.
///
/// For a program that parses what strangers send: placed at random, with nothing that is both writable and executable, and
/// with the tables of the loader read-only before the first line of ours runs. .ci/run looks whether it is so.
///
/// To be placed at random costs the loader 30,000 relocations. A C++ library that is linked in, instead of loaded, wins
/// more than that back, and so does leaving out the table of the program's 20,000 symbols.
let release = [
    "-static-stdlib", "-use-ld=lld", "-L", "\(Context.packageDirectory)/Sources/sockctl/Linking",
    "-Xclang-linker", "-pie", "-Xclang-linker", "-static-libgcc",
    "-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now",
    "-Xlinker", "-z", "-Xlinker", "noexecstack", "-Xlinker", "--no-export-dynamic",
]

let package = Package(
    name: "sockctl",
    products: [
        .library(name: "SockKit", targets: ["SockKit"]),
        .executable(name: "sockctl", targets: ["sockctl"]),
    ],
    targets: [
        // The C declarations that Glibc's module hides. A header only: nothing is compiled or linked.
        .systemLibrary(name: "CLinux", path: "Sources/SockKit/CLinux"),
        .target(name: "SockKit", dependencies: ["CLinux"], exclude: ["CLinux"], swiftSettings: settings),
        .executableTarget(
            name: "sockctl", dependencies: ["SockKit"], exclude: ["Linking"], swiftSettings: settings,
            linkerSettings: [.unsafeFlags(release, .when(platforms: [.linux], configuration: .release))]),
        .testTarget(name: "SockKitTests", dependencies: ["SockKit", "sockctl"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
