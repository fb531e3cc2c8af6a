namespace SecureBase.Core.Support.Teams;

/// <summary>A team as a ticket names it.</summary>
public sealed record TeamRef(Guid Id, string Name);

/// <summary>A team as staff read it.</summary>
public sealed record SupportTeamView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    /// <summary>What it is for; may be empty.</summary>
    public required string Purpose { get; init; }
    /// <summary>By name.</summary>
    public required IReadOnlyList<PersonRef> Members { get; init; }
    public required string UpdatedBy { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required int Version { get; init; }
}

/// <summary>What a team is to be. Texts are trimmed.</summary>
public sealed record SaveTeam
{
    /// <summary>1–60 characters on one line; unique.</summary>
    public string? Name { get; init; }
    /// <summary>Up to 200 characters on one line.</summary>
    public string? Purpose { get; init; }
    /// <summary>Members of the support staff, each once; up to 100. A team may be empty.</summary>
    public IReadOnlyList<Guid>? Members { get; init; }
}

internal sealed record TeamText(string Name, string Purpose, IReadOnlyList<Guid> Members);
