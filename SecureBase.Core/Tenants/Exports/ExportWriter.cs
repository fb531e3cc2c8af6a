using System.Data;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Files;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants.Exports;

/// <summary>
/// Writes a tenant's rows as a ZIP file of JSON Lines, one file per table, and the bytes of its files, with a manifest of counts and SHA-256 sums at its end.
/// Everything is read in one snapshot under the tenant's own row-level security, row by row, so that size costs no memory.
/// </summary>
public sealed class ExportWriter(
    NpgsqlDataSource source, [FromKeyedServices(PersistenceFeature.Staff)] NpgsqlDataSource staff, DbContextOptions<SecureBaseDb> options, SecretEnvelope envelope, TimeProvider clock)
{
    /// <summary>Name and version of the layout, as the manifest says.</summary>
    public const string Format = "securebase-export";

    public const int FormatVersion = 1;

    internal const string Manifest = "manifest.json";

    /// <summary>The folder of files' bytes, each under its id.</summary>
    internal const string Contents = "files";

    private static readonly byte[] NewLine = "\n"u8.ToArray();

    /// <summary>Writes the whole file; needs no seeking.</summary>
    /// <param name="forProvider">Also internal notes and the audit entries a customer does not see: never for a customer's hands.</param>
    /// <param name="progress">Gets rows written and rows expected, often.</param>
    /// <returns>Rows written.</returns>
    public async Task<long> WriteAsync(TenantInfo tenant, bool forProvider, Stream destination, Func<long, long, CancellationToken, Task> progress, CancellationToken ct)
    {
        IReadOnlyList<ExportedEntity> entities;
        await using (var db = new SecureBaseDb(options, tenant.Id))
            entities = ExportedEntity.Of(db.Model, forProvider);

        await using var own = await Snapshot.OpenAsync(await source.OpenForAsync(tenant.Id, ct), ct);
        await using var theirs = forProvider ? await Snapshot.OpenAsync(await staff.OpenConnectionAsync(ct), ct) : null;
        var expected = 0L;
        foreach (var entity in entities)
            expected += await ReaderOf(entity).CountAsync(entity, tenant.Id, ct);

        await using var zip = await ZipArchive.CreateAsync(destination, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, ct);
        List<ManifestFile> files = [];
        var written = 0L;
        foreach (var entity in entities)
        {
            var path = $"{entity.Table}.jsonl";
            await using var entry = await zip.CreateEntry(path, CompressionLevel.Fastest).OpenAsync(ct);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var (rows, bytes) = (0L, 0L);
            await foreach (var line in ReaderOf(entity).ReadAsync(entity, tenant.Id, ct))
            {
                hash.AppendData(line.Span);
                hash.AppendData(NewLine);
                await entry.WriteAsync(line, ct);
                await entry.WriteAsync(NewLine, ct);
                (rows, bytes) = (rows + 1, bytes + line.Length + 1);
                await progress(++written, expected, ct);
            }
            files.Add(new ManifestFile(path, rows, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), entity.Withheld));
        }

        var contents = await WriteContentsAsync(own, tenant.Id, zip, () => progress(written, expected, ct), ct);
        await using var manifest = await zip.CreateEntry(Manifest, CompressionLevel.Fastest).OpenAsync(ct);
        await manifest.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new ExportManifest(
            Format, FormatVersion, new ManifestTenant(tenant.Id, tenant.Slug, tenant.Name), clock.GetUtcNow(), forProvider ? "provider" : "tenant", written, files,
            [.. ExportedEntity.LeftOut.Where(l => entities.All(e => e.Table != l.Key)).Select(l => new ManifestOmission(l.Key, l.Value))]) { Contents = contents }, WireJson.Options), ct);
        return written;

        Snapshot ReaderOf(ExportedEntity entity) => theirs is not null && ExportedEntity.ReadAsStaff.Contains(entity.Table) ? theirs : own;
    }

    // Only what its people could download: neither what is being scanned nor what was refused.
    private async Task<IReadOnlyList<ManifestContent>> WriteContentsAsync(Snapshot own, Guid tenantId, ZipArchive zip, Func<Task> progress, CancellationToken ct)
    {
        List<ManifestContent> contents = [];
        foreach (var (id, sha256) in await own.CleanFilesAsync(tenantId, ct))
        {
            var path = $"{Contents}/{id}";
            await using var entry = await zip.CreateEntry(path, CompressionLevel.Fastest).OpenAsync(ct);
            var (number, bytes) = (0, 0L);
            await foreach (var piece in own.ChunksAsync(tenantId, id, ct))
            {
                var plain = SealedChunk.Open(envelope, tenantId, id, number++, piece);
                await entry.WriteAsync(plain, ct);
                bytes += plain.Length;
                await progress();
            }
            contents.Add(new ManifestContent(path, bytes, sha256));
        }
        return contents;
    }

    /// <summary>A connection that sees the database as it was at one moment, and writes nothing.</summary>
    private sealed class Snapshot(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        internal static async Task<Snapshot> OpenAsync(NpgsqlConnection connection, CancellationToken ct)
        {
            try
            {
                var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
                await using var readOnly = new NpgsqlCommand("set transaction read only", connection, transaction);
                await readOnly.ExecuteNonQueryAsync(ct);
                return new Snapshot(connection, transaction);
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }

        internal async Task<long> CountAsync(ExportedEntity entity, Guid tenantId, CancellationToken ct)
        {
            await using var command = Command(entity.Count, tenantId);
            return (long)(await command.ExecuteScalarAsync(ct))!;
        }

        internal async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(ExportedEntity entity, Guid tenantId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            await using var command = Command(entity.Query, tenantId);
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
            while (await reader.ReadAsync(ct))
                yield return Encoding.UTF8.GetBytes(reader.GetString(0));
        }

        internal async Task<IReadOnlyList<(Guid Id, string Sha256)>> CleanFilesAsync(Guid tenantId, CancellationToken ct)
        {
            await using var command = Command($"select id, sha256 from files where tenant_id = $1 and state = 'clean' and {ExportedEntity.SentFiles} order by id", tenantId);
            await using var reader = await command.ExecuteReaderAsync(ct);
            List<(Guid, string)> found = [];
            while (await reader.ReadAsync(ct))
                found.Add((reader.GetGuid(0), reader.GetString(1)));
            return found;
        }

        internal async IAsyncEnumerable<byte[]> ChunksAsync(Guid tenantId, Guid fileId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            await using var command = Command("select sealed from file_chunks where tenant_id = $1 and file_id = $2 order by number", tenantId);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = fileId });
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
            while (await reader.ReadAsync(ct))
                yield return reader.GetFieldValue<byte[]>(0);
        }

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }

        private NpgsqlCommand Command(string sql, Guid tenantId)
        {
#pragma warning disable CA2100 // Names of tables and columns from the model, nothing else.
            return new NpgsqlCommand(sql, connection, transaction) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenantId } }, CommandTimeout = 0 };
