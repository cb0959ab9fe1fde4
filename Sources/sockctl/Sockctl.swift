@main
enum Sockctl {
    static func main() {}
}
