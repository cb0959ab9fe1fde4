import Glibc
import SockKit
import Synchronization
import Testing

/// A program that the tests run beside sockctl and that need not be on every machine.
enum Tool: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case nc, ncat, socat, openssl, python3, curl, nginx, haproxy, tcpdump, chromium, strace, setpriv, unshare, sh, cat,
        prlimit, microsocks, tinyproxy, danted

    /// Where it is; nil if it is not on this machine.
    var path: String? { Self.found[self] }

    var isThere: Bool { path != nil }

    var testDescription: String { rawValue }

    private static let found: [Tool: String] = {
        // The system's own directories first: a version manager's shim may cost more than the test.
        let own = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]
        let searched = own + (currentEnvironment()["PATH"] ?? "").split(separator: ":").map(String.init)
        var found: [Tool: String] = [:]
        for tool in allCases {
            // Only OpenBSD's nc has the flags that the tests use; where it is not the only one it has its full name.
            let names = tool == .nc ? ["nc.openbsd", "nc"] : [tool.rawValue]
            let candidates = names.flatMap { name in searched.map { "\($0)/\(name)" } }
            found[tool] = candidates.first { unsafe access($0, X_OK) == 0 }
        }
        return found
    }()

    /// Whether strace may trace here; containers often forbid it.
    static let canTrace = succeeds(.strace, [Tool.cat.path ?? ""])

    /// Whether a program can be given a network of its own, with nothing in it.
    static let canUnshareNetwork = succeeds(.unshare, ["-rn", Tool.cat.path ?? ""])

    /// What makes `setpriv` run a program as a user who owns nothing.
    static let asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"]

    /// Whether sockctl can be run as a user who owns nothing.
    static let canBeNobody = succeeds(.setpriv, asNobody + [Binary.sockctl ?? "", "--version"])

    /// Runs a tool with nothing to read and nowhere to write, and tells whether its status is 0.
    private static func succeeds(_ tool: Tool, _ arguments: [String]) -> Bool {
        guard let path = tool.path else { return false }
        let null = StandardStream("/dev/null", O_RDWR)
        let streams = StandardStreams(input: null, output: null, error: null)
        guard let pid = try? spawn(path, arguments, environment: currentEnvironment(), streams: streams) else {
            return false
        }
        var status: Int32 = -1
        return unsafe waitpid(pid, &status, 0) == pid && status == 0
    }

    /// Whether IPv6 works on the loopback interface.
    static let hasIPv6 = unsafe access("/proc/net/if_inet6", R_OK) == 0
}

extension Trait where Self == ConditionTrait {
    /// Skips the test, saying why, where one of the tools is missing.
    static func needs(_ tools: Tool...) -> Self {
        let missing = tools.filter { !$0.isThere }.map(\.rawValue)
        return .enabled(if: missing.isEmpty, "needs \(missing.joined(separator: " and "))")
    }

    /// Skips the test where programs cannot be traced.
    static var needsTracing: Self { .enabled(if: Tool.canTrace, "needs an strace that may trace") }

    /// Skips the test where the kernel, or a container, refuses io_uring.
    static var needsUring: Self { .enabled(if: IOModel.uring.isAvailable, "needs a kernel that gives it io_uring") }

    /// Skips the test where there is no IPv6.
    static var needsIPv6: Self { .enabled(if: Tool.hasIPv6, "needs IPv6") }

    /// Skips the test where there are no user and network namespaces.
    static var needsOwnNetwork: Self { .enabled(if: Tool.canUnshareNetwork, "needs unshare -rn to work") }

    /// Skips the test where sockctl cannot be run as nobody: not root, or its path is private.
    static var needsNobody: Self { .enabled(if: Tool.canBeNobody, "needs setpriv to run sockctl as nobody") }

    /// Skips the test where the program under test has not been built.
    static var needsSockctl: Self {
        .enabled(if: Binary.sockctl != nil, "needs sockctl beside the test bundle, or its path in SOCKCTL")
    }
}
