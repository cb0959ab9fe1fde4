// How libFuzzer calls the target that the environment names; `targets` has those of the program it is compiled into. A
// target takes any bytes, and ends with a value or an error of its own. A trap is a finding, and so is an answer that
// depends on how the bytes were cut, or that differs from another implementation's.
import Glibc

// Invariant: set before the first input, by the only thread there is.
nonisolated(unsafe) var chosen: ((Span<UInt8>) -> Void) = { _ in }

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<Int32>, _ words: UnsafeMutableRawPointer) -> Int32 {
    let name = getenv("SOCKCTL_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = targets[name] else {
        print("SOCKCTL_FUZZ_TARGET names one of: \(targets.keys.sorted().joined(separator: " "))")
        exit(64)
    }
    chosen = target
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> Int32 {
    guard let start else { return 0 }
    let bytes = [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    chosen(bytes.span)
    return 0
}
