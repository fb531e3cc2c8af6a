using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Tests.Support.Sla;

/// <summary>Hours of a weekday, in minutes since midnight.</summary>
public sealed record Hours(DayOfWeek Day, int From, int To);

/// <summary>A ticket's life under a policy and a calendar, in plain values that neither the product nor the oracle has digested.</summary>
public sealed record History
{
    public required string Zone { get; init; }
    /// <summary>Null: every instant counts.</summary>
    public required IReadOnlyList<Hours>? Week { get; init; }
    public required IReadOnlyList<DateOnly> Holidays { get; init; }
    /// <summary>Minutes, by priority and metric.</summary>
    public required IReadOnlyDictionary<(TicketPriority, SlaMetric), int> Targets { get; init; }
    public required IReadOnlyList<TicketStatus> PauseIn { get; init; }
    public required TicketPriority Priority { get; init; }
    public required IReadOnlyList<SlaEvent> Events { get; init; }
    public required DateTimeOffset Now { get; init; }

    /// <summary>As a caller of the API would send it.</summary>
    public SlaCase ToCase() => new()
    {
        Policy = new SlaPolicySpec
        {
            Targets = new SlaTargetsByPriority { Critical = Minutes(TicketPriority.Critical), High = Minutes(TicketPriority.High), Medium = Minutes(TicketPriority.Medium), Low = Minutes(TicketPriority.Low) },
            PauseIn = PauseIn,
        },
        Calendar = Week is null ? new SlaCalendarSpec { Name = "24x7" } : new SlaCalendarSpec
        {
            Week = new SlaWeek
            {
                TimeZone = Zone,
                Hours = [.. Week.Select(h => new SlaHours { Day = WireName.Of(h.Day), From = $"{h.From / 60:00}:{h.From % 60:00}", To = $"{h.To / 60:00}:{h.To % 60:00}" })],
                Holidays = [.. Holidays.Select(d => d.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))],
            },
        },
        Priority = Priority,
        Events = [.. Events.Select(e => new SlaEventSpec { At = e.At, Type = e.Type, Status = e.Status, Priority = e.Priority })],
        Now = Now,
    };

    private SlaTargetMinutes Minutes(TicketPriority priority) => new()
    {
        FirstResponse = Targets[(priority, SlaMetric.FirstResponse)], NextResponse = Targets[(priority, SlaMetric.NextResponse)], Resolution = Targets[(priority, SlaMetric.Resolution)],
    };
}
