private import Glibc

extension Double {
    /// The corresponding function is log10(3).
    package var commonLogarithm: Double { log10(self) }

    /// The corresponding function is pow(3).
    package func raised(to exponent: Double) -> Double { pow(self, exponent) }
}
