namespace SecureBase.Tests.Infrastructure;

/// <summary>What an authenticator app does with the key that people type into it.</summary>
internal static class Base32
{
    public static byte[] Decode(string text)
    {
        List<byte> bytes = [];
        var (buffer, bits) = (0, 0);
        foreach (var digit in text.Where(c => c != ' '))
        {
            (buffer, bits) = (((buffer << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(digit, StringComparison.Ordinal)) & 0xffff, bits + 5);
            if (bits >= 8)
                bytes.Add((byte)(buffer >> (bits -= 8)));
        }
        return [.. bytes];
    }
}
