using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Team;

/// <summary>Who may do what with people (product contract, section 2). The role of the other person decides besides: see <see cref="TeamRules"/>.</summary>
public static class TeamPermissions
{
    private const string Scope = "team:manage";
    private static readonly string[] Managers = [Roles.Admin, Roles.Manager, Roles.PlatformAdmin];

    public static readonly Permission Read = new("team.read", Scope, Managers);
    public static readonly Permission Invite = new("team.invite", Scope, Managers);
    /// <summary>Name, role, deactivation, reactivation and unlocking of others.</summary>
    public static readonly Permission Edit = new("team.edit", Scope, Managers);
    /// <summary>The same without regard to the other's role.</summary>
    public static Permission All => PeopleService.Manage;
}

/// <summary>Who stands below whom: admins and platform admins above everybody, a manager above analysts and viewers.</summary>
public static class TeamRules
{
    /// <summary>Whether someone of role <paramref name="actor"/> may give, take or edit the role <paramref name="other"/>.</summary>
    public static bool MayManage(string actor, string other) => actor switch
    {
        Roles.Admin or Roles.PlatformAdmin => true,
        Roles.Manager => other is Roles.Analyst or Roles.Viewer,
        _ => false,
    };
}
