using SecureBase.Core.Identity;

namespace SecureBase.Core.Team;

public enum MemberStatus
{
    Active,
    /// <summary>Too many wrong passwords: locked for up to 30 minutes.</summary>
    Locked,
    Deactivated,
}

/// <summary>A person of the team as its GET returns it.</summary>
public sealed record MemberView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Email { get; init; }
    public required string Role { get; init; }
    public required MemberStatus Status { get; init; }
    /// <summary>Whether more than a password is asked for when this person signs in.</summary>
    public required bool SecondFactor { get; init; }
    /// <summary>Exact to a minute; null for who was not here in the last 30 days.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }
    /// <summary>Open sessions.</summary>
    public required int Sessions { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DeactivatedAt { get; init; }
    /// <summary>While locked: until when.</summary>
    public DateTimeOffset? LockedUntil { get; init; }
    /// <summary>Grows with every change of name, e-mail, role or deactivation; the ETag of the resource.</summary>
    public required int Version { get; init; }
}

public enum InvitationStatus { Pending, Expired, Accepted, Revoked }

/// <summary>An invitation as its GET returns it. Its token is in the mail and nowhere else.</summary>
public sealed record InvitationView
{
    public required Guid Id { get; init; }
    public required string Email { get; init; }
    public string? Name { get; init; }
    public required string Role { get; init; }
    public required InvitationStatus Status { get; init; }
    public required Inviter InvitedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required int Version { get; init; }

    internal static InvitationView Of(Invitation invitation, DateTimeOffset now) => new()
    {
        Id = invitation.Id,
        Email = invitation.Email,
        Name = invitation.DisplayName,
        Role = invitation.Role,
        Status = invitation.AcceptedAt is not null ? InvitationStatus.Accepted : invitation.RevokedAt is not null ? InvitationStatus.Revoked
            : invitation.ExpiresAt <= now ? InvitationStatus.Expired : InvitationStatus.Pending,
        InvitedBy = new Inviter(invitation.InvitedById, invitation.InvitedByName),
        CreatedAt = invitation.CreatedAt,
        ExpiresAt = invitation.ExpiresAt,
        Version = invitation.Version,
    };
}

public sealed record Inviter(Guid Id, string Name);

/// <summary>What a client sends to invite someone.</summary>
public sealed record InvitePerson
{
    public string? Email { get; init; }
    /// <summary>What to call them; they may change it when they join.</summary>
    public string? Name { get; init; }
    public string? Role { get; init; }
}

/// <summary>What to change of a person; a null field stays as it is.</summary>
public sealed record EditPerson
{
    public string? Name { get; init; }
    public string? Role { get; init; }
}

/// <summary>Which people, newest first; empty lists mean "any".</summary>
public sealed record TeamQuery
{
    public const int TextMax = 200;

    public IReadOnlyList<string> Roles { get; init; } = [];
    public IReadOnlyList<MemberStatus> Statuses { get; init; } = [];
    /// <summary>Words in name or e-mail; up to 200 characters.</summary>
    public string? Text { get; init; }
    /// <summary>1–100.</summary>
    public int Limit { get; init; } = 25;
    public string? Cursor { get; init; }
    /// <summary>1-based page for lists with page numbers; also fills the total. Null reads by cursor.</summary>
    public int? PageNumber { get; init; }
}

/// <summary>How full the team is.</summary>
/// <param name="Limit">Places of the plan; null for the operator, who has none.</param>
/// <param name="Taken">Active people and invitations that can still be accepted.</param>
public sealed record TeamSize(int? Limit, int Taken, int Active, int Locked, int Deactivated, int Invited);

/// <summary>One thing a person did, or that was done to their account.</summary>
/// <param name="Own">The person did it; otherwise someone else did it to their account.</param>
/// <param name="TicketNumber">The ticket it was about, if it was about one.</param>
public sealed record PersonActivity(Guid Id, DateTimeOffset At, string Action, string ActorName, bool Own, bool Refused, string? RemoteAddress, string? TicketNumber);
