/// Rows that are made when one of them is given, or all are asked for.
struct RowGroup<Arguments>: Sendable {
    /// The row behind which they stand in the documents.
    let place: String
    /// What they are called.
    let names: Set<String>
    let make: @Sendable () -> [Row<Arguments>]
}
