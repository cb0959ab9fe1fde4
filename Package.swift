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
            name: "sockctl", dependencies: ["SockKit"], swiftSettings: settings,
            // At a fixed address, and without a table of its 20,000 symbols, the loader has little to adjust: that is
            // a third of the page faults of a start. The price is that the program's own image, which is memory-safe
            // Swift, is not placed at random; its stack, heap and libraries still are.
            linkerSettings: [
                .unsafeFlags(
                    ["-Xclang-linker", "-no-pie", "-Xlinker", "--no-export-dynamic"],
                    .when(platforms: [.linux], configuration: .release))
            ]),
        .testTarget(name: "SockKitTests", dependencies: ["SockKit", "sockctl"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
