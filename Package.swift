// swift-tools-version: 6.2
import PackageDescription

#if canImport(Glibc)
    import Glibc
#endif

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
/// To be placed at random costs the loader 53,000 relocations. A C++ library that is linked in, instead of loaded, wins
/// more than that back, and so does leaving out the table of the program's 20,000 symbols; and relocations that are packed
/// are 13 KB to read in place of 1.2 MB.
let release = [
    "-static-stdlib", "-use-ld=lld", "-L", "\(Context.packageDirectory)/Sources/sockctl/Linking",
    "-Xclang-linker", "-pie", "-Xclang-linker", "-static-libgcc",
    "-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now",
    "-Xlinker", "-z", "-Xlinker", "noexecstack", "-Xlinker", "--no-export-dynamic",
]

let packed = ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"]

/// Whether this machine's loader knows DT_RELR, as glibc's does from 2.36 on. A program that has it says so to an older one,
/// which then does not start it.
var knowsPackedRelocations: Bool {
    #if canImport(Glibc)
        let version = String(unsafeUninitializedCapacity: 64) { room in
            room.withMemoryRebound(to: CChar.self) { text in
                // The count is that of the text and its zero, or 0 where the library is another.
                max(1, confstr(Int32(_CS_GNU_LIBC_VERSION), text.baseAddress, text.count)) - 1
            }
        }
        let numbers = version.split { !$0.isNumber }.compactMap { Int($0) }
        return numbers.count > 1 && (numbers[0], numbers[1]) >= (2, 36)
    #else
        return false
    #endif
}

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
            linkerSettings: [
                .unsafeFlags(
                    release + (knowsPackedRelocations ? packed : []),
                    .when(platforms: [.linux], configuration: .release))
            ]),
        .testTarget(name: "SockKitTests", dependencies: ["SockKit", "sockctl"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
