using SecureBase.Core.Identity;
using SecureBase.Core.Team;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Team;

/// <summary>What the API's document says of people and invitations.</summary>
internal static class TeamSchemas
{
    internal static IReadOnlyList<SchemaFact> All { get; } =
    [
        new(typeof(InvitePerson), "email", "Where the invitation goes; they sign in with it.") { Required = true, MaxLength = PersonRules.EmailMax },
        new(typeof(InvitePerson), "name", "What to call them in the mail. They choose their own name when they join.") { MaxLength = PersonRules.NameMax },
        new(typeof(InvitePerson), "role", "Customers: admin, manager, analyst or viewer. The provider: agent, lead or platform_admin.") { Required = true },

        new(typeof(EditPerson), "name", "As others see it.") { MinLength = 1, MaxLength = PersonRules.NameMax },
        new(typeof(EditPerson), "role", "Customers: admin, manager, analyst or viewer. The provider: agent, lead or platform_admin."),

        new(typeof(MemberView), "second_factor", "Whether more than a password is asked for at sign-in."),
        new(typeof(MemberView), "last_seen_at", "Exact to a minute; absent for who was not here in the last 30 days."),
        new(typeof(MemberView), "sessions", "How many are open."),
        new(typeof(MemberView), "locked_until", "Present while too many wrong passwords lock the account."),
        new(typeof(MemberView), "deactivated_at", "Present while the person is deactivated."),
        new(typeof(MemberView), "version", "Grows with every change of name, e-mail, role or deactivation; the ETag."),

        new(typeof(InvitationView), "status", "pending, until it is accepted or revoked, or expires after seven days."),
        new(typeof(InvitationView), "expires_at", "Until when its link works."),
    ];
}
