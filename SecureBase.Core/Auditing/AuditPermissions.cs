using SecureBase.Core.Kernel;

namespace SecureBase.Core.Auditing;

/// <summary>Who may read the audit log (product contract, section 2).</summary>
public static class AuditPermissions
{
    /// <summary>Read, verify and export the log of one's own organisation; staff also a customer's, whose log tells of it.</summary>
    public static readonly Permission Read = new("audit.read", "audit:read", [Roles.Admin, Roles.Manager, Roles.Lead, Roles.PlatformAdmin]);
}
