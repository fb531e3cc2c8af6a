using SecureBase.Core.Kernel;
using SecureBase.Core.Team;
using SecureBase.Portal.Auditing;

namespace SecureBase.Portal.Team;

/// <summary>Roles and acts in words.</summary>
internal static class TeamWords
{
    internal static string Role(string role) => role.Replace('_', ' ');

    /// <summary>What a role includes, in a sentence.</summary>
    internal static string Meaning(string role) => role switch
    {
        Roles.Admin => "Everything, with people, settings and the audit log.",
        Roles.Manager => "Tickets, costs, webhooks and keys; invites analysts and viewers; reads the audit log.",
        Roles.Analyst => "Opens and comments on tickets, reads and exports costs.",
        Roles.Viewer => "Reads tickets and costs.",
        Roles.Agent => "Works on the tickets of all customers.",
        Roles.Lead => "Works on tickets and manages service levels.",
        Roles.PlatformAdmin => "Everything, with tenants and the provider's people.",
        _ => "",
    };

    /// <summary>An act as the audit log tells it: <c>opened ticket</c> in front of a ticket's number, <c>signed in</c>.</summary>
    internal static string Act(PersonActivity activity) => AuditWords.Deed(activity.Action, activity.Refused, isNamed: activity.TicketNumber is not null);
}
