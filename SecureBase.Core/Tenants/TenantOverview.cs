using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Auditing;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>
/// All customers at a glance and one in detail, for staff. The list is read through the staff role and recorded in the operator's
/// audit log; one tenant is read by entering its scope, which its own log records. Each at most once per person and 15 minutes.
/// </summary>
public sealed class TenantOverview(IDbContextFactory<StaffDb> contexts, StaffAccess access, UnitOfWork unit, Caller caller, TimeProvider clock)
{
    // Until the clocks of SLA policies are kept: the contract's first-response targets for critical tickets, by plan.
    private static readonly TimeSpan CriticalTarget = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan ShorterCriticalTarget = TimeSpan.FromMinutes(30);

    private const string SignedIn = "session.started";
    private const int ActsShown = 12;

    public async Task<Result<Page<TenantListItem>>> ListAsync(TenantListQuery query, CancellationToken ct)
    {
        if (!caller.Can(TenantPermissions.Read))
            return await unit.RefuseAsync(TenantPermissions.Read, StaffAccess.ListedTenants, refusal: null, ct);
        if (query.Limit is < 1 or > 100)
            return Error.Invalid("limit", "limit is 1 to 100.");
        Cursor from = default;
        if (query.Cursor is not null && !Cursor.TryParse(query.Cursor, out from))
            return Error.Invalid("cursor", "This cursor is not one that a list gave out.");
        await access.RecordListAsync(TenantPermissions.Read, StaffAccess.ListedTenants, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var glances = Matching(db, query);
        if (query.PageNumber is { } number)
        {
            var total = await glances.CountAsync(ct);
            var rows = await Order(glances, query.Sort).Skip((number - 1) * query.Limit).Take(query.Limit).ToListAsync(ct);
            return new Page<TenantListItem>([.. rows.Select(Item)], null) { Total = total };
        }
        if (query.Cursor is not null)
            glances = glances.Where(g => g.Tenant.CreatedAt < from.At || (g.Tenant.CreatedAt == from.At && g.Tenant.Id.CompareTo(from.Id) < 0));
        var page = await Order(glances, TenantSort.Newest).Take(query.Limit + 1).ToListAsync(ct);
        var next = page.Count > query.Limit ? new Cursor(page[query.Limit - 1].Tenant.CreatedAt, page[query.Limit - 1].Tenant.Id).ToString() : null;
        return new Page<TenantListItem>([.. page.Take(query.Limit).Select(Item)], next);
    }

    /// <summary>How many tenants each view of the list holds.</summary>
    public async Task<Result<TenantCounts>> CountAsync(CancellationToken ct)
    {
        if (!caller.Can(TenantPermissions.Read))
            return await unit.RefuseAsync(TenantPermissions.Read, StaffAccess.ListedTenants, refusal: null, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var all = Glances(db).Where(g => g.Tenant.Status != TenantStatus.OffBoarded);
        return new TenantCounts(
            await all.CountAsync(ct),
            await all.Where(g => g.OverdueCritical > 0 || g.Undelivered > 0).CountAsync(ct),
            await all.CountAsync(g => g.Tenant.Status == TenantStatus.Suspended, ct),
            await all.CountAsync(g => g.Tenant.OffboardingAt != null, ct),
            await db.Tenants.CountAsync(t => t.Kind == TenantKind.Customer && t.Status == TenantStatus.OffBoarded, ct));
    }

    /// <summary>One tenant. Not found for an unknown slug and for the operator's own tenant.</summary>
    public async Task<Result<TenantView>> GetAsync(string slug, CancellationToken ct)
    {
        var entered = await access.EnterAsync(slug, TenantPermissions.Read, ct);
        if (!entered.IsSuccess)
            return entered.Error;
        await using var scope = entered.Value;
        await using var db = await scope.Services.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(ct);
        return TenantView.Of(await db.Tenants.AsNoTracking().SingleAsync(t => t.Id == scope.Tenant.Id, ct));
    }

    /// <summary>One tenant with its people, use and recent administration.</summary>
    public async Task<Result<TenantDetail>> DetailAsync(string slug, CancellationToken ct)
    {
        var entered = await access.EnterAsync(slug, TenantPermissions.Read, ct);
        if (!entered.IsSuccess)
            return entered.Error;
        await using var scope = entered.Value;
        var own = scope.Services.GetRequiredService<IDbContextFactory<SecureBaseDb>>();
        await using var db = await own.CreateDbContextAsync(ct);
        var id = scope.Tenant.Id;
        var tenant = await db.Tenants.AsNoTracking().SingleAsync(t => t.Id == id, ct);
        var secured = TenantUsage.Secured(db);
        var people = await db.Users.AsNoTracking().Where(p => p.Kind == PersonKind.Human && p.DeactivatedAt == null).OrderBy(p => p.DisplayName)
            .Select(p => new TenantPerson(p.Id, p.DisplayName, p.Email!, p.Role, secured.Contains(p.Id))).ToListAsync(ct);
        var use = await new TenantUsage(own, scope.Services.GetRequiredService<TicketQuota>(), clock).CountAsync(ct);
        await using var all = await contexts.CreateDbContextAsync(ct);
        var glance = await Glances(all).SingleAsync(g => g.Tenant.Id == id, ct);
        var acts = await all.AuditEntries.Where(e => e.TenantId == id && (e.Action.StartsWith("tenant.") || e.Action == "settings.changed"))
            .OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(ActsShown)
            .Select(e => new TenantAct(e.Id, e.At, e.ActorName, e.Action, e.Outcome, e.Details)).ToListAsync(ct);
        return new TenantDetail(TenantView.Of(tenant), Item(glance), tenant.LogoVersion, use, people, acts);
    }

    /// <summary>What would exceed the plan, with the overrides that stay.</summary>
    public static IReadOnlyList<Excess> Exceeding(TenantUse use, Plan plan, QuotaOverrides quotas) => TenantUsage.Exceeding(use, PlanLimits.Of(plan).With(quotas));

    private IQueryable<Glance> Matching(StaffDb db, TenantListQuery query)
    {
        var glances = Glances(db);
        glances = query.View switch
        {
            TenantListView.Attention => glances.Where(g => g.Tenant.Status != TenantStatus.OffBoarded && (g.OverdueCritical > 0 || g.Undelivered > 0)),
            TenantListView.Suspended => glances.Where(g => g.Tenant.Status == TenantStatus.Suspended),
            TenantListView.Leaving => glances.Where(g => g.Tenant.Status != TenantStatus.OffBoarded && g.Tenant.OffboardingAt != null),
            TenantListView.OffBoarded => glances.Where(g => g.Tenant.Status == TenantStatus.OffBoarded),
            TenantListView.Everything => glances,
            _ => glances.Where(g => g.Tenant.Status != TenantStatus.OffBoarded),
        };
        if (query.Plans.Count > 0)
            glances = glances.Where(g => query.Plans.Contains(g.Tenant.Plan));
        if (query.Statuses.Count > 0)
            glances = glances.Where(g => query.Statuses.Contains(g.Tenant.Status));
        // No name holds a NUL, and PostgreSQL takes none.
        if (query.Text?.Contains('\0', StringComparison.Ordinal) == true)
            return glances.Where(_ => false);
        if (query.Text is { Length: > 0 } text)
        {
            var wanted = LikePattern.Containing(text.Trim());
            glances = glances.Where(g => EF.Functions.ILike(g.Tenant.Name, wanted, "\\") || EF.Functions.ILike(g.Tenant.Slug, wanted, "\\"));
        }
        return glances;
    }

    private IQueryable<Glance> Glances(StaffDb db)
    {
        var now = clock.GetUtcNow();
        var (overdue, overdueSooner) = (now - CriticalTarget, now - ShorterCriticalTarget);
        return db.Tenants.Where(t => t.Kind == TenantKind.Customer).Select(t => new Glance
        {
            Tenant = t,
            People = db.Users.Count(p => p.TenantId == t.Id && p.Kind == PersonKind.Human && p.DeactivatedAt == null),
            OpenTickets = db.Tickets.Count(k => k.TenantId == t.Id && k.Status != TicketStatus.Resolved && k.Status != TicketStatus.Closed),
            OverdueCritical = db.Tickets.Count(k => k.TenantId == t.Id && k.Priority == TicketPriority.Critical && k.Status != TicketStatus.Resolved && k.Status != TicketStatus.Closed
                && k.WaitingSince < (t.Plan == Plan.Healthcare || t.Plan == Plan.Government ? overdueSooner : overdue)),
            Undelivered = db.Deliveries.Count(d => d.TenantId == t.Id && (d.Status == DeliveryStatus.Failed || (d.Status == DeliveryStatus.Pending && d.AttemptCount > 0))),
            LastSignIn = db.AuditEntries.Where(e => e.TenantId == t.Id && e.Action == SignedIn && e.Outcome == AuditOutcome.Done).Max(e => (DateTimeOffset?)e.At),
        });
    }

    private static IQueryable<Glance> Order(IQueryable<Glance> glances, TenantSort sort) => sort switch
    {
        TenantSort.Newest => glances.OrderByDescending(g => g.Tenant.CreatedAt).ThenByDescending(g => g.Tenant.Id),
        TenantSort.People => glances.OrderByDescending(g => g.People).ThenBy(g => g.Tenant.Name).ThenBy(g => g.Tenant.Id),
        TenantSort.Tickets => glances.OrderByDescending(g => g.OverdueCritical).ThenByDescending(g => g.OpenTickets).ThenBy(g => g.Tenant.Name).ThenBy(g => g.Tenant.Id),
        TenantSort.SignIn => glances.OrderByDescending(g => g.LastSignIn ?? DateTimeOffset.MinValue).ThenBy(g => g.Tenant.Name).ThenBy(g => g.Tenant.Id),
        _ => glances.OrderBy(g => g.Tenant.Name).ThenBy(g => g.Tenant.Id),
    };

    private static TenantListItem Item(Glance glance) => new(
        glance.Tenant.Id, glance.Tenant.Slug, glance.Tenant.Name, glance.Tenant.Plan, glance.Tenant.Status, glance.People, PlanLimits.Of(glance.Tenant.Plan).With(glance.Tenant.Quotas).Users,
        glance.OpenTickets, glance.OverdueCritical, glance.Undelivered, glance.LastSignIn, glance.Tenant.OffboardingAt, glance.Tenant.CreatedAt);

    private sealed class Glance
    {
        public required Tenant Tenant { get; init; }
        public required int People { get; init; }
        public required int OpenTickets { get; init; }
        public required int OverdueCritical { get; init; }
        public required int Undelivered { get; init; }
        public required DateTimeOffset? LastSignIn { get; init; }
    }
}
