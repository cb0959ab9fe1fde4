import Glibc

/// The working copy that these tests were built from.
enum Repository {
    /// A file in it.
    static func path(_ path: String) -> String { "\(root)/\(path)" }

    /// The compiler that it is built with, as far as PATH tells.
    static let compiler: String? = (currentEnvironment()["PATH"] ?? "").split(separator: ":").map { "\($0)/swiftc" }
        .first { unsafe access($0, X_OK) == 0 }

    // Four levels up from here: Tests/SockKitTests/Support/Repository.swift.
    private static let root = #filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined()
}
