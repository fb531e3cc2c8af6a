using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Tenants;

/// <summary>What the API's document says of tenants.</summary>
internal static class TenantSchemas
{
    internal static IReadOnlyList<SchemaFact> All { get; } =
    [
        new(typeof(CreateTenant), "slug", "The label in front of the base domain; never changed, never used again.") { Required = true, MinLength = TenantSlug.MinLength, MaxLength = TenantSlug.MaxLength },
        new(typeof(CreateTenant), "name", "What the organisation is called.") { Required = true, MinLength = 1, MaxLength = TenantRules.NameMax },
        new(typeof(CreateTenant), "plan", "standard, unless said otherwise."),
        new(typeof(CreateTenant), "time_zone", "An IANA name; Etc/UTC, unless said otherwise."),
        new(typeof(CreateTenant), "admin_name", "The first admin's name.") { MaxLength = 120 },
        new(typeof(CreateTenant), "admin_email", "Where the first admin's invitation goes.") { Required = true, MaxLength = 254 },

        new(typeof(EditTenant), "name", "What the organisation is called.") { MinLength = 1, MaxLength = TenantRules.NameMax },
        new(typeof(EditTenant), "time_zone", "An IANA name."),
        new(typeof(EditTenant), "requires_second_factor", "Whether a password alone opens a full session for nobody."),
        new(typeof(EditTenant), "accent", "#rrggbb; the empty text takes the portal's own colour."),
        new(typeof(EditTenant), "ticket_retention_days", "Days after closing until a ticket is purged, 1 to 3,650."),
        new(typeof(EditTenant), "quotas", "Replaces all overrides together."),

        new(typeof(SuspendTenant), "reason", "Kept in the tenant's audit log.") { Required = true, MinLength = TenantRules.ReasonMin, MaxLength = TenantRules.ReasonMax },

        new(typeof(TenantView), "limits", "What holds: the plan's limits with the overrides."),
        new(typeof(TenantView), "quotas", "What is agreed beside the plan; one that is absent is the plan's."),
        new(typeof(TenantView), "suspended_reason", "Absent unless it is suspended."),
        new(typeof(TenantView), "offboarding_at", "When the doors close and the data is deleted; absent while nobody has decided so."),
        new(typeof(TenantView), "erased_at", "When the data was gone; absent before."),
        new(typeof(TenantView), "version", "Grows with every change; the ETag."),
        new(typeof(TenantListItem), "overdue_critical", "Critical tickets that have waited for staff beyond the plan's target of a first response."),
        new(typeof(TenantListItem), "undelivered", "Messages given up, or failed at least once and still tried."),
        new(typeof(TenantListItem), "last_sign_in", "Absent when nobody ever signed in."),
    ];
}
