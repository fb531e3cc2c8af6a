using SecureBase.Core.Support;

namespace SecureBase.Core.Demo;

/// <summary>Who speaks or acts in a step of a story.</summary>
internal enum StoryVoice
{
    /// <summary>The person who opened the ticket.</summary>
    Customer,
    /// <summary>Somebody else of the same organisation.</summary>
    Colleague,
    /// <summary>The member of staff the ticket is assigned to.</summary>
    Staff,
    /// <summary>The same, to staff only.</summary>
    Note,
    /// <summary>A manager of the organisation closes the ticket.</summary>
    Close,
}

/// <summary>When in the year a story is likely to happen.</summary>
internal enum StorySeason { Any, MonthStart, MonthEnd, QuarterStart }

/// <summary>When a step happens: some time after the one before it, or at a wall-clock time some days after the opening.</summary>
/// <param name="Delay">Nominal; the plan stretches it to people's working hours and to the support plan's promises.</param>
/// <param name="Day">Days after the opening, moved to Monday when that is a weekend; null for a plain delay.</param>
/// <param name="Time">Local wall-clock time on <paramref name="Day"/>.</param>
internal readonly record struct StoryMoment(TimeSpan Delay, int? Day, TimeOnly Time);

/// <summary>One message or act that follows the opening of a ticket.</summary>
internal sealed record StoryStep
{
    public required StoryVoice Voice { get; init; }
    public required StoryMoment When { get; init; }
    /// <summary>The status the ticket takes with a staff reply; null leaves it to the rules.</summary>
    public TicketStatus? Status { get; init; }
    /// <summary>Markdown with placeholders (see <see cref="Wording"/>); null only for <see cref="StoryVoice.Close"/>.</summary>
    public string? Body { get; init; }
}

/// <summary>A ticket's life as it could happen at several organisations: texts with placeholders and a sequence of steps.</summary>
internal sealed record Story
{
    public required string Key { get; init; }
    /// <summary>Alternatives; one is taken.</summary>
    public required IReadOnlyList<string> Subjects { get; init; }
    public required TicketCategory Category { get; init; }
    public required TicketPriority Priority { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    /// <summary>Slugs of the organisations it can happen to; empty means any.</summary>
    public required IReadOnlyList<string> Tenants { get; init; }
    /// <summary>True when somebody would open it at night or on a Sunday.</summary>
    public required bool AtAnyHour { get; init; }
    public required StorySeason Season { get; init; }
    public required string Description { get; init; }
    public required IReadOnlyList<StoryStep> Steps { get; init; }

    public bool FitsTenant(string slug) => Tenants.Count == 0 || Tenants.Contains(slug);

    /// <summary>The status after the first <paramref name="steps"/> steps, by the rules of the support desk.</summary>
    public TicketStatus StatusAfter(int steps)
    {
        var status = TicketStatus.Open;
        foreach (var step in Steps.Take(steps))
        {
            status = step.Voice switch
            {
                StoryVoice.Close => TicketStatus.Closed,
                StoryVoice.Staff => step.Status ?? status,
                StoryVoice.Customer or StoryVoice.Colleague when status is TicketStatus.WaitingCustomer or TicketStatus.Resolved => TicketStatus.Open,
                _ => status,
            };
        }

        return status;
    }
}
