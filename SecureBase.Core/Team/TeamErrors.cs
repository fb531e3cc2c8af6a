using SecureBase.Core.Kernel;

namespace SecureBase.Core.Team;

/// <summary>What the team's rules refuse, and why.</summary>
public static class TeamErrors
{
    public static Error PersonNotFound => Error.NotFound("person");
    public static Error InvitationNotFound => Error.NotFound("invitation");

    public static Error AboveYou(string role) =>
        new(ErrorKind.Forbidden, "above_your_role", $"Your role does not manage people with the role {role.Replace('_', ' ')}. An admin can.");

    public static Error OwnRole => new(ErrorKind.Forbidden, "own_role", "Nobody changes their own role. Ask another admin.");

    public static Error OwnAccount => new(ErrorKind.Forbidden, "own_account", "Nobody deactivates themselves. Ask another admin.");

    public static Error LastAdmin(string role) => new(ErrorKind.Conflict, "last_admin",
        $"This is the last active {role.Replace('_', ' ')}: without one nobody could manage the people here. Give someone else the role first.");

    public static Error AlreadyHere(string name, bool active) => new(ErrorKind.Conflict, "already_in_team",
        active ? $"{name} is in the team already." : $"{name} is in the team already, but deactivated. Reactivate them instead of inviting them.");

    public static Error AlreadyInvited => new(ErrorKind.Conflict, "already_invited", "This address has an open invitation already. Send that one again, or revoke it first.");

    public static Error InvitationClosed => new(ErrorKind.Conflict, "invitation_closed", "This invitation was accepted or revoked already.");

    public static Error Deactivated(string name) => new(ErrorKind.Conflict, "person_deactivated", $"{name} is deactivated. Reactivate them first.");

    public static Error ServicePerson => new(ErrorKind.Conflict, "service_person", "This stands behind an API key and is managed with it.");
}
