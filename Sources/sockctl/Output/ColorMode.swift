/// When reports are coloured.
enum ColorMode: String, CaseIterable, Sendable {
    case auto, always, never
}
