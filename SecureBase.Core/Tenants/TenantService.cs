using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>A tenant to create.</summary>
/// <param name="TimeZone">IANA name.</param>
/// <param name="TicketRetentionDays">Days after closing until a ticket is purged; null takes the default of 90.</param>
public sealed record NewTenant(string? Slug, string? Name, Plan Plan, string? TimeZone, int? TicketRetentionDays = null);

/// <summary>Creates, suspends and resumes tenants. Each change runs in the scope of the tenant it is about, so that its own audit log tells of it.</summary>
public sealed class TenantService(IServiceScopeFactory scopes, Caller caller, TenantDirectory directory, TimeProvider clock)
{
    public static readonly Permission Manage = new("tenants.manage", "staff:tenants", [Roles.PlatformAdmin]);

    /// <summary>Creates a customer tenant. Errors: invalid fields, a slug that is taken.</summary>
    public async Task<Result<TenantInfo>> CreateAsync(NewTenant request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var slug = request.Slug?.Trim().ToLowerInvariant() ?? "";
        var name = request.Name?.Trim() ?? "";
        var zone = request.TimeZone?.Trim() ?? "Etc/UTC";
        if (!TenantSlug.IsValid(slug))
            errors.Add(new("slug", "A slug has 3 to 40 characters of a-z, 0-9 and '-', with a letter or digit at both ends, no '--', and is not a reserved name."));
        if (name.Length is < 1 or > 120)
            errors.Add(new("name", "A name has 1 to 120 characters."));
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) || !found.HasIanaId)
            errors.Add(new("time_zone", $"'{zone}' is no IANA time zone, such as Europe/Berlin."));
        if (errors.Count > 0)
            return Error.Invalid(errors);
        return await InsertAsync(new Tenant(Guid.CreateVersion7(), slug, name, TenantKind.Customer, request.Plan, zone, clock.GetUtcNow()) { TicketRetentionDays = request.TicketRetentionDays ?? 90 }, ct);
    }

    /// <summary>Creates the operator tenant if it is not there yet.</summary>
    public async Task<Result<TenantInfo>> EnsureOperatorAsync(string name, string timeZone, CancellationToken ct) =>
        await directory.FindAsync(Tenant.OperatorId, ct) is { } known
            ? known
            : await InsertAsync(new Tenant(Tenant.OperatorId, Tenant.OperatorSlug, name, TenantKind.Operator, Plan.Government, timeZone, clock.GetUtcNow()), ct);

    /// <summary>Closes the tenant's doors: its sessions, circuits and API keys stop within five seconds on every node.</summary>
    public Task<Result<TenantInfo>> SuspendAsync(string slug, string? reason, CancellationToken ct)
    {
        var why = reason?.Trim() ?? "";
        if (why.Length is < 3 or > 500)
            return Task.FromResult<Result<TenantInfo>>(Error.Invalid("reason", "Say why, in 3 to 500 characters."));
        return ChangeAsync(slug, "tenant.suspended", tenant => tenant.Suspend(why), new { reason = why }, ct);
    }

    /// <summary>Opens them again.</summary>
    public Task<Result<TenantInfo>> ResumeAsync(string slug, CancellationToken ct) => ChangeAsync(slug, "tenant.resumed", tenant => tenant.Resume(), null, ct);

    private async Task<Result<TenantInfo>> ChangeAsync(string slug, string action, Action<Tenant> apply, object? details, CancellationToken ct)
    {
        if (await directory.FindAsync(slug, ct) is not { Kind: TenantKind.Customer } target)
            return Error.NotFound("tenant");
        await using var scope = Enter(target);
        var result = await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ChangeAsync<TenantInfo>(Manage, action, async (change, ct) =>
        {
            var tenant = await change.Db.Tenants.SingleAsync(t => t.Id == target.Id, ct);
            apply(tenant);
            change.Audit(action, "tenant", target.Id, details);
            await change.AnnounceAsync(AccessSubject.Tenant, target.Id, ct);
            return tenant.ToInfo();
        }, ct);
        directory.Forget(target.Id);
        return result;
    }

    private async Task<Result<TenantInfo>> InsertAsync(Tenant tenant, CancellationToken ct)
    {
        await using var scope = Enter(tenant.ToInfo());
        try
        {
            var result = await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ChangeAsync<TenantInfo>(Manage, "tenant.created", async (change, ct) =>
            {
                change.Db.Tenants.Add(tenant);
                change.Audit("tenant.created", "tenant", tenant.Id, new { tenant.Slug, tenant.Plan });
                await change.AnnounceAsync(AccessSubject.Tenant, tenant.Id, ct);
                return tenant.ToInfo();
            }, ct);
            directory.ForgetAll();
            return result;
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return new Error(ErrorKind.Conflict, "slug_taken", $"There is already a tenant '{tenant.Slug}'.");
        }
    }

    private AsyncServiceScope Enter(TenantInfo tenant)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        scope.ServiceProvider.GetRequiredService<Caller>().Become(caller.Actor);
        return scope;
    }
}
