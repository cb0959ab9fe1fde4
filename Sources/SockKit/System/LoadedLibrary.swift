private import Glibc

/// A shared library that was loaded while the program runs, for as long as it runs.
@safe package struct LoadedLibrary: Sendable {
    // Invariant: a handle of dlopen(3) is never closed here, and dlsym(3) may be called with it on any thread.
    private nonisolated(unsafe) let handle: UnsafeMutableRawPointer
    package let name: String

    /// Loads a library; nil where there is none of that name. The corresponding call is dlopen(3).
    ///
    /// RTLD_NODELETE leaves it where it is when the process exits: its own end would run while its functions are in use.
    package init?(_ name: String) {
        guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL | Int32(RTLD_NODELETE)) else { return nil }
        unsafe self.handle = handle
        self.name = name
    }

    /// Why the last attempt in this thread failed, as dlerror(3) has it.
    package static var failure: String {
        guard let text = unsafe dlerror() else { return "no reason is known" }
        return unsafe String(cString: text)
    }

    /// Where a function begins, of this library or of one that it needs; nil where neither has it.
    package func address(of function: StaticString) -> UnsafeMutableRawPointer? {
        function.withUTF8Buffer { name in
            unsafe name.withMemoryRebound(to: CChar.self) { unsafe dlsym(handle, $0.baseAddress!) }
        }
    }

    /// A function of that type; the type is the caller's word.
    package func function<Signature>(_ name: StaticString, as type: Signature.Type) -> Signature? {
        guard let address = unsafe address(of: name) else { return nil }
        return unsafe unsafeBitCast(address, to: type)
    }

    /// A function that ends the program, in the place of one that is not there.
    package static func missing<Signature>(as type: Signature.Type) -> Signature {
        let stub: @convention(c) () -> Void = { abort() }
        return unsafe unsafeBitCast(stub, to: type)
    }
}
