using System.Text;

namespace SecureBase.Core.Files;

/// <summary>
/// What a file is, by its first bytes (WHATWG MIME Sniffing, section 6, and the formats' own signatures). Whatever a browser could
/// run is plain text here: no page, script or vector picture is ever served under a type that lets it act.
/// </summary>
public static class ContentKind
{
    public const string Unknown = "application/octet-stream";
    public const string PlainText = "text/plain";

    private const string Zip = "application/zip";
    private const string Office = "application/vnd.openxmlformats-officedocument.";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (int At, byte[] Bytes, string Type)[] Signatures =
    [
        (0, [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A], "image/png"),
        (0, [0xFF, 0xD8, 0xFF], "image/jpeg"),
        (0, [.. "GIF87a"u8], "image/gif"),
        (0, [.. "GIF89a"u8], "image/gif"),
        (0, [.. "%PDF-"u8], "application/pdf"),
        (0, [0x1F, 0x8B, 0x08], "application/gzip"),
        (0, [.. "BZh"u8], "application/x-bzip2"),
        (0, [0xFD, .. "7zXZ"u8, 0], "application/x-xz"),
        (0, [0x28, 0xB5, 0x2F, 0xFD], "application/zstd"),
        (0, [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], "application/x-7z-compressed"),
        (0, [.. "Rar!"u8, 0x1A, 0x07], "application/vnd.rar"),
        (257, [.. "ustar"u8], "application/x-tar"),
        (0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "application/x-ole-storage"),
        (0, [.. "II"u8, 0x2A, 0], "image/tiff"),
        (0, [.. "MM"u8, 0, 0x2A], "image/tiff"),
        (0, [.. "SQLite format 3"u8, 0], "application/vnd.sqlite3"),
        (0, [0x0A, 0x0D, 0x0D, 0x0A], "application/x-pcapng"),
        (0, [0xD4, 0xC3, 0xB2, 0xA1], "application/vnd.tcpdump.pcap"),
        (0, [0x1A, 0x45, 0xDF, 0xA3], "video/webm"),
        (0, [.. "OggS"u8, 0], "application/ogg"),
        (0, [.. "ID3"u8], "audio/mpeg"),
    ];

    /// <summary>The media type of a file that begins like this.</summary>
    /// <param name="start">Its first bytes; a few thousand are plenty.</param>
    /// <param name="name">Decides between kinds of plain text, and nothing else.</param>
    public static string Of(ReadOnlySpan<byte> start, string? name = null)
    {
        foreach (var (at, bytes, type) in Signatures)
        {
            if (start.Length > at && start[at..].StartsWith(bytes))
                return type;
        }
        if (start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8))
            return OfZip(start);
        if (start.Length >= 12 && start.StartsWith("RIFF"u8))
            return start[8..].StartsWith("WEBP"u8) ? "image/webp" : start[8..].StartsWith("WAVE"u8) ? "audio/wav" : start[8..].StartsWith("AVI "u8) ? "video/x-msvideo" : Unknown;
        if (start.Length >= 12 && start[4..].StartsWith("ftyp"u8))
            return start[8..].StartsWith("hei"u8) || start[8..].StartsWith("mif1"u8) ? "image/heic" : start[8..].StartsWith("avif"u8) ? "image/avif" : start[8..].StartsWith("qt  "u8) ? "video/quicktime" : "video/mp4";
        return IsText(start) ? OfText(name) : Unknown;
    }

    /// <summary>Whether a browser may show it in a page: still and moving pictures that carry no script.</summary>
    public static bool IsSafeImage(string type) => type is "image/png" or "image/jpeg" or "image/gif" or "image/webp";

    /// <summary>The usual ending of a file of this type, with its dot; empty when none is known.</summary>
    public static string Extension(string type) => type switch
    {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "application/pdf" => ".pdf",
        Zip => ".zip",
        "application/gzip" => ".gz",
        "application/json" => ".json",
        "text/csv" => ".csv",
        "text/markdown" => ".md",
        PlainText => ".txt",
        _ => "",
    };

    // The folder names of a package's parts stand in its local headers, in the clear.
    private static string OfZip(ReadOnlySpan<byte> start) =>
        start.IndexOf("word/"u8) >= 0 && start.IndexOf("[Content_Types].xml"u8) >= 0 ? Office + "wordprocessingml.document"
        : start.IndexOf("xl/"u8) >= 0 && start.IndexOf("[Content_Types].xml"u8) >= 0 ? Office + "spreadsheetml.sheet"
        : start.IndexOf("ppt/"u8) >= 0 && start.IndexOf("[Content_Types].xml"u8) >= 0 ? Office + "presentationml.presentation"
        : Zip;

    private static string OfText(string? name) => Path.GetExtension(name ?? "").ToLowerInvariant() switch
    {
        ".csv" => "text/csv",
        ".json" => "application/json",
        ".md" => "text/markdown",
        _ => PlainText,
    };

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
            return false;
        foreach (var value in start)
        {
            // The binary data bytes of the standard's section 3.
            if (value is <= 0x08 or 0x0B or (>= 0x0E and <= 0x1A) or (>= 0x1C and <= 0x1F))
                return false;
        }
        // A sequence of several bytes may be cut off at the end.
        for (var cut = 0; cut < 4 && cut < start.Length; cut++)
        {
            try
            {
                Strict.GetCharCount(start[..^cut]);
                return true;
            }
            catch (DecoderFallbackException)
            {
                continue;
            }
        }
        return false;
    }
}
