using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Files;

/// <summary>A file that has arrived and is not kept yet.</summary>
/// <param name="Sha256">In hexadecimal.</param>
public sealed record ReceivedFile(Guid Id, string ContentType, long Size, string Sha256);

/// <summary>A file that may be handed out: its bytes in order.</summary>
public sealed record FileContent(string ContentType, long Size, string Sha256, IAsyncEnumerable<ReadOnlyMemory<byte>> Content);

/// <summary>
/// Keeps this scope's tenant's files in the database, so that every node has them: sealed in pieces as they arrive, so that a file's
/// size costs no memory, and never on a disk of ours in the clear. Asks nobody's permission: whoever calls it has.
/// </summary>
public sealed class FileStore(IDbContextFactory<SecureBaseDb> contexts, SecretEnvelope envelope, TenantContext tenant, ClamAvScanner scanner, ScanNudge nudge, TimeProvider clock)
{
    /// <summary>After so long a file that was not kept never will be.</summary>
    internal static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    // Whoever sends or fetches slowly holds no connection of the pool while we wait for them.
    private const int PiecesAtOnce = 8;

    /// <summary>Takes a file to its end, in many small transactions; it is nobody's until <see cref="KeepAsync"/>. Errors: larger than <paramref name="maxBytes"/>, empty. When it fails or is cancelled nothing stays.</summary>
    /// <param name="name">Decides between kinds of plain text, see <see cref="ContentKind.Of"/>.</param>
    public async Task<Result<ReceivedFile>> ReceiveAsync(Stream content, string? name, long maxBytes, CancellationToken ct)
    {
        var file = new StoredFile { ReceivedAt = clock.GetUtcNow() };
        await using var db = await contexts.CreateDbContextAsync(ct);
        var received = false;
        try
        {
            db.Files.Add(file);
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
            var taken = await TakeAsync(db, file.Id, content, name, maxBytes, ct);
            received = taken.IsSuccess;
            return taken;
        }
        finally
        {
            db.ChangeTracker.Clear();
            if (!received)
                await db.Files.Where(f => f.Id == file.Id).ExecuteDeleteAsync(CancellationToken.None);
        }
    }

    /// <summary>Keeps a received file, in the transaction that also writes who refers to it. Tell <see cref="Kept"/> after the commit.</summary>
    /// <returns>Scanning when a scanner is configured, else clean.</returns>
    /// <exception cref="InvalidOperationException">It is gone, or kept already.</exception>
    public async Task<FileState> KeepAsync(SecureBaseDb db, Guid id, CancellationToken ct)
    {
        var state = scanner.IsConfigured ? FileState.Scanning : FileState.Clean;
        var kept = await db.Files.Where(f => f.Id == id && f.State == FileState.Receiving).ExecuteUpdateAsync(set => set.SetProperty(f => f.State, state), ct);
        return kept == 1 ? state : throw new InvalidOperationException($"There is no file {id} that waits to be kept.");
    }

    /// <summary>A file was kept, so that the scanner should look at it now.</summary>
    public void Kept() => nudge.Received();

    /// <summary>A clean file; null when there is none of this id, or it is not clean.</summary>
    /// <param name="db">Serves the content; keep it until the last byte is read.</param>
    public async Task<FileContent?> OpenAsync(Guid id, SecureBaseDb db, CancellationToken ct) =>
        await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == id && f.State == FileState.Clean, ct) is { Sha256: { } sha256 } file
            ? new FileContent(file.ContentType, file.Size, sha256, ReadAsync(db, file.Id, file.Size, ct))
            : null;

    public async Task DeleteAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Files.Where(f => f.Id == id).ExecuteDeleteAsync(ct);
    }

    /// <summary>Deletes what a node that died was receiving, or had received and not kept.</summary>
    internal async Task PurgeAbandonedAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Abandoned;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Files.Where(f => f.State == FileState.Receiving && f.ReceivedAt < before).ExecuteDeleteAsync(ct);
    }

    /// <summary>A file's bytes whatever its state, opened piece by piece.</summary>
    /// <exception cref="AlteredSecretException">A piece was altered, moved or is missing.</exception>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(SecureBaseDb db, Guid id, long size, [EnumeratorCancellation] CancellationToken ct)
    {
        var (number, length) = (0, 0L);
        int found;
        do
        {
            var from = number;
            var chunks = await db.FileChunks.AsNoTracking().Where(c => c.FileId == id && c.Number >= from).OrderBy(c => c.Number).Take(PiecesAtOnce).ToListAsync(ct);
            found = chunks.Count;
            foreach (var chunk in chunks)
            {
                var piece = SealedChunk.Open(envelope, tenant.Tenant.Id, id, number++, chunk.Sealed);
                length += piece.Length;
                yield return piece;
            }
        }
        while (found == PiecesAtOnce);
        if (length != size)
            throw new AlteredSecretException(SealedChunk.Purpose);
    }

    private async Task<Result<ReceivedFile>> TakeAsync(SecureBaseDb db, Guid id, Stream content, string? name, long maxBytes, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[PiecesAtOnce * SealedChunk.Size];
        var (number, size, type) = (0, 0L, ContentKind.Unknown);
        while (await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct) is > 0 and var read)
        {
            size += read;
            if (size > maxBytes)
                return FileErrors.TooLarge(maxBytes);
            hash.AppendData(buffer.AsSpan(0, read));
            if (number == 0)
                type = ContentKind.Of(buffer.AsSpan(0, Math.Min(read, SealedChunk.Size)), name);
            for (var at = 0; at < read; at += SealedChunk.Size, number++)
            {
                var piece = buffer.AsSpan(at, Math.Min(SealedChunk.Size, read - at));
                db.FileChunks.Add(new FileChunk { FileId = id, Number = number, Sealed = SealedChunk.Seal(envelope, tenant.Tenant.Id, id, number, piece) });
            }
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
        }
        if (size == 0)
            return FileErrors.Empty;
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        await db.Files.Where(f => f.Id == id).ExecuteUpdateAsync(set => set
            .SetProperty(f => f.ContentType, type).SetProperty(f => f.Size, size).SetProperty(f => f.Sha256, sha256), ct);
        return new ReceivedFile(id, type, size, sha256);
    }
}
