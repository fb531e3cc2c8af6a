using System.Buffers.Binary;
using System.Text;

namespace SecureBase.Tests.Live;

/// <summary>As much of MessagePack as circuits speak: nil, booleans, integers, text, bytes, arrays and maps.</summary>
internal static class MessagePack
{
    /// <summary>An array as one message of a circuit: its length, then its bytes.</summary>
    internal static byte[] Message(params object?[] items)
    {
        var body = new MemoryStream();
        Write(body, items);
        var message = new MemoryStream();
        var length = body.Length;
        do
        {
            message.WriteByte((byte)((length & 0x7f) | (length > 0x7f ? 0x80u : 0u)));
            length >>= 7;
        }
        while (length > 0);
        body.WriteTo(message);
        return message.ToArray();
    }

    /// <summary>The first whole message in the bytes and how many of them it took; null when more must come.</summary>
    internal static (object?[] Items, int Taken)? Read(ReadOnlySpan<byte> bytes)
    {
        int length = 0, at = 0, shift = 0;
        do
        {
            if (at == bytes.Length)
                return null;
            length |= (bytes[at] & 0x7f) << shift;
            shift += 7;
        }
        while ((bytes[at++] & 0x80) != 0);
        if (bytes.Length < at + length)
            return null;
        var reader = new Reader(bytes.Slice(at, length));
        return ((object?[])reader.Next()!, at + length);
    }

    private static void Write(MemoryStream to, object? value)
    {
        switch (value)
        {
            case null:
                to.WriteByte(0xc0);
                break;
            case bool truth:
                to.WriteByte(truth ? (byte)0xc3 : (byte)0xc2);
                break;
            case int number:
                Write(to, (long)number);
                break;
            case long number:
                to.WriteByte(0xd3);
                Span<byte> eight = stackalloc byte[8];
                BinaryPrimitives.WriteInt64BigEndian(eight, number);
                to.Write(eight);
                break;
            case string text:
                WriteLength(to, 0xdb, Encoding.UTF8.GetByteCount(text));
                to.Write(Encoding.UTF8.GetBytes(text));
                break;
            case object?[] items:
                WriteLength(to, 0xdd, items.Length);
                foreach (var item in items)
                    Write(to, item);
                break;
            case Dictionary<string, string> { Count: 0 }:
                to.WriteByte(0x80);
                break;
            default:
                throw new NotSupportedException($"No circuit is sent a {value.GetType().Name}.");
        }
    }

    private static void WriteLength(MemoryStream to, byte type, int length)
    {
        to.WriteByte(type);
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, length);
        to.Write(four);
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        internal object? Next()
        {
            var type = Take(1)[0];
            return type switch
            {
                <= 0x7f => (long)type,
                <= 0x8f => Map(type & 0x0f),
                <= 0x9f => Array(type & 0x0f),
                <= 0xbf => Text(type & 0x1f),
                0xc0 => null,
                0xc2 => false,
                0xc3 => true,
                0xc4 => Take((int)Unsigned(1)).ToArray(),
                0xc5 => Take((int)Unsigned(2)).ToArray(),
                0xc6 => Take((int)Unsigned(4)).ToArray(),
                0xcc => (long)Unsigned(1),
                0xcd => (long)Unsigned(2),
                0xce => (long)Unsigned(4),
                0xcf => (long)Unsigned(8),
                0xd0 => (long)(sbyte)Unsigned(1),
                0xd1 => (long)(short)Unsigned(2),
                0xd2 => (long)(int)Unsigned(4),
                0xd3 => (long)Unsigned(8),
                0xd9 => Text((int)Unsigned(1)),
                0xda => Text((int)Unsigned(2)),
                0xdb => Text((int)Unsigned(4)),
                0xdc => Array((int)Unsigned(2)),
                0xdd => Array((int)Unsigned(4)),
                0xde => Map((int)Unsigned(2)),
                >= 0xe0 => (long)(sbyte)type,
                _ => throw new NotSupportedException($"No circuit sends a MessagePack value of type {type:x2}."),
            };
        }

        private object?[] Array(int length)
        {
            var items = new object?[length];
            for (var i = 0; i < length; i++)
                items[i] = Next();
            return items;
        }

        private object?[] Map(int length) => Array(2 * length);

        private string Text(int length) => Encoding.UTF8.GetString(Take(length));

        private ulong Unsigned(int length)
        {
            var value = 0ul;
            foreach (var one in Take(length))
                value = (value << 8) | one;
            return value;
        }

        private ReadOnlySpan<byte> Take(int length)
        {
            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }
    }
}
