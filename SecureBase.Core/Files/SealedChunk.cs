using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureBase.Core.Secrets;

namespace SecureBase.Core.Files;

/// <summary>A file's bytes in sealed pieces. Each names its file and place inside the seal, so that none can stand for another.</summary>
internal static class SealedChunk
{
    internal const string Purpose = "file";

    /// <summary>Bytes of the file in one piece.</summary>
    internal const int Size = 128 * 1024;

    private const int Label = 16 + sizeof(int);

    internal static byte[] Seal(SecretEnvelope envelope, Guid tenantId, Guid fileId, int number, ReadOnlySpan<byte> content)
    {
        var plain = new byte[Label + content.Length];
        Write(plain, fileId, number);
        content.CopyTo(plain.AsSpan(Label));
        var sealedBytes = envelope.Seal(tenantId, Purpose, plain);
        CryptographicOperations.ZeroMemory(plain);
        return sealedBytes;
    }

    /// <exception cref="AlteredSecretException">The piece was altered, or is not this one of this file.</exception>
    internal static ReadOnlyMemory<byte> Open(SecretEnvelope envelope, Guid tenantId, Guid fileId, int number, ReadOnlySpan<byte> sealedBytes)
    {
        var plain = envelope.Open(tenantId, Purpose, sealedBytes);
        Span<byte> expected = stackalloc byte[Label];
        Write(expected, fileId, number);
        return plain.AsSpan().StartsWith(expected) ? plain.AsMemory(Label) : throw new AlteredSecretException(Purpose);
    }

    private static void Write(Span<byte> label, Guid fileId, int number)
    {
        fileId.TryWriteBytes(label, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(label[16..], number);
    }
}
