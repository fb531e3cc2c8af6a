using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support;

/// <summary>Who may do what with tickets (product contract, section 2).</summary>
public static class SupportPermissions
{
    private const string Write = "tickets:write";
    private const string StaffScope = "staff:support";

    public static readonly Permission Read = new("tickets.read", "tickets:read", [.. Roles.Tenant, .. Roles.Operator]);
    public static readonly Permission Create = new("tickets.create", Write, [Roles.Admin, Roles.Manager, Roles.Analyst]);
    public static readonly Permission Comment = new("tickets.comment", Write, [Roles.Admin, Roles.Manager, Roles.Analyst, .. Roles.Operator]);
    public static readonly Permission Edit = new("tickets.edit", Write, [Roles.Admin, Roles.Manager, Roles.Analyst, .. Roles.Operator]);
    public static readonly Permission Close = new("tickets.close", Write, [Roles.Admin, Roles.Manager, .. Roles.Operator]);
    public static readonly Permission Reopen = new("tickets.reopen", Write, [Roles.Admin, Roles.Manager, Roles.Analyst, .. Roles.Operator]);
    public static readonly Permission Rate = new("tickets.rate", Write, [Roles.Admin, Roles.Manager, Roles.Analyst]);
    /// <summary>Assign, change priority, set any status, tag, write internal notes.</summary>
    public static readonly Permission Work = new("tickets.work", StaffScope, Roles.Operator);
    /// <summary>Share a view of the queue with all staff, and change or delete a shared one.</summary>
    public static readonly Permission ShareViews = new("tickets.share_views", StaffScope, [Roles.Lead, Roles.PlatformAdmin]);
    /// <summary>Write, change and delete macros. All staff use them.</summary>
    public static readonly Permission WriteMacros = new("tickets.write_macros", StaffScope, [Roles.Lead, Roles.PlatformAdmin]);
    /// <summary>Make, change and delete teams of staff. All staff give tickets to them.</summary>
    public static readonly Permission ManageTeams = new("tickets.manage_teams", StaffScope, [Roles.Lead, Roles.PlatformAdmin]);
    /// <summary>Delete tickets whose time of keeping is over. No page and no route asks for it: the schedule does.</summary>
    public static readonly Permission Purge = new("tickets.purge", null, [Roles.PlatformAdmin]);
}
