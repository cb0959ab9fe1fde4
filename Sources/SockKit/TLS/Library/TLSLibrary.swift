private import Synchronization

/// The system's library for TLS, loaded when it is first asked for: a program that speaks no TLS never touches it.
@safe package final class TLSLibrary: Sendable {
    let functions: TLSFunctions
    /// `OpenSSL 3.0.17 1 Jul 2025`.
    package let version: String

    private init(_ functions: TLSFunctions) {
        self.functions = functions
        version = unsafe functions.OpenSSL_version(0).map { unsafe String(cString: $0) } ?? "a version without a name"
    }

    /// The library, or why there is none.
    package static func shared() throws(TLSFailure) -> TLSLibrary { try outcome.get() }

    private static let outcome: Result<TLSLibrary, TLSFailure> = load()

    /// The names of the library, the newest first. `SOCKCTL_LIBSSL` names another.
    private static let names = ["libssl.so.4", "libssl.so.3", "libssl.so.1.1"]

    private static let chosen: String? = ProcessCalls.environment("SOCKCTL_LIBSSL").flatMap { $0.isEmpty ? nil : $0 }

    static let loaded: LoadedLibrary? = {
        for name in chosen.map({ [$0] }) ?? names {
            if let library = LoadedLibrary(name) { return library }
        }
        return nil
    }()

    /// Functions that the library should have and has not.
    private static let missing = Lock<[String]>([])

    static func note(missing name: StaticString) { missing.withLock { $0.append("\(name)") } }

    private static func load() -> Result<TLSLibrary, TLSFailure> {
        guard let loaded else { return .failure(absence) }
        let functions = TLSFunctions()
        let missing = missing.withLock { $0 }
        guard missing.isEmpty else {
            return .failure(
                TLSFailure(
                    .unavailable, "\(loaded.name) has no \(missing.prefix(3).joined(separator: ", "))",
                    hint: "OpenSSL 1.1.1 or a later one is what is needed; SOCKCTL_LIBSSL names its libssl"))
        }
        guard functions.OPENSSL_init_ssl(0, nil) == 1 else {
            return .failure(TLSFailure(.unavailable, "\(loaded.name) does not start: \(reason(functions))"))
        }
        return .success(TLSLibrary(functions))
    }

    private static var absence: TLSFailure {
        if chosen != nil {
            return TLSFailure(
                .unavailable, "SOCKCTL_LIBSSL: \(LoadedLibrary.failure)",
                hint: "leave it unset to use the system's own")
        }
        return TLSFailure(
            .unavailable, "TLS needs OpenSSL, and there is no libssl.so.3 here",
            hint: "install it: apt install libssl3, dnf install openssl-libs, apk add libssl3")
    }

    /// The first of the errors that this thread's last call left, in the library's words; they are taken.
    ///
    /// The queue is the thread's: nothing may come between a call and this.
    private static func reason(_ functions: TLSFunctions) -> String {
        let code = functions.ERR_get_error()
        functions.ERR_clear_error()
        guard code != 0, let text = unsafe functions.ERR_reason_error_string(code) else { return "no reason was given" }
        return unsafe String(cString: text)
    }

    func takeReason() -> String { Self.reason(functions) }

    /// The numbers and words of the errors that the last call left, the first one first.
    func takeErrors() -> [TLSLibraryError] {
        var errors: [TLSLibraryError] = []
        while errors.count < 8 {
            let code = functions.ERR_get_error()
            guard code != 0 else { break }
            let text = unsafe functions.ERR_reason_error_string(code).map { unsafe String(cString: $0) }
            errors.append(TLSLibraryError(code: code, text: text ?? "error \(code)"))
        }
        functions.ERR_clear_error()
        return errors
    }
}

/// One entry of the library's queue of errors.
struct TLSLibraryError: Sendable {
    let code: UInt
    let text: String

    /// The reason's number in the part of the library that it is of.
    var reason: Int { Int(code & (code & 0x8000_0000 == 0 ? (isOld ? 0xFFF : 0x7F_FFFF) : 0x7FFF_FFFF)) }

    /// The library's number is in the bits from 23 on, since 3.0; before that from 24 on, with a function's in between.
    private var isOld: Bool { code >> 23 & 0xFF != 20 && code >> 24 & 0xFF == 20 }
}
