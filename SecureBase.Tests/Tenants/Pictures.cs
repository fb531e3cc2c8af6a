using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace SecureBase.Tests.Tenants;

/// <summary>Picture files as programs write them, and as attackers do.</summary>
internal static class Pictures
{
    internal static byte[] Png(int width = 64, int height = 64, params (string Type, byte[] Data)[] more)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        Chunk(file, "IHDR", header);
        foreach (var (type, data) in more)
            Chunk(file, type, data);
        Chunk(file, "IDAT", Pixels(Math.Clamp(width, 1, 2_000), Math.Clamp(height, 1, 2_000)));
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    internal static byte[] Jpeg(int width = 64, int height = 48, params (byte Marker, byte[] Data)[] more)
    {
        using var file = new MemoryStream();
        file.Write([0xFF, 0xD8]);
        Segment(file, 0xE0, [(byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        foreach (var (marker, data) in more)
            Segment(file, marker, data);
        Segment(file, 0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Segment(file, 0xC0, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0]);
        Segment(file, 0xC4, [0, .. Enumerable.Repeat((byte)0, 16)]);
        Segment(file, 0xDA, [1, 1, 0, 0, 63, 0]);
        // A stuffed zero and a restart marker, which are data.
        file.Write([0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]);
        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    internal static byte[] WebP(int width = 64, int height = 48, params (string Name, byte[] Data)[] more)
    {
        using var body = new MemoryStream();
        var extended = new byte[10];
        extended[0] = 0x0C; // says that EXIF and XMP follow
        Triple(extended.AsSpan(4), width - 1);
        Triple(extended.AsSpan(7), height - 1);
        RiffChunk(body, "VP8X", extended);
        var picture = new byte[12];
        picture[0] = 0x2F;
        BinaryPrimitives.WriteUInt32LittleEndian(picture.AsSpan(1), (uint)((width - 1) | ((height - 1) << 14)));
        RiffChunk(body, "VP8L", picture);
        foreach (var (name, data) in more)
            RiffChunk(body, name, data);
        using var file = new MemoryStream();
        file.Write("RIFF"u8);
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)body.Length + 4);
        file.Write(length);
        file.Write("WEBP"u8);
        file.Write(body.ToArray());
        return file.ToArray();
    }

    private static void Chunk(Stream file, string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(byte[] bytes)
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

    private static byte[] Pixels(int width, int height)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var line = new byte[1 + (width * 3)];
            for (var y = 0; y < height; y++)
                zlib.Write(line);
        }
        return packed.ToArray();
    }

    private static void Segment(Stream file, byte marker, byte[] data)
    {
        var length = data.Length + 2;
        file.Write([0xFF, marker, (byte)(length >> 8), (byte)length]);
        file.Write(data);
    }

    private static void RiffChunk(Stream file, string name, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, data.Length);
        file.Write(Encoding.ASCII.GetBytes(name));
        file.Write(length);
        file.Write(data);
        if (data.Length % 2 == 1)
            file.WriteByte(0);
    }

    private static void Triple(Span<byte> into, int value) => (into[0], into[1], into[2]) = ((byte)value, (byte)(value >> 8), (byte)(value >> 16));
}
