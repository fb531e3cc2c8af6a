using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>A tenant to create.</summary>
/// <param name="TimeZone">IANA name.</param>
/// <param name="TicketRetentionDays">Days after closing until a ticket is purged; null takes the default of 90.</param>
/// <param name="Admin">Who is invited as its first admin, in the same transaction; null invites nobody, for tenants that get their people otherwise.</param>
public sealed record NewTenant(string? Slug, string? Name, Plan Plan, string? TimeZone, int? TicketRetentionDays = null, FirstAdmin? Admin = null);

/// <summary>The first of a tenant's own people.</summary>
public sealed record FirstAdmin(string? Name, string? Email);

/// <summary>A tenant as the API's clients create it.</summary>
public sealed record CreateTenant
{
    /// <summary>The label in front of the base domain; never changed afterwards and never used again.</summary>
    public string? Slug { get; init; }
    public string? Name { get; init; }
    /// <summary>Null is standard.</summary>
    public Plan? Plan { get; init; }
    /// <summary>IANA name; null is Etc/UTC.</summary>
    public string? TimeZone { get; init; }
    public string? AdminName { get; init; }
    public string? AdminEmail { get; init; }

    public NewTenant ToNew() => new(Slug, Name, Plan ?? Tenancy.Plan.Standard, TimeZone, Admin: new FirstAdmin(AdminName, AdminEmail));
}

/// <summary>A change of a tenant; null leaves a field as it is.</summary>
public sealed record EditTenant
{
    public string? Name { get; init; }
    public Plan? Plan { get; init; }
    /// <summary>IANA name.</summary>
    public string? TimeZone { get; init; }
    public bool? RequiresSecondFactor { get; init; }
    /// <summary><c>#rrggbb</c>; the empty text takes the portal's own colour.</summary>
    public string? Accent { get; init; }
    /// <summary>Days after closing until a ticket is purged, 1 to 3,650.</summary>
    public int? TicketRetentionDays { get; init; }
    /// <summary>Replaces all overrides together; one left out of it is the plan's again.</summary>
    public QuotaOverrides? Quotas { get; init; }
}

/// <summary>Why a tenant is suspended.</summary>
public sealed record SuspendTenant
{
    public string? Reason { get; init; }
}

/// <summary>A tenant as staff and the API see it.</summary>
public sealed record TenantView
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required TenantStatus Status { get; init; }
    public string? SuspendedReason { get; init; }
    public required Plan Plan { get; init; }
    public required string TimeZone { get; init; }
    public required bool RequiresSecondFactor { get; init; }
    public string? Accent { get; init; }
    public required int TicketRetentionDays { get; init; }
    /// <summary>What holds: the plan's limits with the overrides.</summary>
    public required PlanLimits Limits { get; init; }
    /// <summary>What staff have agreed beside the plan.</summary>
    public required QuotaOverrides Quotas { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>When the doors close and the data is deleted; null while nobody has decided so.</summary>
    public DateTimeOffset? OffboardingAt { get; init; }
    /// <summary>When the data was gone.</summary>
    public DateTimeOffset? ErasedAt { get; init; }
    public required int Version { get; init; }

    internal static TenantView Of(Tenant tenant) => new()
    {
        Id = tenant.Id,
        Slug = tenant.Slug,
        Name = tenant.Name,
        Status = tenant.Status,
        SuspendedReason = tenant.SuspendedReason,
        Plan = tenant.Plan,
        TimeZone = tenant.TimeZone,
        RequiresSecondFactor = tenant.RequiresSecondFactor,
        Accent = tenant.Accent,
        TicketRetentionDays = tenant.TicketRetentionDays,
        Limits = PlanLimits.Of(tenant.Plan).With(tenant.Quotas),
        Quotas = tenant.Quotas,
        CreatedAt = tenant.CreatedAt,
        OffboardingAt = tenant.OffboardingAt,
        ErasedAt = tenant.ErasedAt,
        Version = tenant.Version,
    };
}
