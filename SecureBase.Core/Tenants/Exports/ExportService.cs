using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants.Exports;

/// <summary>An export as its tenant's admins and staff see it.</summary>
public sealed record ExportView(
    Guid Id, DateTimeOffset RequestedAt, string RequestedBy, bool RequestedByStaff, ExportStatus Status, long RowsDone, long RowsExpected, DateTimeOffset? FinishedAt, DateTimeOffset? ExpiresAt,
    long? Size, string? Sha256, string? Failure)
{
    public bool IsUnfinished => FinishedAt is null;

    /// <summary>0 to 100; null until the rows are counted.</summary>
    public int? Percent => RowsExpected == 0 ? null : (int)Math.Min(100, RowsDone * 100 / RowsExpected);
}

/// <summary>An export that may be downloaded: the ZIP file's name, length and bytes in order.</summary>
public sealed record ExportFile(string Name, long Size, string Sha256, IAsyncEnumerable<ReadOnlyMemory<byte>> Content);

/// <summary>Copies of the data of this scope's tenant, for its own admins and for staff who manage tenants.</summary>
public sealed class ExportService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, ExportWriter writer, SecretEnvelope envelope, TenantContext tenant, Caller caller, TimeProvider clock)
{
    private const string Requested = "tenant.export_requested";
    private const string Downloaded = "tenant.export_downloaded";
    private const string Written = "tenant.exported";
    private const int Shown = 20;

    public static readonly Error Running = new(ErrorKind.Conflict, "export_running", "An export is being made already. It appears here when it is done; then you can ask for another.");

    private Permission Needed => TenantPermissions.Within(tenant, caller);

    /// <summary>Asks for a copy; some node takes it up within seconds. Errors: forbidden, one is being made already.</summary>
    public async Task<Result<ExportView>> RequestAsync(CancellationToken ct)
    {
        try
        {
            return await unit.ChangeAsync<ExportView>(Needed, Requested, async (change, ct) =>
            {
                if (await change.Db.TenantExports.AnyAsync(e => e.FinishedAt == null, ct))
                    return Running;
                var export = new TenantExport
                {
                    RequestedAt = change.At, RequestedById = change.Actor.PersonId, RequestedByName = change.Actor.Name, RequestedByStaff = change.Actor.TenantId == Tenant.OperatorId,
                };
                change.Db.TenantExports.Add(export);
                change.Audit(Requested, "tenant_export", export.Id);
                return View(export);
            }, ct);
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return Running;
        }
    }

    /// <summary>The latest, newest first.</summary>
    public async Task<Result<IReadOnlyList<ExportView>>> ListAsync(CancellationToken ct)
    {
        if (!caller.Can(Needed))
            return Error.Forbidden(Needed);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var exports = await db.TenantExports.AsNoTracking().OrderByDescending(e => e.RequestedAt).ThenByDescending(e => e.Id).Take(Shown).ToListAsync(ct);
        return Result<IReadOnlyList<ExportView>>.Success([.. exports.Select(View)]);
    }

    /// <summary>A finished copy for download, which is recorded. Not found when it is unfinished, failed, expired or another tenant's.</summary>
    /// <param name="db">Serves the content; keep it until the last byte is read.</param>
    public async Task<Result<ExportFile>> OpenAsync(Guid id, SecureBaseDb db, CancellationToken ct)
    {
        if (!caller.Can(Needed))
            return await unit.RefuseAsync(Needed, Downloaded, refusal: null, ct);
        var now = clock.GetUtcNow();
        if (await db.TenantExports.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.Status == ExportStatus.Done && e.ExpiresAt > now, ct) is not { Size: { } size, Sha256: { } sha256 } export)
            return Error.NotFound("export");
        var recorded = await unit.ChangeAsync<Done>(Needed, Downloaded, (change, _) =>
        {
            change.Audit(Downloaded, "tenant_export", id);
            return Task.FromResult<Result<Done>>(Done.Value);
        }, ct);
        return recorded.IsSuccess
            ? new ExportFile(FileName(tenant.Tenant.Slug, export.RequestedAt), size, sha256, SealedExport.ReadAsync(db, envelope, tenant.Tenant.Id, export, ct))
            : recorded.Error;
    }

    /// <summary>Writes a copy at once, for whoever administers the installation by command; recorded like any other.</summary>
    /// <inheritdoc cref="ExportWriter.WriteAsync"/>
    public async Task<Result<long>> WriteAsync(bool forProvider, Stream destination, CancellationToken ct)
    {
        if (!caller.Can(TenantPermissions.Manage))
            return await unit.RefuseAsync(TenantPermissions.Manage, Written, refusal: null, ct);
        var rows = await writer.WriteAsync(tenant.Tenant, forProvider, destination, (_, _, _) => Task.CompletedTask, ct);
        var recorded = await unit.ChangeAsync<Done>(TenantPermissions.Manage, Written, (change, _) =>
        {
            change.Audit(Written, "tenant", tenant.Tenant.Id, new { rows, Internal = forProvider }, operatorOnly: forProvider);
            return Task.FromResult<Result<Done>>(Done.Value);
        }, ct);
        return recorded.IsSuccess ? rows : recorded.Error;
    }

    /// <summary>Deletes copies whose time is over.</summary>
    internal async Task PurgeExpiredAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.TenantExports.Where(e => e.ExpiresAt <= now).ExecuteDeleteAsync(ct);
    }

    /// <summary>Of characters that every file system takes.</summary>
    public static string FileName(string slug, DateTimeOffset at) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{slug}-{at.UtcDateTime:yyyyMMdd-HHmm}.zip");

    private static ExportView View(TenantExport export) => new(
        export.Id, export.RequestedAt, export.RequestedByName, export.RequestedByStaff, export.Status, export.RowsDone, export.RowsExpected, export.FinishedAt, export.ExpiresAt,
        export.Size, export.Sha256, export.Failure);
}
