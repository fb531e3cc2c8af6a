using SecureBase.Core.Kernel;
using SecureBase.Core.Team;

namespace SecureBase.Portal.Team;

/// <summary>The examples of the API's document: an analyst who becomes a manager, and someone who is invited.</summary>
internal static class TeamExamples
{
    private static readonly DateTimeOffset Joined = new(2026, 11, 24, 9, 12, 40, TimeSpan.Zero);

    internal static EditPerson Editing { get; } = new() { Role = Roles.Manager };

    internal static InvitePerson Inviting { get; } = new() { Email = "lena.brandt@acme.example", Name = "Lena Brandt", Role = Roles.Analyst };

    internal static MemberView Member { get; } = new()
    {
        Id = new Guid("01935900-52a0-7d4e-8f10-2b1d4c5e6f70"),
        Name = "Amir Haddad",
        Email = "amir.haddad@acme.example",
        Role = Roles.Analyst,
        Status = MemberStatus.Active,
        SecondFactor = true,
        LastSeenAt = Joined.AddHours(3),
        Sessions = 1,
        CreatedAt = Joined,
        Version = 1,
    };

    internal static MemberView EditedMember { get; } = Member with { Role = Roles.Manager, Version = 2 };

    internal static MemberView DeactivatedMember { get; } = Member with { Status = MemberStatus.Deactivated, Sessions = 0, DeactivatedAt = Joined.AddDays(90), Version = 2 };

    internal static Page<MemberView> Members { get; } = new([Member], new Cursor(Member.CreatedAt, Member.Id).ToString());

    internal static InvitationView Invitation { get; } = new()
    {
        Id = new Guid("0193592b-6d40-7c55-a1b0-93d7e2f48a21"),
        Email = Inviting.Email!,
        Name = Inviting.Name,
        Role = Roles.Analyst,
        Status = InvitationStatus.Pending,
        InvitedBy = new Inviter(Member.Id, "ci"),
        CreatedAt = Joined,
        ExpiresAt = Joined.AddDays(7),
        Version = 1,
    };

    internal static Page<InvitationView> InvitationPage { get; } = new([Invitation], null);
}
