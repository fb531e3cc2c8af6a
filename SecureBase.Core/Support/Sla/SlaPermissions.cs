using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Sla;

/// <summary>Who may do what with policies and clocks. Reading a ticket's clocks goes with reading the ticket.</summary>
public static class SlaPermissions
{
    private const string Scope = "staff:support";

    /// <summary>Try a policy and a calendar.</summary>
    public static readonly Permission Try = new("sla.try", Scope, Roles.Operator);
    /// <summary>Save a policy or a calendar for the tenants of a plan.</summary>
    public static readonly Permission Manage = new("sla.manage", Scope, [Roles.Lead, Roles.PlatformAdmin]);
    /// <summary>Tell what is due and take new terms over. No page and no route asks for it: the workers do.</summary>
    public static readonly Permission Keep = new("sla.keep", null, [Roles.PlatformAdmin]);
}
