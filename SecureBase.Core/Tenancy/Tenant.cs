namespace SecureBase.Core.Tenancy;

public enum TenantKind { Customer, Operator }

/// <summary>An off-boarded tenant is closed for good: its data goes or is gone, its slug stays taken.</summary>
public enum TenantStatus { Active, Suspended, OffBoarded }

/// <summary>Plans of the contract; limits in <see cref="PlanLimits"/>.</summary>
public enum Plan { Standard, Fintech, Healthcare, Government }

/// <summary>A customer organisation, or the provider itself (<see cref="TenantKind.Operator"/>).</summary>
public sealed class Tenant
{
    /// <summary>The operator's id is the same in every installation, so that a check constraint can name it.</summary>
    public static readonly Guid OperatorId = new("00000000-0000-7000-8000-000000000001");

    public const string OperatorSlug = "admin";

    private Tenant() { }

    public Tenant(Guid id, string slug, string name, TenantKind kind, Plan plan, string timeZone, DateTimeOffset createdAt)
    {
        Id = id;
        Slug = slug;
        Name = name;
        Kind = kind;
        Plan = plan;
        TimeZone = timeZone;
        CreatedAt = createdAt;
    }

    public Guid Id { get; private set; }
    public string Slug { get; private set; } = "";
    public string Name { get; private set; } = "";
    public TenantKind Kind { get; private set; }
    public TenantStatus Status { get; private set; }
    public string? SuspendedReason { get; private set; }
    public Plan Plan { get; private set; }
    /// <summary>IANA name.</summary>
    public string TimeZone { get; private set; } = "Etc/UTC";
    public DateTimeOffset CreatedAt { get; private set; }
    /// <summary>Days after closing until a ticket is purged.</summary>
    public int TicketRetentionDays { get; private set; } = 90;
    /// <summary>Nobody of this tenant gets a full session with a password alone.</summary>
    public bool RequiresSecondFactor { get; private set; }
    /// <summary>The tenant's own colour as <c>#rrggbb</c>; null takes the portal's.</summary>
    public string? Accent { get; private set; }
    /// <summary>What staff have agreed beside the plan.</summary>
    public QuotaOverrides Quotas => new(UsersQuota, ApiRequestsQuota, WebhookEndpointsQuota, TicketsQuota);

    internal int? UsersQuota { get; private set; }
    internal int? ApiRequestsQuota { get; private set; }
    internal int? WebhookEndpointsQuota { get; private set; }
    internal int? TicketsQuota { get; private set; }

    /// <summary>The logo that is shown, as its address names it; null shows the name's first letter.</summary>
    public Guid? LogoVersion { get; private set; }
    /// <summary>When the doors close for good; null while nobody has decided so. The database lets it lie a day ahead at least.</summary>
    public DateTimeOffset? OffboardingAt { get; private set; }
    /// <summary>How many rows of each table there were when the doors closed; JSON.</summary>
    public string? OffboardedRows { get; private set; }
    /// <summary>When the last row was gone.</summary>
    public DateTimeOffset? ErasedAt { get; private set; }
    /// <summary>Grows with every change of administration; the ETag.</summary>
    public int Version { get; private set; } = 1;

    public void Rename(string name) => Name = name;
    public void MoveTo(Plan plan) => Plan = plan;
    /// <param name="timeZone">IANA name.</param>
    public void LiveIn(string timeZone) => TimeZone = timeZone;
    public void KeepTicketsFor(int days) => TicketRetentionDays = days;
    public void RequireSecondFactor(bool required) => RequiresSecondFactor = required;
    public void Brand(string? accent) => Accent = accent;
    public void ShowLogo(Guid? version) => LogoVersion = version;
    public void Override(QuotaOverrides quotas) =>
        (UsersQuota, ApiRequestsQuota, WebhookEndpointsQuota, TicketsQuota) = (quotas.Users, quotas.ApiRequestsPerHour, quotas.WebhookEndpoints, quotas.TicketsPerMonth);
    public void Suspend(string reason) => (Status, SuspendedReason) = (TenantStatus.Suspended, reason);
    public void Resume() => (Status, SuspendedReason) = (TenantStatus.Active, null);
    public void ScheduleOffboarding(DateTimeOffset at) => OffboardingAt = at;
    public void CancelOffboarding() => OffboardingAt = null;
    /// <param name="rows">See <see cref="OffboardedRows"/>.</param>
    public void CloseForGood(string rows) => (Status, SuspendedReason, OffboardedRows, LogoVersion) = (TenantStatus.OffBoarded, null, rows, null);
    public void Erased(DateTimeOffset at) => ErasedAt = at;
    public void Touch() => Version++;

    public TenantInfo ToInfo() => new(Id, Slug, Name, Kind, Status, Plan, TimeZone)
    {
        RequiresSecondFactor = RequiresSecondFactor, Accent = Accent, LogoVersion = LogoVersion, OffboardingAt = OffboardingAt, Limits = PlanLimits.Of(Plan).With(Quotas),
    };
}

/// <summary>What every request and circuit knows of its tenant.</summary>
public sealed record TenantInfo(Guid Id, string Slug, string Name, TenantKind Kind, TenantStatus Status, Plan Plan, string TimeZone)
{
    public bool IsOperator => Kind == TenantKind.Operator;
    public bool RequiresSecondFactor { get; init; }
    /// <summary><c>#rrggbb</c>, or null.</summary>
    public string? Accent { get; init; }
    /// <summary>In the logo's address; null while there is none.</summary>
    public Guid? LogoVersion { get; init; }
    /// <summary>When the doors close for good, if that is decided.</summary>
    public DateTimeOffset? OffboardingAt { get; init; }
    /// <summary>The plan's limits with what staff have agreed beside it.</summary>
    public PlanLimits Limits { get; init; } = PlanLimits.Of(Plan);
}

/// <summary>Limits agreed with one tenant in place of its plan's; null keeps the plan's. Each is at least 0.</summary>
public sealed record QuotaOverrides(int? Users = null, int? ApiRequestsPerHour = null, int? WebhookEndpoints = null, int? TicketsPerMonth = null);

/// <summary>A plan's limits (product contract, section 1); null is unlimited.</summary>
public sealed record PlanLimits(int Users, int ApiRequestsPerHour, int WebhookEndpoints, int? TicketsPerMonth)
{
    public static PlanLimits Of(Plan plan) => plan switch
    {
        Plan.Standard => new(5, 1_000, 3, 5),
        Plan.Fintech => new(15, 5_000, 10, 50),
        Plan.Healthcare => new(25, 10_000, 25, null),
        Plan.Government => new(50, 20_000, 50, null),
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, "Unknown plan"),
    };

    public PlanLimits With(QuotaOverrides quotas) => new(
        quotas.Users ?? Users, quotas.ApiRequestsPerHour ?? ApiRequestsPerHour, quotas.WebhookEndpoints ?? WebhookEndpoints, quotas.TicketsPerMonth ?? TicketsPerMonth);
}

/// <summary>A row that belongs to one tenant: filtered by query, guarded by row-level security, stamped on insert.</summary>
public interface ITenantOwned
{
    Guid TenantId { get; }
}
