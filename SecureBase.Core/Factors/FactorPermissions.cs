using SecureBase.Core.Kernel;

namespace SecureBase.Core.Factors;

public static class FactorPermissions
{
    /// <summary>How one proves who one is, is everybody's own business; no key ever may.</summary>
    public static readonly Permission ManageOwn = new("factors.manage_own", null, [.. Roles.Tenant, .. Roles.Operator]);

    /// <summary>Taking away the factors of somebody who has lost them; a manager those of analysts and viewers only.</summary>
    public static readonly Permission Reset = new("factors.reset", null, [Roles.Admin, Roles.Manager, Roles.PlatformAdmin]);
}
