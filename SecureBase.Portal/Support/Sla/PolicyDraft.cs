using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Portal.Support.Sla;

/// <summary>A policy and a calendar as they stand in the form, half-written ones too.</summary>
internal sealed class PolicyDraft
{
    internal static readonly IReadOnlyList<TicketPriority> Priorities = [TicketPriority.Critical, TicketPriority.High, TicketPriority.Medium, TicketPriority.Low];

    /// <summary>The statuses a promise can pause in; in the others there is nothing left to pause.</summary>
    internal static readonly IReadOnlyList<TicketStatus> Pausing = [TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer];

    internal static readonly IReadOnlyList<DayOfWeek> Days =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    internal Dictionary<(TicketPriority, SlaMetric), string> Minutes { get; } = [];
    internal HashSet<TicketStatus> PauseIn { get; } = [];
    internal bool AroundTheClock { get; set; }
    /// <summary>Empty takes each tenant's own zone.</summary>
    internal string TimeZone { get; set; } = "";
    /// <summary>Such as <c>09:00-12:30, 13:30-18:00</c>; empty is a closed day.</summary>
    internal Dictionary<DayOfWeek, string> Hours { get; } = Days.ToDictionary(day => day, _ => "");
    /// <summary>One date a line.</summary>
    internal string Holidays { get; set; } = "";
    internal string Note { get; set; } = "";

    internal static PolicyDraft Of(PlanPromise promise)
    {
        var draft = new PolicyDraft { AroundTheClock = promise.Calendar.Week is null };
        foreach (var priority in Priorities)
        {
            var targets = Targets(promise.Policy.Targets, priority);
            draft.Minutes[(priority, SlaMetric.FirstResponse)] = Text(targets?.FirstResponse);
            draft.Minutes[(priority, SlaMetric.NextResponse)] = Text(targets?.NextResponse);
            draft.Minutes[(priority, SlaMetric.Resolution)] = Text(targets?.Resolution);
        }
        draft.PauseIn.UnionWith(promise.Policy.PauseIn ?? [TicketStatus.WaitingCustomer]);
        if (promise.Calendar.Week is { } week)
        {
            draft.TimeZone = week.TimeZone ?? "";
            draft.Holidays = string.Join('\n', week.Holidays ?? []);
            foreach (var day in (week.Hours ?? []).OfType<SlaHours>().GroupBy(h => WireName.Parse<DayOfWeek>(h.Day!)))
                draft.Hours[day.Key] = string.Join(", ", day.Select(h => $"{h.From}-{h.To}"));
        }
        return draft;
    }

    internal SavePromise ToRequest() => new() { Policy = Policy(), Calendar = Calendar(), Note = Note };

    internal SlaPolicySpec Policy() => new()
    {
        Targets = new SlaTargetsByPriority { Critical = Of(TicketPriority.Critical), High = Of(TicketPriority.High), Medium = Of(TicketPriority.Medium), Low = Of(TicketPriority.Low) },
        PauseIn = [.. PauseIn.Order()],
    };

    /// <param name="zone">What an empty <see cref="TimeZone"/> stands for; null leaves it to each tenant.</param>
    internal SlaCalendarSpec Calendar(string? zone = null) => AroundTheClock ? new SlaCalendarSpec { Name = SlaCalendarSpec.AroundTheClock } : new SlaCalendarSpec
    {
        Week = new SlaWeek
        {
            TimeZone = TimeZone.Trim() is { Length: > 0 } own ? own : zone,
            Hours = [.. Days.SelectMany(day => Split(Hours[day], ',').Select(part => Part(day, part)))],
            Holidays = Split(Holidays, '\n'),
        },
    };

    private SlaTargetMinutes Of(TicketPriority priority) => new()
    {
        FirstResponse = Number((priority, SlaMetric.FirstResponse)), NextResponse = Number((priority, SlaMetric.NextResponse)), Resolution = Number((priority, SlaMetric.Resolution)),
    };

    private int? Number((TicketPriority, SlaMetric) key) =>
        int.TryParse(Minutes[key], NumberStyles.AllowThousands | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var minutes) ? minutes : null;

    private static SlaHours Part(DayOfWeek day, string part)
    {
        var ends = part.Split(['-', '–'], 2, StringSplitOptions.TrimEntries);
        return new SlaHours { Day = WireName.Of(day), From = ends[0], To = ends.Length > 1 ? ends[1] : "" };
    }

    private static SlaTargetMinutes? Targets(SlaTargetsByPriority? targets, TicketPriority priority) => priority switch
    {
        TicketPriority.Critical => targets?.Critical,
        TicketPriority.High => targets?.High,
        TicketPriority.Medium => targets?.Medium,
        _ => targets?.Low,
    };

    private static string[] Split(string text, char separator) => text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Text(int? minutes) => minutes?.ToString(CultureInfo.InvariantCulture) ?? "";
}
