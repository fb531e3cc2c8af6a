using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;

namespace SecureBase.Core.Tenants.Exports;

/// <summary>An export's bytes in sealed pieces. Each piece names its export, attempt and place inside the seal, so that none can stand for another.</summary>
internal static class SealedExport
{
    internal const string Purpose = "tenant-export";

    /// <summary>Bytes of the ZIP file in one piece.</summary>
    internal const int ChunkSize = 256 * 1024;

    // Whoever fetches slowly holds no connection of the pool while we wait for them.
    private const int PiecesAtOnce = 4;

    private const int Label = 16 + sizeof(int) + sizeof(int);

    internal static byte[] Seal(SecretEnvelope envelope, Guid tenantId, Guid exportId, int attempt, int number, ReadOnlySpan<byte> content)
    {
        var plain = new byte[Label + content.Length];
        Write(plain, exportId, attempt, number);
        content.CopyTo(plain.AsSpan(Label));
        var sealedBytes = envelope.Seal(tenantId, Purpose, plain);
        CryptographicOperations.ZeroMemory(plain);
        return sealedBytes;
    }

    /// <summary>The ZIP file's bytes in order, opened piece by piece.</summary>
    /// <exception cref="AlteredSecretException">A piece was altered, moved or is missing.</exception>
    internal static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        SecureBaseDb db, SecretEnvelope envelope, Guid tenantId, TenantExport export, [EnumeratorCancellation] CancellationToken ct)
    {
        var expected = new byte[Label];
        var number = 0;
        var length = 0L;
        int found;
        do
        {
            var from = number;
            var chunks = await db.TenantExportChunks.AsNoTracking().Where(c => c.ExportId == export.Id && c.Attempt == export.Attempts && c.Number >= from).OrderBy(c => c.Number).Take(PiecesAtOnce).ToListAsync(ct);
            found = chunks.Count;
            foreach (var chunk in chunks)
            {
                var plain = envelope.Open(tenantId, Purpose, chunk.Sealed);
                Write(expected, export.Id, export.Attempts, number);
                if (chunk.Number != number++ || !plain.AsSpan(0, Math.Min(Label, plain.Length)).SequenceEqual(expected))
                    throw new AlteredSecretException(Purpose);
                length += plain.Length - Label;
                yield return plain.AsMemory(Label);
            }
        }
        while (found == PiecesAtOnce);
        if (length != export.Size)
            throw new AlteredSecretException(Purpose);
    }

    private static void Write(Span<byte> label, Guid exportId, int attempt, int number)
    {
        exportId.TryWriteBytes(label, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(label[16..], attempt);
        BinaryPrimitives.WriteInt32BigEndian(label[20..], number);
    }
}

/// <summary>Takes a ZIP file as it is written, and hands it on in pieces of <see cref="SealedExport.ChunkSize"/>. Only awaited writes hand on; the few others wait in memory.</summary>
internal sealed class ChunkingStream(Func<int, ReadOnlyMemory<byte>, CancellationToken, Task> handOn) : Stream
{
    private readonly MemoryStream _waiting = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _number;
    private long _length;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => _length;
    public override long Position { get => _length; set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        _length += buffer.Length;
        _waiting.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        if (_waiting.Length >= SealedExport.ChunkSize)
            await HandOnAsync(SealedExport.ChunkSize, cancellationToken);
    }

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Hands on what is left.</summary>
    /// <returns>Length and SHA-256 of the whole.</returns>
    internal async Task<(long Length, string Sha256)> CompleteAsync(CancellationToken ct)
    {
        await HandOnAsync(1, ct);
        return (_length, Convert.ToHexStringLower(_hash.GetHashAndReset()));
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _waiting.Dispose();
        _hash.Dispose();
        base.Dispose(disposing);
    }

    private async Task HandOnAsync(int atLeast, CancellationToken ct)
    {
        var bytes = _waiting.GetBuffer().AsMemory(0, (int)_waiting.Length);
        while (bytes.Length >= atLeast)
        {
            var chunk = bytes[..Math.Min(SealedExport.ChunkSize, bytes.Length)];
            await handOn(_number++, chunk, ct);
            bytes = bytes[chunk.Length..];
        }
        var rest = bytes.ToArray();
        _waiting.SetLength(0);
        _waiting.Write(rest);
    }
}
