using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Tests.Support.Sla;

/// <summary>Hours of a weekday, in minutes since midnight.</summary>
public sealed record Hours(DayOfWeek Day, int From, int To);

/// <summary>A policy and a calendar from an instant on, in plain values that neither the product nor the oracle has digested.</summary>
public sealed record Agreement
{
    public required DateTimeOffset From { get; init; }
    /// <summary>Null: every instant counts.</summary>
    public required IReadOnlyList<Hours>? Week { get; init; }
    public required IReadOnlyList<DateOnly> Holidays { get; init; }
    /// <summary>Minutes, by priority and metric.</summary>
    public required IReadOnlyDictionary<(TicketPriority, SlaMetric), int> Targets { get; init; }
    public required IReadOnlyList<TicketStatus> PauseIn { get; init; }

    /// <summary>As a caller of the API would send it.</summary>
    public SlaPolicySpec ToPolicy() => new()
    {
        Targets = new SlaTargetsByPriority { Critical = Minutes(TicketPriority.Critical), High = Minutes(TicketPriority.High), Medium = Minutes(TicketPriority.Medium), Low = Minutes(TicketPriority.Low) },
        PauseIn = PauseIn,
    };

    /// <inheritdoc cref="ToPolicy"/>
    public SlaCalendarSpec ToCalendar(string zone) => Week is null ? new SlaCalendarSpec { Name = "24x7" } : new SlaCalendarSpec
    {
        Week = new SlaWeek
        {
            TimeZone = zone,
            Hours = [.. Week.Select(h => new SlaHours { Day = WireName.Of(h.Day), From = $"{h.From / 60:00}:{h.From % 60:00}", To = $"{h.To / 60:00}:{h.To % 60:00}" })],
            Holidays = [.. Holidays.Select(d => d.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))],
        },
    };

    private SlaTargetMinutes Minutes(TicketPriority priority) => new()
    {
        FirstResponse = Targets[(priority, SlaMetric.FirstResponse)], NextResponse = Targets[(priority, SlaMetric.NextResponse)], Resolution = Targets[(priority, SlaMetric.Resolution)],
    };
}

/// <summary>A ticket's life under what was agreed, in plain values as well.</summary>
public sealed record History
{
    public required string Zone { get; init; }
    /// <summary>What holds from the beginning on.</summary>
    public required Agreement First { get; init; }
    /// <summary>What holds from some instant on instead; null: the first all the time.</summary>
    public required Agreement? Second { get; init; }
    public required TicketPriority Priority { get; init; }
    public required IReadOnlyList<SlaEvent> Events { get; init; }
    public required DateTimeOffset Now { get; init; }

    /// <summary>As a caller of the API would send it, who can only send the first agreement.</summary>
    public SlaCase ToCase() => new()
    {
        Policy = First.ToPolicy(),
        Calendar = First.ToCalendar(Zone),
        Priority = Priority,
        Events = [.. Events.Select(e => new SlaEventSpec { At = e.At, Type = e.Type, Status = e.Status, Priority = e.Priority })],
        Now = Now,
    };
}
