using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Sla;

/// <summary>Who may do what with policies and clocks. Reading a ticket's clocks goes with reading the ticket.</summary>
public static class SlaPermissions
{
    private const string Scope = "staff:support";

    /// <summary>Try a policy and a calendar.</summary>
    public static readonly Permission Try = new("sla.try", Scope, Roles.Operator);
}
