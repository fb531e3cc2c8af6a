using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>Who may look at tenants and change them (product contract, section 2).</summary>
public static class TenantPermissions
{
    private const string Scope = "staff:tenants";

    public static readonly Permission Read = new("tenants.read", Scope, Roles.Operator);
    /// <summary>Create, change, suspend, resume, export and off-board a tenant.</summary>
    public static readonly Permission Manage = new("tenants.manage", Scope, [Roles.PlatformAdmin]);
    /// <summary>The organisation's own settings, and a copy of its data.</summary>
    public static readonly Permission Settings = new("settings.manage", null, [Roles.Admin]);

    /// <summary>What the caller needs for what both sides do in a tenant: staff in a customer's, everybody else at home.</summary>
    internal static Permission Within(TenantContext tenant, Caller caller) =>
        caller.IsKnown && caller.Actor.TenantId == Tenant.OperatorId && !tenant.Tenant.IsOperator ? Manage : Settings;
}
