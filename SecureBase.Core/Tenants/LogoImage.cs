using System.Buffers.Binary;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Tenants;

/// <summary>
/// A PNG, JPEG or WebP picture, recognised by its content and written anew from the parts a still picture needs: whatever else a
/// file carries (comments, camera data, a second file behind the picture) is gone. Vector pictures are refused, for they run scripts.
/// Nothing is decoded: sizes are read from the headers, so a bomb costs nothing.
/// </summary>
public sealed record LogoImage(string ContentType, int Width, int Height, byte[] Content)
{
    /// <summary>In bytes, as sent.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>In pixels, of either side.</summary>
    public const int MaxSide = 1024;

    public const int MinSide = 16;

    private const string Field = "logo";

    /// <summary>The picture, or why it is refused.</summary>
    public static Result<LogoImage> Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length > MaxBytes)
            return Refused($"The picture has {file.Length / 1024} KB; up to {MaxBytes / 1024} KB are taken.");
        var bytes = file.Span;
        LogoImage? image;
        if (PngContainer.IsOne(bytes))
            image = PngContainer.Read(bytes);
        else if (JpegContainer.IsOne(bytes))
            image = JpegContainer.Read(bytes);
        else if (WebPContainer.IsOne(bytes))
            image = WebPContainer.Read(bytes);
        else
            return Refused("This is no PNG, JPEG or WebP picture, whatever its name says. Vector pictures (SVG) are not taken.");
        if (image is null)
            return Refused("The picture is damaged, animated or has something else behind it. Save it again as a plain PNG, JPEG or WebP.");
        if (image.Width is < MinSide or > MaxSide || image.Height is < MinSide or > MaxSide)
            return Refused($"The picture has {image.Width} × {image.Height} pixels; each side may have {MinSide} to {MaxSide}.");
        return image;
    }

    private static Error Refused(string why) => Error.Invalid(Field, why);
}

/// <summary>PNG (ISO/IEC 15948): a signature, then chunks of length, type, data and checksum.</summary>
internal static class PngContainer
{
    private const string Type = "image/png";
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    internal static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    internal static LogoImage? Read(ReadOnlySpan<byte> file)
    {
        using var kept = new MemoryStream(file.Length);
        kept.Write(Signature);
        int width = 0, height = 0;
        var hasData = false;
        for (var at = Signature.Length; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
                return null;
            var chunk = file.Slice(at, (int)length + 12);
            var type = chunk.Slice(4, 4);
            if (Checksum(chunk[4..^4]) != BinaryPrimitives.ReadUInt32BigEndian(chunk[^4..]) || (at == Signature.Length) != type.SequenceEqual("IHDR"u8))
                return null;
            if (type.SequenceEqual("IHDR"u8))
            {
                if (length != 13)
                    return null;
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(chunk[8..]), BinaryPrimitives.ReadInt32BigEndian(chunk[12..]));
            }
            hasData |= type.SequenceEqual("IDAT"u8);
            if (Shows(type))
                kept.Write(chunk);
            at += chunk.Length;
            if (type.SequenceEqual("IEND"u8))
                return hasData && at == file.Length && length == 0 ? new LogoImage(Type, width, height, kept.ToArray()) : null;
        }
        return null;
    }

    private static bool Shows(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("IHDR"u8) || type.SequenceEqual("PLTE"u8) || type.SequenceEqual("tRNS"u8) || type.SequenceEqual("IDAT"u8) || type.SequenceEqual("IEND"u8)
        || type.SequenceEqual("gAMA"u8) || type.SequenceEqual("cHRM"u8) || type.SequenceEqual("sRGB"u8);

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }
}

/// <summary>JPEG (ITU-T T.81): segments of marker, length and data; entropy-coded data between a scan's header and the next marker.</summary>
internal static class JpegContainer
{
    private const string Type = "image/jpeg";
    private const byte Start = 0xD8, End = 0xD9, Scan = 0xDA;

    internal static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith<byte>([0xFF, Start, 0xFF]);

