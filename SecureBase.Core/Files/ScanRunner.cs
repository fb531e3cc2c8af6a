using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Files;

/// <summary>
/// Has waiting files scanned, under a lease: a node that dies is replaced after <see cref="Lease"/>, and a scanner that cannot be reached
/// is asked again after <see cref="Again"/>, for as long as it takes. Until the verdict nobody gets the file.
/// </summary>
public sealed class ScanRunner(IServiceScopeFactory scopes, NpgsqlDataSource source, TenantDirectory directory, ClamAvScanner scanner, TimeProvider clock, ILogger<ScanRunner> log)
{
    /// <summary>The audit action of a refusal.</summary>
    public const string Refused = "file.refused";

    /// <summary>Kind of the live signal that tells of a verdict; its id is the file's.</summary>
    public const string SignalKind = "file";

    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(12);

    internal static readonly TimeSpan Again = TimeSpan.FromSeconds(15);

    /// <summary>Tenants with files that wait for a node to have them scanned.</summary>
    public async Task<IReadOnlyList<Guid>> DueAsync(CancellationToken ct) =>
        await source.TenantsAsync("select tenant_id from tenants_with_files_to_scan($1)", clock.GetUtcNow(), ct);

    /// <summary>Takes up the tenant's longest waiting file.</summary>
    /// <returns>False when there was none to take up.</returns>
    public async Task<bool> RunAsync(Guid tenantId, CancellationToken ct)
    {
        if (await directory.FindAsync(tenantId, ct) is not { } tenant)
            return false;
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        scope.ServiceProvider.GetRequiredService<Caller>().Become(SystemActor.Instance);
        await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(ct);
        if (await TakeUpAsync(db, tenantId, ct) is not { } file)
            return false;
        try
        {
            // Where the scanner was taken out of the settings, what still waits for it is as good as what comes now.
            ScanVerdict? verdict = scanner.IsConfigured ? await scanner.ScanAsync(scope.ServiceProvider.GetRequiredService<FileStore>().ReadAsync(db, file.Id, file.Size, ct), ct) : null;
            await DecideAsync(scope.ServiceProvider.GetRequiredService<UnitOfWork>(), tenantId, file.Id, verdict, ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            log.ScanFailed(failure, file.Id, tenantId);
            var again = clock.GetUtcNow() + Again;
            await db.Files.Where(f => f.Id == file.Id && f.State == FileState.Scanning).ExecuteUpdateAsync(set => set.SetProperty(f => f.LeasedUntil, again), ct);
        }
        return true;
    }

    private async Task<WaitingFile?> TakeUpAsync(SecureBaseDb db, Guid tenantId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var until = now + Lease;
        return (await db.Database.SqlQuery<WaitingFile>($"""
            update files set leased_until = {until} where tenant_id = {tenantId} and id = (
              select id from files where tenant_id = {tenantId} and state = 'scanning' and (leased_until is null or leased_until <= {now})
              order by leased_until nulls first, received_at limit 1 for update skip locked)
            returning id as "Id", size as "Size"
            """).ToListAsync(ct)).SingleOrDefault();
    }

    private async Task DecideAsync(UnitOfWork unit, Guid tenantId, Guid id, ScanVerdict? verdict, CancellationToken ct)
    {
        var decided = await unit.ChangeAsync<Done>(FilePermissions.Scan, Refused, async (change, ct) =>
        {
            var (state, finding, at) = (verdict is { IsClean: false } ? FileState.Refused : FileState.Clean, verdict?.Finding, verdict is null ? (DateTimeOffset?)null : change.At);
            var found = await change.Db.Files.Where(f => f.Id == id && f.State == FileState.Scanning).ExecuteUpdateAsync(set => set
                .SetProperty(f => f.State, state).SetProperty(f => f.Finding, finding).SetProperty(f => f.ScannedAt, at).SetProperty(f => f.LeasedUntil, (DateTimeOffset?)null), ct);
            if (found == 0)
                return Done.Value; // Deleted meanwhile, or decided by another node.
            if (state == FileState.Refused)
            {
                await change.Db.FileChunks.Where(c => c.FileId == id).ExecuteDeleteAsync(ct);
                change.Audit(Refused, SignalKind, id, new { finding });
                log.FileRefused(id, tenantId, finding!);
            }
            foreach (var payload in LiveSignalCodec.Encode(tenantId, [new LiveSignal(tenantId, SignalKind, id, 0, LiveAudience.Everyone)]))
                await change.Db.Database.ExecuteSqlAsync($"select pg_notify({FanOut.LiveChannel}, {payload})", ct);
            return Done.Value;
        }, ct);
        if (!decided.IsSuccess)
            throw new InvalidOperationException($"The verdict on file {id} could not be kept: {decided.Error.Message}");
    }

    private sealed record WaitingFile(Guid Id, long Size);
}
