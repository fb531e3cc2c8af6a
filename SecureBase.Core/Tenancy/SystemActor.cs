using SecureBase.Core.Kernel;

namespace SecureBase.Core.Tenancy;

/// <summary>The product itself, when a command or a job changes something that nobody asked for by name.</summary>
public static class SystemActor
{
    /// <summary>Belongs to the operator and may do what a platform admin may.</summary>
    public static readonly Actor Instance = new(Tenant.OperatorId, Guid.Empty, "SecureBase", ActorKind.System, Roles.PlatformAdmin);
}
