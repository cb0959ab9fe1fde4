private import Glibc

extension Double {
    /// The corresponding function is log10(3).
    package var commonLogarithm: Double { log10(self) }
}
