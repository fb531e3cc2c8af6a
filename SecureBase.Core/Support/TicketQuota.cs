using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>What a plan includes and what of it is used this month.</summary>
/// <param name="PerMonth">Tickets a month.</param>
/// <param name="Used">Opened this month, without critical and security tickets; more than <paramref name="PerMonth"/> after a change to a smaller plan.</param>
/// <param name="Month">The first day of the month in the tenant's zone.</param>
public sealed record TicketAllowance(int PerMonth, int Used, DateOnly Month)
{
    /// <summary>Never negative.</summary>
    public int Left => Math.Max(0, PerMonth - Used);

    /// <summary>The first day on which there are tickets again.</summary>
    public DateOnly RenewsOn => Month.AddMonths(1);

    /// <summary>Whether a ticket of this kind would be refused now.</summary>
    public bool Refuses(TicketPriority priority, TicketCategory category) => Left == 0 && TicketQuota.Counts(priority, category);
}

/// <summary>Tickets a month by plan (product contract, section 1), in calendar months of the tenant's zone. Critical and security tickets are neither refused nor counted.</summary>
public sealed class TicketQuota(IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, TimeProvider clock)
{
    /// <summary>Null when the plan has no limit.</summary>
    public async Task<Result<TicketAllowance?>> AllowanceAsync(CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        if (Limit is not { } limit)
            return Result<TicketAllowance?>.Success(null);
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return new TicketAllowance(limit, await UsedAsync(db, now, ct), FirstDay(now));
    }

    /// <summary>How many tickets that count were opened this month, whether or not the plan has a limit.</summary>
    public async Task<int> UsedAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await UsedAsync(db, clock.GetUtcNow(), ct);
    }

    /// <summary>Null when the ticket may be opened. Openings of a limited tenant queue on each other, so that the limit holds exactly.</summary>
    internal async Task<Error?> RefusesAsync(Change change, TicketPriority priority, TicketCategory category, CancellationToken ct)
    {
        if (Limit is not { } limit || !Counts(priority, category))
            return null;
        await change.Db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"ticket-quota:" + tenant.Tenant.Id}, 0))", ct);
        return await UsedAsync(change.Db, change.At, ct) >= limit ? SupportErrors.TicketQuotaUsed(tenant.Tenant, limit) with { RetryAfter = Start(FirstDay(change.At).AddMonths(1)) - change.At } : null;
    }

    internal static bool Counts(TicketPriority priority, TicketCategory category) => priority != TicketPriority.Critical && category != TicketCategory.Security;

    private int? Limit => tenant.Tenant.Limits.TicketsPerMonth;

    private TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(tenant.Tenant.TimeZone);

    private Task<int> UsedAsync(SecureBaseDb db, DateTimeOffset at, CancellationToken ct)
    {
        var monthStart = Start(FirstDay(at));
        return db.Tickets.CountAsync(t => t.CreatedAt >= monthStart && t.CreatedAt <= at && t.Priority != TicketPriority.Critical && t.Category != TicketCategory.Security
            && !db.TicketLinks.Any(l => l.TicketId == t.Id && l.Kind == TicketLinkKind.Split), ct);
    }

    private DateTimeOffset Start(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private DateOnly FirstDay(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        return new DateOnly(local.Year, local.Month, 1);
    }
}
