using SecureBase.Core.Auditing;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>Views of the list of tenants. Off-boarded ones are in their own view only, and in <see cref="Everything"/>.</summary>
public enum TenantListView { All, Attention, Suspended, Leaving, OffBoarded, Everything }

public enum TenantSort { Name, Newest, People, Tickets, SignIn }

/// <summary>Which part of the list.</summary>
public sealed record TenantListQuery
{
    public const int TextMax = 120;

    public TenantListView View { get; init; }
    /// <summary>In name or slug.</summary>
    public string? Text { get; init; }
    public IReadOnlyList<Plan> Plans { get; init; } = [];
    public IReadOnlyList<TenantStatus> Statuses { get; init; } = [];
    public TenantSort Sort { get; init; }
    /// <summary>1 to 100.</summary>
    public int Limit { get; init; } = 25;
    /// <summary>From 1; null for paging by <see cref="Cursor"/>, newest first.</summary>
    public int? PageNumber { get; init; }
    public string? Cursor { get; init; }
}

/// <summary>A tenant at a glance.</summary>
/// <param name="OverdueCritical">Critical tickets that have waited for staff beyond the plan's target of a first response.</param>
/// <param name="Undelivered">Messages given up, or failed at least once and still tried.</param>
/// <param name="LastSignIn">Null when nobody ever signed in.</param>
public sealed record TenantListItem(
    Guid Id, string Slug, string Name, Plan Plan, TenantStatus Status, int People, int PeopleLimit, int OpenTickets, int OverdueCritical, int Undelivered,
    DateTimeOffset? LastSignIn, DateTimeOffset? OffboardingAt, DateTimeOffset CreatedAt);

/// <summary>How many tenants each view holds.</summary>
public sealed record TenantCounts(int All, int Attention, int Suspended, int Leaving, int OffBoarded);

/// <summary>A tenant with what staff need to know of it.</summary>
/// <param name="Acts">The latest entries of its audit log that are about its administration, newest first.</param>
public sealed record TenantDetail(TenantView Tenant, TenantListItem Glance, Guid? LogoVersion, TenantUse Use, IReadOnlyList<TenantPerson> People, IReadOnlyList<TenantAct> Acts);

public sealed record TenantPerson(Guid Id, string Name, string Email, string Role, bool HasSecondFactor);

/// <param name="Details">JSON, or null.</param>
public sealed record TenantAct(Guid Id, DateTimeOffset At, string By, string Action, AuditOutcome Outcome, string? Details);
