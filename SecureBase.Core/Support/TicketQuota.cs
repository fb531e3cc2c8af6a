using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>Tickets a month by plan (product contract, section 1), in calendar months of the tenant's zone. Critical and security tickets are neither refused nor counted.</summary>
public sealed class TicketQuota(TenantContext tenant)
{
    /// <summary>Null when the ticket may be opened. Openings of a limited tenant queue on each other, so that the limit holds exactly.</summary>
    internal async Task<Error?> RefusesAsync(Change change, TicketPriority priority, TicketCategory category, CancellationToken ct)
    {
        if (PlanLimits.Of(tenant.Tenant.Plan).TicketsPerMonth is not { } limit || priority == TicketPriority.Critical || category == TicketCategory.Security)
            return null;
        await change.Db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"ticket-quota:" + tenant.Tenant.Id}, 0))", ct);
        return await UsedAsync(change.Db, change.At, ct) >= limit ? SupportErrors.TicketQuotaUsed(limit) : null;
    }

    internal Task<int> UsedAsync(SecureBaseDb db, DateTimeOffset at, CancellationToken ct)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(tenant.Tenant.TimeZone);
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var firstDay = new DateTime(local.Year, local.Month, 1, 0, 0, 0, DateTimeKind.Unspecified);
        var monthStart = new DateTimeOffset(firstDay, zone.GetUtcOffset(firstDay)).ToUniversalTime();
        return db.Tickets.CountAsync(t => t.CreatedAt >= monthStart && t.CreatedAt <= at && t.Priority != TicketPriority.Critical && t.Category != TicketCategory.Security, ct);
    }
}
