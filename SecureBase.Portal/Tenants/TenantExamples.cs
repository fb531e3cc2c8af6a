using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Portal.Tenants;

/// <summary>The examples of the API's document: one tenant's first weeks.</summary>
internal static class TenantExamples
{
    private static readonly DateTimeOffset Created = new(2026, 11, 2, 8, 30, 0, TimeSpan.Zero);

    internal static CreateTenant Creating { get; } = new()
    {
        Slug = "northwind",
        Name = "Northwind Clinics",
        Plan = Plan.Healthcare,
        TimeZone = "Europe/Berlin",
        AdminName = "Nora Wind",
        AdminEmail = "nora.wind@northwind.example",
    };

    internal static EditTenant Editing { get; } = new() { Quotas = new QuotaOverrides(Users: 40), RequiresSecondFactor = true };

    internal static SuspendTenant Suspending { get; } = new() { Reason = "Invoices of three months are unpaid; agreed with the account manager." };

    internal static TenantView Tenant { get; } = new()
    {
        Id = new Guid("0193591e-07c0-7b12-9d2f-5a1c7f6f3c99"),
        Slug = Creating.Slug!,
        Name = Creating.Name!,
        Status = TenantStatus.Active,
        Plan = Plan.Healthcare,
        TimeZone = Creating.TimeZone!,
        RequiresSecondFactor = false,
        TicketRetentionDays = 90,
        Limits = PlanLimits.Of(Plan.Healthcare),
        Quotas = new QuotaOverrides(),
        CreatedAt = Created,
        Version = 1,
    };

    internal static TenantView EditedTenant { get; } = Tenant with
    {
        RequiresSecondFactor = true, Quotas = Editing.Quotas!, Limits = PlanLimits.Of(Plan.Healthcare).With(Editing.Quotas!), Version = 2,
    };

    internal static TenantView SuspendedTenant { get; } = EditedTenant with { Status = TenantStatus.Suspended, SuspendedReason = Suspending.Reason, Version = 3 };

    internal static Page<TenantListItem> Tenants { get; } = new(
        [new TenantListItem(Tenant.Id, Tenant.Slug, Tenant.Name, Tenant.Plan, Tenant.Status, 12, 25, 4, 0, 0, Created.AddDays(20), null, Created)],
        new Cursor(Created, Tenant.Id).ToString());
}
