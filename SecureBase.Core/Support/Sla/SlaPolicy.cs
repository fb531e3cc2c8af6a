using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Sla;

/// <summary>What is promised: a ticket's three kinds of clock.</summary>
[SnakeCaseNames]
public enum SlaMetric
{
    /// <summary>From creation to the first public reply of staff.</summary>
    FirstResponse,
    /// <summary>From a customer's message to the next public reply of staff; as many cycles as there are such messages.</summary>
    NextResponse,
    /// <summary>From creation until the ticket is resolved; goes on when it is reopened.</summary>
    Resolution,
}

/// <summary>How much counted time each clock may take.</summary>
public sealed record SlaTargets(TimeSpan FirstResponse, TimeSpan NextResponse, TimeSpan Resolution)
{
    public TimeSpan Of(SlaMetric metric) => metric switch
    {
        SlaMetric.FirstResponse => FirstResponse,
        SlaMetric.NextResponse => NextResponse,
        SlaMetric.Resolution => Resolution,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "Unknown metric"),
    };
}

/// <summary>Targets by priority, and the statuses in which the clocks that can pause do. Immutable.</summary>
/// <param name="targets">May lack priorities that no ticket under this policy takes.</param>
/// <param name="pauseIn">The first response pauses in none of them.</param>
public sealed class SlaPolicy(IReadOnlyDictionary<TicketPriority, SlaTargets> targets, IReadOnlyCollection<TicketStatus> pauseIn)
{
    /// <exception cref="KeyNotFoundException">The policy has no targets for this priority.</exception>
    public TimeSpan Target(SlaMetric metric, TicketPriority priority) => targets[priority].Of(metric);

    public bool Has(TicketPriority priority) => targets.ContainsKey(priority);

    public bool Pauses(SlaMetric metric, TicketStatus status) => metric != SlaMetric.FirstResponse && pauseIn.Contains(status);
}

/// <summary>What holds for a ticket from an instant on, until the next terms do.</summary>
public sealed record SlaTerms(DateTimeOffset From, SlaPolicy Policy, BusinessCalendar Calendar)
{
    /// <summary>For people, such as <c>Healthcare, version 3</c>; null for a policy that is only tried.</summary>
    public string? PolicyVersion { get; init; }

    /// <inheritdoc cref="PolicyVersion"/>
    public string? CalendarVersion { get; init; }
}
