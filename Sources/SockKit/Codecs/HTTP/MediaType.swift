/// What a file holds, as Content-Type says it (RFC 9110 section 8.3).
public enum MediaType {
    /// What is said of files nobody knows.
    public static let unknown = "application/octet-stream"

    /// The type of a file with this name, by what stands behind its last dot, in any case. Texts are said to be UTF-8.
    public static func of(fileName: String) -> String {
        guard let dot = fileName.lastIndex(of: "."), dot != fileName.startIndex,
            let type = byExtension[fileName[fileName.index(after: dot)...].lowercased()]
        else { return unknown }
        return type.hasPrefix("text/") || type == "application/json" ? type + "; charset=utf-8" : type
    }

    /// The extensions of a type follow it.
    private static let byExtension: [String: String] = {
        var types: [String: String] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            for word in words.dropFirst() { types[String(word)] = String(words[0]) }
        }
        return types
    }()

    private static let table = """
        text/html html htm
        text/css css
        text/javascript js mjs
        text/plain txt text log conf ini cfg c h cc cpp hpp swift go rs py rb pl sh java kt diff patch
        text/markdown md markdown
        text/csv csv
        text/tab-separated-values tsv
        text/calendar ics
        text/vcard vcf
        text/vtt vtt
        text/xml xml xsl
        text/yaml yaml yml
        application/json json map
        application/ld+json jsonld
        application/manifest+json webmanifest
        application/jsonl jsonl ndjson
        application/toml toml
        application/xhtml+xml xhtml
        application/atom+xml atom
        application/rss+xml rss
        application/wasm wasm
        application/pdf pdf
        application/postscript ps eps ai
        application/rtf rtf
        application/epub+zip epub
        application/msword doc
        application/vnd.ms-excel xls
        application/vnd.ms-powerpoint ppt
        application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
        application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
        application/vnd.oasis.opendocument.text odt
        application/vnd.oasis.opendocument.spreadsheet ods
        application/vnd.oasis.opendocument.presentation odp
        application/zip zip
        application/gzip gz tgz
        application/x-bzip2 bz2
        application/x-xz xz
        application/zstd zst
        application/x-tar tar
        application/x-7z-compressed 7z
        application/vnd.rar rar
        application/java-archive jar war
        application/vnd.debian.binary-package deb
        application/x-rpm rpm
        application/vnd.android.package-archive apk
        application/x-iso9660-image iso
        application/x-sqlite3 sqlite sqlite3 db
        application/vnd.tcpdump.pcap pcap pcapng
        application/pgp-signature asc sig
        application/x-pem-file pem crt cer
        font/woff woff
        font/woff2 woff2
        font/ttf ttf
        font/otf otf
        font/collection ttc
        image/png png
        image/jpeg jpg jpeg jpe
        image/gif gif
        image/svg+xml svg svgz
        image/webp webp
        image/avif avif
        image/jxl jxl
        image/heic heic
        image/bmp bmp
        image/tiff tif tiff
        image/vnd.microsoft.icon ico cur
        audio/mpeg mp3
        audio/mp4 m4a
        audio/aac aac
        audio/ogg ogg oga opus
        audio/flac flac
        audio/wav wav
        audio/midi mid midi
        audio/webm weba
        video/mp4 mp4 m4v
        video/mpeg mpeg mpg
        video/ogg ogv
        video/webm webm
        video/quicktime mov
        video/x-matroska mkv
        video/x-msvideo avi
        video/mp2t ts m2ts
        video/x-flv flv
        application/vnd.apple.mpegurl m3u8
        application/dash+xml mpd
        model/gltf-binary glb
        model/gltf+json gltf
        model/stl stl
        """
}
