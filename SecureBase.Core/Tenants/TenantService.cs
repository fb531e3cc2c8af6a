using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Team;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>
/// Creates tenants and changes them. Each change runs in the scope of the tenant it is about, so that its own audit log tells of
/// it, and announces itself, so that every node acts on it within five seconds; what staff do is noted in the operator's log too.
/// </summary>
public sealed class TenantService(
    IServiceScopeFactory scopes, UnitOfWork unit, TenantContext own, Caller caller, TenantDirectory directory, IOptions<TenantsOptions> options, TimeProvider clock)
{
    /// <summary>
    /// Creates a customer tenant and invites its first admin, both in one transaction: whenever a node dies, there is either no tenant
    /// or one with a way in. Errors: invalid fields, a slug that is or was taken.
    /// </summary>
    public async Task<Result<TenantInfo>> CreateAsync(NewTenant request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var slug = TenantRules.Slug(request.Slug, errors);
        var name = TenantRules.Name(request.Name, errors);
        var zone = TenantRules.TimeZone(request.TimeZone ?? "Etc/UTC", errors);
        if (request.TicketRetentionDays is { } days)
            TenantRules.Retention(days, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        var tenant = new Tenant(Guid.CreateVersion7(), slug, name, TenantKind.Customer, request.Plan, zone, Now());
        if (request.TicketRetentionDays is { } kept)
            tenant.KeepTicketsFor(kept);
        return await InsertAsync(tenant, request.Admin, ct);
    }

    /// <summary>Creates the operator tenant if it is not there yet.</summary>
    public async Task<Result<TenantInfo>> EnsureOperatorAsync(string name, string timeZone, CancellationToken ct) =>
        await directory.FindAsync(Tenant.OperatorId, ct) is { } known
            ? known
            : await InsertAsync(new Tenant(Tenant.OperatorId, Tenant.OperatorSlug, name, TenantKind.Operator, Plan.Government, timeZone, Now()), admin: null, ct);

    /// <summary>Whether a new tenant could carry the slug: null, or what is wrong with it in a sentence.</summary>
    public async Task<Result<string?>> CheckSlugAsync(string? text, CancellationToken ct)
    {
        if (!caller.Can(TenantPermissions.Manage))
            return Error.Forbidden(TenantPermissions.Manage);
        var slug = text?.Trim().ToLowerInvariant() ?? "";
        var fault = TenantRules.SlugFault(slug) ?? (await directory.FindAsync(slug, ct) is null ? null : TenantErrors.SlugTaken(slug).Message);
        return Result<string?>.Success(fault);
    }

    /// <summary>Changes what is given. Errors: invalid fields, not found, stale, off-boarded.</summary>
    /// <param name="expected">The version the change is based on; null for any.</param>
    public async Task<Result<TenantView>> EditAsync(string slug, EditTenant request, int? expected, CancellationToken ct)
    {
        var changes = TenantChanges.Check(request);
        if (!changes.IsSuccess)
            return changes.Error;
        return await ChangeAsync(slug, "tenant.changed", expected, tenant =>
        {
            var changed = changes.Value.ApplyTo(tenant);
            return changed.Count == 0 ? Unchanged : changed;
        }, ct);
    }

    /// <summary>Closes the tenant's doors: its sessions, circuits and API keys stop within five seconds on every node. Data is kept.</summary>
    public async Task<Result<TenantInfo>> SuspendAsync(string slug, string? reason, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var why = TenantRules.Reason(reason, errors);
        return errors.Count > 0
            ? Error.Invalid(errors)
            : await InfoAsync(await ChangeAsync(slug, "tenant.suspended", null, tenant =>
            {
                tenant.Suspend(why);
                return new { Reason = why };
            }, ct), ct);
    }

    /// <summary>Opens them again.</summary>
    public async Task<Result<TenantInfo>> ResumeAsync(string slug, CancellationToken ct) => await InfoAsync(await ChangeAsync(slug, "tenant.resumed", null, tenant =>
    {
        tenant.Resume();
        return null;
    }, ct), ct);

    /// <summary>
    /// Begins the waiting period of <see cref="TenantsOptions.OffboardingDays"/>, after which the doors close and the data is deleted.
    /// Until then everything stays open, so that the customer can take their export, and it can be cancelled.
    /// </summary>
    public Task<Result<TenantView>> ScheduleOffboardingAsync(string slug, CancellationToken ct) =>
        ChangeAsync(slug, "tenant.offboarding_scheduled", null, tenant =>
        {
            if (tenant.OffboardingAt is not null)
                return TenantErrors.AlreadyOffboarding(slug);
            tenant.ScheduleOffboarding(clock.GetUtcNow().AddDays(options.Value.OffboardingDays));
            return new { tenant.OffboardingAt };
        }, ct);

    /// <summary>The tenant stays.</summary>
    public Task<Result<TenantView>> CancelOffboardingAsync(string slug, CancellationToken ct) =>
        ChangeAsync(slug, "tenant.offboarding_cancelled", null, tenant =>
        {
            if (tenant.OffboardingAt is null)
                return TenantErrors.NotOffboarding(slug);
            tenant.CancelOffboarding();
            return null;
        }, ct);

    // Says that nothing changed, so that nothing is recorded either.
    private static readonly object Unchanged = new();

    /// <param name="apply">Answers the audit entry's details, <see cref="Unchanged"/>, or an <see cref="Error"/>.</param>
    private async Task<Result<TenantView>> ChangeAsync(string slug, string action, int? expected, Func<Tenant, object?> apply, CancellationToken ct)
    {
        if (!caller.Can(TenantPermissions.Manage) && own.IsSet)
            return await unit.RefuseAsync(TenantPermissions.Manage, action, refusal: null, ct);
        if (await directory.FindAsync(slug.Trim().ToLowerInvariant(), ct) is not { Kind: TenantKind.Customer } target)
            return TenantErrors.NotFound;
        object? details = null;
        Result<TenantView> result;
        await using (var scope = Enter(target))
        {
            result = await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ChangeAsync<TenantView>(TenantPermissions.Manage, action, async (change, ct) =>
            {
                var tenant = await change.Db.Tenants.SingleAsync(t => t.Id == target.Id, ct);
                if (tenant.Status == TenantStatus.OffBoarded)
                    return TenantErrors.OffBoarded(slug);
                if (expected is { } version && version != tenant.Version)
                    return Error.Stale("tenant");
                details = apply(tenant);
                if (details is Error error)
                    return error;
                if (ReferenceEquals(details, Unchanged))
                    return TenantView.Of(tenant);
                tenant.Touch();
                change.Audit(action, "tenant", target.Id, details);
                await change.AnnounceAsync(AccessSubject.Tenant, target.Id, ct);
                return TenantView.Of(tenant);
            }, ct);
        }
        directory.Forget(target.Id);
        if (result.IsSuccess && !ReferenceEquals(details, Unchanged))
            await NoteAsync(action, result.Value, ct);
        return result;
    }

    private async Task<Result<TenantInfo>> InsertAsync(Tenant tenant, FirstAdmin? admin, CancellationToken ct)
    {
        const string Created = "tenant.created";
        if (!caller.Can(TenantPermissions.Manage) && own.IsSet)
            return await unit.RefuseAsync(TenantPermissions.Manage, Created, refusal: null, ct);
        try
        {
            await using var scope = Enter(tenant.ToInfo());
            var result = await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ChangeAsync<TenantInfo>(TenantPermissions.Manage, Created, async (change, ct) =>
            {
                change.Db.Tenants.Add(tenant);
                change.Audit(Created, "tenant", tenant.Id, new { tenant.Slug, tenant.Plan });
                await change.AnnounceAsync(AccessSubject.Tenant, tenant.Id, ct);
                if (admin is not null && (await scope.ServiceProvider.GetRequiredService<InvitationService>().InviteAsync(change, admin.Email, admin.Name, Roles.Admin, ct)).Error is { } refused)
                    return refused with { Fields = [.. refused.Fields.Select(f => f with { Field = f.Field == "email" ? "admin_email" : f.Field == "role" ? f.Field : "admin_name" })] };
                return tenant.ToInfo();
            }, ct);
            directory.ForgetAll();
            if (result.IsSuccess)
                await NoteAsync(Created, TenantView.Of(tenant), ct);
            return result;
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "ix_tenants_slug" })
        {
            return TenantErrors.SlugTaken(tenant.Slug);
        }
    }

    // In the operator's own log, with the answer to the request's Idempotency-Key; commands run outside any tenant.
    private async Task NoteAsync(string action, TenantView tenant, CancellationToken ct)
    {
        if (!own.IsSet || !own.Tenant.IsOperator)
            return;
        await unit.ChangeAsync(TenantPermissions.Manage, action, (change, _) =>
        {
            change.Audit(action, "tenant", tenant.Id, new { tenant.Slug });
            return Task.FromResult<Result<TenantView>>(tenant);
        }, ct);
    }

    private async Task<Result<TenantInfo>> InfoAsync(Result<TenantView> changed, CancellationToken ct) =>
        !changed.IsSuccess ? changed.Error : await directory.FindAsync(changed.Value.Id, ct) is { } info ? info : TenantErrors.NotFound;

    // To the microsecond PostgreSQL keeps, so that what is answered at once is what is read later.
    private DateTimeOffset Now()
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private AsyncServiceScope Enter(TenantInfo tenant)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        scope.ServiceProvider.GetRequiredService<Caller>().Become(caller.Actor);
        return scope;
    }
}