    internal static LogoImage? Read(ReadOnlySpan<byte> file)
    {
        using var kept = new MemoryStream(file.Length);
        kept.Write(file[..2]);
        int width = 0, height = 0;
        var hasScan = false;
        for (var at = 2; at + 2 <= file.Length;)
        {
            if (file[at] != 0xFF)
                return null;
            var marker = file[at + 1];
            if (marker == End)
            {
                kept.Write(file.Slice(at, 2));
                return hasScan && width > 0 && at + 2 == file.Length ? new LogoImage(Type, width, height, kept.ToArray()) : null;
            }
            if (marker is < 0xC0 or 0xFF || marker is >= 0xD0 and <= Start || at + 4 > file.Length)
                return null;
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length)
                return null;
            var segment = file.Slice(at, 2 + length);
            if (IsFrame(marker))
            {
                if (length < 8 || width > 0)
                    return null;
                (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(segment[5..]), BinaryPrimitives.ReadUInt16BigEndian(segment[7..]));
            }
            if (Shows(marker))
                kept.Write(segment);
            at += segment.Length;
            if (marker != Scan)
                continue;
            hasScan = true;
            var data = Coded(file[at..]);
            kept.Write(file.Slice(at, data));
            at += data;
        }
        return null;
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC;

    // Frames, tables and scans; of the application's data only what says how colours are meant.
    private static bool Shows(byte marker) => marker < 0xE0 || marker is 0xE0 or 0xEE;

    private static int Coded(ReadOnlySpan<byte> data)
    {
        for (var i = 0; i + 1 < data.Length; i++)
        {
            // A stuffed zero and the restart markers belong to the data.
            if (data[i] == 0xFF && data[i + 1] is not 0 and not (>= 0xD0 and <= 0xD7))
                return i;
        }
        return data.Length;
    }
}

/// <summary>WebP (RFC 9649): a RIFF file of chunks with four-letter names and little-endian lengths.</summary>
internal static class WebPContainer
{
    private const string Type = "image/webp";
    private const int Head = 12;
    private const byte HasAlpha = 0x10, HasAnimation = 0x02;

    internal static bool IsOne(ReadOnlySpan<byte> file) => file.Length > Head && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    internal static LogoImage? Read(ReadOnlySpan<byte> file)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L != file.Length)
            return null;
        using var kept = new MemoryStream(file.Length);
        kept.Write(file[..Head]);
        (int Width, int Height)? size = null, canvas = null;
        for (var at = Head; at < file.Length;)
        {
            if (at + 8 > file.Length)
                return null;
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            if (length > file.Length - at - 8)
                return null;
            // Chunks are padded to an even length.
            var whole = 8 + (int)length + ((int)length & 1);
            if (at + whole > file.Length)
                return null;
            var name = file.Slice(at, 4);
            var data = file.Slice(at + 8, (int)length);
            if (name.SequenceEqual("VP8X"u8))
            {
                if (length != 10 || (data[0] & HasAnimation) != 0)
                    return null;
                canvas = (1 + Triple(data[4..]), 1 + Triple(data[7..]));
                // Of what it announces only transparency stays.
                kept.Write(file.Slice(at, 8));
                kept.WriteByte((byte)(data[0] & HasAlpha));
                kept.Write(data[1..]);
            }
            else if (name.SequenceEqual("VP8 "u8) || name.SequenceEqual("VP8L"u8))
            {
                if (size is not null || Size(name, data) is not { } read)
                    return null;
                size = read;
                kept.Write(file.Slice(at, whole));
            }
            else if (name.SequenceEqual("ALPH"u8))
            {
                kept.Write(file.Slice(at, whole));
            }
            else if (name.StartsWith("ANI"u8) || name.SequenceEqual("ANMF"u8))
            {
                return null;
            }
            at += whole;
        }
        if (size is not { } shown || (canvas is { } outer && outer != shown))
            return null;
        var content = kept.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(4), (uint)content.Length - 8);
        return new LogoImage(Type, shown.Width, shown.Height, content);
    }

    private static (int, int)? Size(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (name[3] == 'L')
        {
            if (data.Length < 5 || data[0] != 0x2F)
                return null;
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            return (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
        }
        if (data.Length < 10 || !data[3..6].SequenceEqual<byte>([0x9D, 0x01, 0x2A]))
            return null;
        return (BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF);
    }

    private static int Triple(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
