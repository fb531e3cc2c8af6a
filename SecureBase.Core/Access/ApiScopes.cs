namespace SecureBase.Core.Access;

/// <summary>The scopes a key may carry (product contract, section 2).</summary>
public static class ApiScopes
{
    public const string ManageKeys = "keys:manage";

    public static readonly IReadOnlyList<string> Tenant =
    [
        "tickets:read", "tickets:write", "costs:read", "costs:write", "webhooks:manage", "notifications:read", "notifications:write",
        "events:publish", "team:manage", "audit:read", ManageKeys,
    ];

    /// <summary>Only for keys of the operator tenant.</summary>
    public static readonly IReadOnlyList<string> Operator = ["staff:support", "staff:tenants"];

    private static readonly IReadOnlyList<string> All = [.. Tenant, .. Operator];

    /// <summary>Those a key of such a tenant may carry.</summary>
    public static IReadOnlyList<string> For(bool isOperator) => isOperator ? All : Tenant;

    /// <summary>What a key with this scope can do, in a few words.</summary>
    public static string Meaning(string scope) => scope switch
    {
        "tickets:read" => "Read tickets and comments",
        "tickets:write" => "Open tickets, comment, change, close and reopen them",
        "costs:read" => "Read spend, forecasts and budgets",
        "costs:write" => "Import bills, change budgets",
        "webhooks:manage" => "Create and change webhook endpoints, replay deliveries",
        "notifications:read" => "Read notifications",
        "notifications:write" => "Mark notifications as read",
        "events:publish" => "Publish events of the provider's other systems",
        "team:manage" => "Invite people, change roles, deactivate people",
        "audit:read" => "Read the audit log",
        ManageKeys => "Create, rotate and revoke API keys that carry no more than this one",
        "staff:support" => "Work on tickets of all tenants",
        "staff:tenants" => "Create, change and suspend tenants",
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "Unknown scope"),
    };
}
