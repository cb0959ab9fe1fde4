import SockKit
import Testing

@testable import sockctl

/// The modes of what speaks HTTP.
extension OptionModesTests {
    private static let serveModes = [
        Mode(
            "", .tcp,
            """
            log grace max-conns backlog reuse-port max-time max-head max-headers max-body header-timeout body-timeout \
            write-timeout idle-timeout root no-index hidden spa upload overwrite auth cors header \
            allow deny allow-file deny-file max-conns-per-host tls
            """),
        Mode(
            "", .unix,
            """
            log grace max-conns backlog mode max-time max-head max-headers max-body header-timeout body-timeout \
            write-timeout idle-timeout root no-index hidden spa upload overwrite auth cors header \
            allow deny allow-file deny-file tls
            """),
        Mode(
            "--json", .tcp,
            """
            grace max-conns backlog reuse-port max-time max-head max-headers max-body header-timeout body-timeout \
            write-timeout idle-timeout root no-index hidden spa upload overwrite auth cors header \
            allow deny allow-file deny-file max-conns-per-host tls
            """),
    ]

    @Test(arguments: serveModes)
    func `http-serve refuses what a mode has no use for`(mode: Mode) throws {
        try compare(HTTPServeCommand.self, mode, address: "x")
    }

    /// Of URLs that want TLS.
    private static let secure = """
        tls-ca tls-name tls-pin tls-insecure tls-crl tls-cert tls-min tls-max tls-ciphers tls-key-log \
        tls-handshake-timeout tls-session
        """

    private static let getModes = [
        Mode(
            "", .tcp,
            """
            request head header data json-body upload-file user include first-line location max-redirects fail \
            fail-with-body output remote-name continue retry unix-socket proxy proxy-auth-file timeout dial-timeout \
            response-header-timeout expect-continue-timeout disable-keepalives idle-conn-timeout max-idle-conns \
            max-idle-per-host max-per-host max-time repeat duration parallel rate plot no-plot svg \(secure)
            """),
        Mode(
            "--repeat 2", .tcp,
            """
            request head header data json-body upload-file user fail fail-with-body output unix-socket proxy proxy-auth-file timeout \
            dial-timeout response-header-timeout expect-continue-timeout disable-keepalives idle-conn-timeout \
            max-idle-conns max-idle-per-host max-per-host max-time duration parallel rate plot no-plot svg \(secure)
            """),
        Mode(
            "--disable-keepalives", .tcp,
            """
            request head header data json-body upload-file user include first-line location max-redirects fail \
            fail-with-body output remote-name continue retry unix-socket proxy proxy-auth-file timeout dial-timeout \
            response-header-timeout expect-continue-timeout max-per-host max-time repeat duration parallel rate \
            plot no-plot svg \(secure)
            """),
    ]

    @Test(arguments: getModes)
    func `http-get refuses what a mode has no use for`(mode: Mode) throws {
        try compare(HTTPGetCommand.self, mode, address: "https://x/y")
    }
}
