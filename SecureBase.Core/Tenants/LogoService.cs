using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>A picture as it is served.</summary>
public sealed record LogoFile(string ContentType, byte[] Content);

/// <summary>The logo of this scope's tenant, for its own admins and for staff who manage tenants.</summary>
public sealed class LogoService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantDirectory directory, TenantContext tenant, Caller caller)
{
    private const string Changed = "tenant.logo_changed";
    private const string Removed = "tenant.logo_removed";

    private Permission Needed => TenantPermissions.Within(tenant, caller);

    /// <summary>The picture of this version, for everybody who can reach the tenant's sign-in page; null when there is none or another.</summary>
    public async Task<LogoFile?> FindAsync(Guid version, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.TenantLogos.Where(l => l.Version == version).Select(l => new LogoFile(l.ContentType, l.Content)).SingleOrDefaultAsync(ct);
    }

    /// <summary>Takes a new picture. Errors: forbidden, a file that is no still picture within <see cref="LogoImage"/>'s limits.</summary>
    public async Task<Result<Done>> SetAsync(ReadOnlyMemory<byte> file, CancellationToken ct)
    {
        var image = LogoImage.Read(file);
        return image.IsSuccess
            ? await ChangeAsync(Changed, new { image.Value.ContentType, image.Value.Width, image.Value.Height }, async (db, ct) =>
            {
                var version = Guid.CreateVersion7();
                if (await db.TenantLogos.SingleOrDefaultAsync(ct) is { } logo)
                    logo.Replace(version, image.Value);
                else
                    db.TenantLogos.Add(new TenantLogo(version, image.Value));
                return version;
            }, ct)
            : image.Error;
    }

    /// <summary>Back to the organisation's first letter.</summary>
    public Task<Result<Done>> RemoveAsync(CancellationToken ct) => ChangeAsync(Removed, null, async (db, ct) =>
    {
        if (await db.TenantLogos.SingleOrDefaultAsync(ct) is { } logo)
            db.TenantLogos.Remove(logo);
        return null;
    }, ct);

    private async Task<Result<Done>> ChangeAsync(string action, object? details, Func<SecureBaseDb, CancellationToken, Task<Guid?>> change, CancellationToken ct)
    {
        var id = tenant.Tenant.Id;
        var result = await unit.ChangeAsync<Done>(Needed, action, async (work, ct) =>
        {
            var row = await work.Db.Tenants.SingleAsync(t => t.Id == id, ct);
            if (row.Status == TenantStatus.OffBoarded)
                return TenantErrors.OffBoarded(row.Slug);
            row.ShowLogo(await change(work.Db, ct));
            work.Audit(action, "tenant", id, details);
            await work.AnnounceAsync(AccessSubject.Tenant, id, ct);
            return Done.Value;
        }, ct);
        directory.Forget(id);
        return result;
    }
}
