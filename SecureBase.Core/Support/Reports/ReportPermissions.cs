using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Reports;

/// <summary>Who may do what with reports over all tenants.</summary>
public static class ReportPermissions
{
    public static readonly Permission Read = new("reports.read", "staff:support", Roles.Operator);
    /// <summary>Count days anew. No page and no route asks for it: the schedule does.</summary>
    public static readonly Permission Keep = new("reports.keep", null, [Roles.PlatformAdmin]);
}
