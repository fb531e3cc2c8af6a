using System.Buffers.Binary;
using System.Buffers.Text;

namespace SecureBase.Core.Kernel;

/// <summary>Where the next page starts: an instant and the id that breaks ties. Opaque to clients: base64url of 24 bytes.</summary>
public readonly record struct Cursor(DateTimeOffset At, Guid Id)
{
    private const int Length = 24;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At.UtcTicks);
        Id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryParse(string? text, out Cursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (text is not { Length: Length / 3 * 4 } || !Base64Url.IsValid(text) || Base64Url.DecodeFromChars(text, bytes) != Length)
            return false;
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (ticks < DateTimeOffset.MinValue.Ticks || ticks > DateTimeOffset.MaxValue.Ticks)
            return false;
        cursor = new Cursor(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[8..], bigEndian: true));
        return true;
    }
}
