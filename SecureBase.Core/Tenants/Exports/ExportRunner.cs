using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants.Exports;

/// <summary>Makes the export a tenant waits for, under a lease: a node that dies is replaced after <see cref="Lease"/>, and what it wrote is never read.</summary>
public sealed class ExportRunner(
    DbContextOptions<SecureBaseDb> options, NpgsqlDataSource source, ExportWriter writer, SecretEnvelope envelope, TenantDirectory directory, IOptions<TenantsOptions> settings, TimeProvider clock, ILogger<ExportRunner> log)
{
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // A lease is renewed, and progress shown, this often.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    private const string GivenUp = "The export was interrupted three times and given up. Nothing of your data is affected; ask for another.";

    /// <summary>Tenants that wait for a node to make their export.</summary>
    public async Task<IReadOnlyList<Guid>> DueAsync(CancellationToken ct) =>
        await source.TenantsAsync("select tenant_id from tenants_with_due_exports($1)", clock.GetUtcNow(), ct);

    /// <summary>Takes the tenant's export up and makes it.</summary>
    /// <returns>False when there was none to take up.</returns>
    public async Task<bool> RunAsync(Guid tenantId, CancellationToken ct)
    {
        await using var db = new SecureBaseDb(options, tenantId);
        var token = Guid.CreateVersion7();
        if (await TakeUpAsync(db, token, ct) is not { } export || await directory.FindAsync(tenantId, ct) is not { } tenant)
            return false;
        if (export.Attempts > TenantExport.MaxAttempts)
        {
            await FailAsync(db, export.Id, token, GivenUp, ct);
            return true;
        }
        try
        {
            await MakeAsync(db, tenant, export, token, ct);
        }
        catch (LeaseLostException)
        {
            log.ExportLost(export.Id, tenantId);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            log.ExportFailed(failure, export.Id, tenantId, export.Attempts);
            await ReleaseAsync(db, export.Id, token, ct);
        }
        return true;
    }

    private static async Task<TenantExport?> FindAsync(SecureBaseDb db, Guid token, CancellationToken ct) =>
        await db.TenantExports.AsNoTracking().SingleOrDefaultAsync(e => e.LeaseToken == token, ct);

    private async Task<TenantExport?> TakeUpAsync(SecureBaseDb db, Guid token, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var taken = await db.TenantExports.Where(e => e.FinishedAt == null && (e.LeasedUntil == null || e.LeasedUntil <= now))
            .ExecuteUpdateAsync(set => set
                .SetProperty(e => e.Status, ExportStatus.Running).SetProperty(e => e.LeaseToken, token).SetProperty(e => e.LeasedUntil, now + Lease)
                .SetProperty(e => e.Attempts, e => e.Attempts + 1).SetProperty(e => e.RowsDone, 0), ct);
        return taken == 0 ? null : await FindAsync(db, token, ct);
    }

    private async Task MakeAsync(SecureBaseDb db, TenantInfo tenant, TenantExport export, Guid token, CancellationToken ct)
    {
        await db.TenantExportChunks.Where(c => c.ExportId == export.Id && c.Attempt < export.Attempts).ExecuteDeleteAsync(ct);
        await using var stream = new ChunkingStream((number, content, ct) => StoreAsync(db, tenant.Id, export, number, content, ct));
        var beat = clock.GetTimestamp();
        var rows = await writer.WriteAsync(tenant, forProvider: false, stream, async (done, expected, ct) =>
        {
            if (done != expected && clock.GetElapsedTime(beat) < Beat)
                return;
            beat = clock.GetTimestamp();
            await RenewAsync(db, export.Id, token, done, expected, ct);
        }, ct);
        var (size, sha256) = await stream.CompleteAsync(ct);
        await FinishAsync(db, export.Id, token, rows, size, sha256, ct);
    }

    private async Task StoreAsync(SecureBaseDb db, Guid tenantId, TenantExport export, int number, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        db.TenantExportChunks.Add(new TenantExportChunk
        {
            ExportId = export.Id, Attempt = export.Attempts, Number = number, Sealed = SealedExport.Seal(envelope, tenantId, export.Id, export.Attempts, number, content.Span),
        });
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
    }

    private async Task RenewAsync(SecureBaseDb db, Guid id, Guid token, long done, long expected, CancellationToken ct)
    {
        var until = clock.GetUtcNow() + Lease;
        Held(await db.TenantExports.Where(e => e.Id == id && e.LeaseToken == token).ExecuteUpdateAsync(set => set
            .SetProperty(e => e.LeasedUntil, until).SetProperty(e => e.RowsDone, done).SetProperty(e => e.RowsExpected, expected), ct));
    }

    private async Task FinishAsync(SecureBaseDb db, Guid id, Guid token, long rows, long size, string sha256, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var expires = now + TimeSpan.FromDays(settings.Value.ExportsKeptDays);
        Held(await db.TenantExports.Where(e => e.Id == id && e.LeaseToken == token).ExecuteUpdateAsync(set => set
            .SetProperty(e => e.Status, ExportStatus.Done).SetProperty(e => e.FinishedAt, now).SetProperty(e => e.ExpiresAt, expires)
            .SetProperty(e => e.RowsDone, rows).SetProperty(e => e.RowsExpected, rows).SetProperty(e => e.Size, size).SetProperty(e => e.Sha256, sha256)
            .SetProperty(e => e.LeaseToken, (Guid?)null).SetProperty(e => e.LeasedUntil, (DateTimeOffset?)null), ct));
    }

    private async Task FailAsync(SecureBaseDb db, Guid id, Guid token, string why, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.TenantExportChunks.Where(c => c.ExportId == id).ExecuteDeleteAsync(ct);
        await db.TenantExports.Where(e => e.Id == id && e.LeaseToken == token).ExecuteUpdateAsync(set => set
            .SetProperty(e => e.Status, ExportStatus.Failed).SetProperty(e => e.FinishedAt, now).SetProperty(e => e.Failure, why)
            .SetProperty(e => e.LeaseToken, (Guid?)null).SetProperty(e => e.LeasedUntil, (DateTimeOffset?)null), ct);
    }

    private async Task ReleaseAsync(SecureBaseDb db, Guid id, Guid token, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        var again = clock.GetUtcNow() + Lease;
        await db.TenantExports.Where(e => e.Id == id && e.LeaseToken == token).ExecuteUpdateAsync(set => set
            .SetProperty(e => e.Status, ExportStatus.Queued).SetProperty(e => e.LeaseToken, (Guid?)null).SetProperty(e => e.LeasedUntil, again), ct);
    }

    private static void Held(int rows)
    {
        if (rows == 0)
            throw new LeaseLostException();
    }

    /// <summary>Another node has taken over, or the export is gone.</summary>
    private sealed class LeaseLostException : Exception;
}