#pragma warning restore CA2100
        }
    }
}

/// <summary>What an export holds, as its last file says.</summary>
/// <param name="Audience"><c>tenant</c>, or <c>provider</c> for the copy with internal notes.</param>
/// <param name="LeftOut">Tables that exist and are not exported.</param>
public sealed record ExportManifest(
    string Format, int Version, ManifestTenant Tenant, DateTimeOffset ExportedAt, string Audience, long Rows, IReadOnlyList<ManifestFile> Files, IReadOnlyList<ManifestOmission> LeftOut)
{
    /// <summary>The bytes of the files that <c>files.jsonl</c> lists, as far as they can be downloaded.</summary>
    public IReadOnlyList<ManifestContent> Contents { get; init; } = [];
}

public sealed record ManifestTenant(Guid Id, string Slug, string Name);

/// <summary>One file of JSON Lines.</summary>
/// <param name="Bytes">Uncompressed.</param>
/// <param name="Sha256">Of the uncompressed file, in hexadecimal.</param>
/// <param name="ColumnsLeftOut">Hashes, seals and other secrets.</param>
public sealed record ManifestFile(string Path, long Rows, long Bytes, string Sha256, IReadOnlyList<string> ColumnsLeftOut);

/// <summary>A file's bytes as they were received.</summary>
/// <param name="Sha256">In hexadecimal.</param>
public sealed record ManifestContent(string Path, long Bytes, string Sha256);

public sealed record ManifestOmission(string Table, string Reason);
