using System.Globalization;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Sla;

/// <summary>Makes policies, calendars and events out of what was written down, and says of each field what is wrong with it.</summary>
public static class SlaRules
{
    /// <summary>Ten years.</summary>
    public const int TargetMaxMinutes = 5_256_000;
    public const int HoursMax = 50;
    public const int HolidaysMax = 1_000;
    public const int EventsMax = 10_000;

    /// <summary>How long a ticket that is tried may live.</summary>
    public static readonly TimeSpan LifeMax = TimeSpan.FromDays(3_653);

    private static readonly (TicketPriority Priority, Func<SlaTargetsByPriority, SlaTargetMinutes?> Of)[] ByPriority =
    [
        (TicketPriority.Critical, t => t.Critical), (TicketPriority.High, t => t.High), (TicketPriority.Medium, t => t.Medium), (TicketPriority.Low, t => t.Low),
    ];

    /// <returns>Null when <paramref name="errors"/> say why.</returns>
    /// <param name="needed">The priorities that must have targets.</param>
    internal static SlaPolicy? Policy(SlaPolicySpec? policy, IEnumerable<TicketPriority> needed, List<FieldError> errors)
    {
        var before = errors.Count;
        if (policy?.Targets is not { } byPriority)
        {
            errors.Add(new(policy is null ? "policy" : "policy.targets", "Say how many minutes each priority has for first_response, next_response and resolution."));
            return null;
        }
        Dictionary<TicketPriority, SlaTargets> targets = [];
        foreach (var (priority, of) in ByPriority)
        {
            var field = $"policy.targets.{WireName.Of(priority)}";
            if (of(byPriority) is { } minutes)
                targets[priority] = new(Target(minutes.FirstResponse, $"{field}.first_response", errors), Target(minutes.NextResponse, $"{field}.next_response", errors), Target(minutes.Resolution, $"{field}.resolution", errors));
            else if (needed.Contains(priority))
                errors.Add(new(field, $"A ticket takes the priority {WireName.Of(priority)}, so it needs targets."));
        }
        return errors.Count > before ? null : new SlaPolicy(targets, [.. policy.PauseIn ?? [TicketStatus.WaitingCustomer]]);
    }

    /// <inheritdoc cref="Policy"/>
    internal static BusinessCalendar? Calendar(SlaCalendarSpec? calendar, List<FieldError> errors)
    {
        if (calendar?.Week is not { } week)
        {
            if (calendar?.Name == SlaCalendarSpec.AroundTheClock)
                return BusinessCalendar.AroundTheClock;
            errors.Add(new("calendar", $"A calendar is \"{SlaCalendarSpec.AroundTheClock}\", or has a time_zone, hours and holidays."));
            return null;
        }
        var before = errors.Count;
        var zone = Zone(week.TimeZone, errors);
        var hours = Each(week.Hours, "calendar.hours", HoursMax, errors, Hours);
        if (hours.Count == 0 && errors.Count == before)
            errors.Add(new("calendar.hours", "Name at least one stretch of a day; without one no time would ever count."));
        var holidays = Each(week.Holidays, "calendar.holidays", HolidaysMax, errors, Holiday);
        return errors.Count > before ? null : new BusinessCalendar(zone!, hours, holidays);
    }

    /// <summary>The events in their order, the creation first and only once.</summary>
    internal static IReadOnlyList<SlaEvent> Events(IReadOnlyList<SlaEventSpec?>? events, List<FieldError> errors)
    {
        if (events is not { Count: > 0 })
        {
            errors.Add(new("events", "A ticket's life begins with its creation: send at least that event."));
            return [];
        }
        var before = errors.Count;
        var read = Each(events, "events", EventsMax, errors, Event);
        for (var i = 0; i < read.Count && errors.Count == before; i++)
        {
            if ((read[i].Type == SlaEventType.Created) != (i == 0))
                errors.Add(new($"events[{i}].type", i == 0 ? "The first event must be created." : "A ticket is created once: only the first event can be created."));
            else if (i > 0 && read[i].At < read[i - 1].At)
                errors.Add(new($"events[{i}].at", $"This is earlier than events[{i - 1}].at: send events in the order in which they happened."));
        }
        return read;
    }

    internal static void Now(DateTimeOffset now, IReadOnlyList<SlaEvent> events, List<FieldError> errors)
    {
        if (IsBeyondYears(now))
            errors.Add(new("now", YearsMessage));
        else if (events.Count > 0 && now - events[0].At > LifeMax)
            errors.Add(new("now", $"This is more than {LifeMax.Days:N0} days after the creation."));
    }

    private static string YearsMessage => $"Only times from {BusinessCalendar.FirstYear} to {BusinessCalendar.LastYear - 1} can be counted in.";

    private static bool IsBeyondYears(DateTimeOffset at) => at.UtcDateTime.Year is < BusinessCalendar.FirstYear or >= BusinessCalendar.LastYear;

    private static TimeSpan Target(int? minutes, string field, List<FieldError> errors)
    {
        if (minutes is null or < 1 or > TargetMaxMinutes)
            errors.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"A target is a whole number of minutes, 1 to {TargetMaxMinutes:N0}.")));
        return TimeSpan.FromMinutes(minutes ?? 0);
    }

    private static TimeZoneInfo? Zone(string? name, List<FieldError> errors)
    {
        if (name is { Length: > 0 and <= 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId)
            return zone;
        errors.Add(new("calendar.time_zone", "This is no IANA time zone, such as Europe/Berlin."));
        return null;
    }

    private static WeeklyHours Hours(SlaHours? hours, string field, List<FieldError> errors)
    {
        if (!WireName.TryParse<DayOfWeek>(hours?.Day, out var day))
            errors.Add(new($"{field}.day", $"A day is one of {string.Join(", ", WireName.All<DayOfWeek>())}."));
        var (from, to) = (TimeOfDay(hours?.From), TimeOfDay(hours?.To));
        if (from is null)
            errors.Add(new($"{field}.from", "A time of day is written like 09:00."));
        if (to is null)
            errors.Add(new($"{field}.to", "A time of day is written like 18:00; 24:00 is the end of the day."));
        if (from >= to)
            errors.Add(new($"{field}.to", "The end must be later than the beginning. What goes on after midnight belongs to the next day: write it as two."));
        return new WeeklyHours(day, from ?? default, to ?? default);
    }

    private static TimeSpan? TimeOfDay(string? text) =>
        text == "24:00" ? TimeSpan.FromDays(1)
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.ToTimeSpan()
        : null;

    private static DateOnly Holiday(string? text, string field, List<FieldError> errors)
    {
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            errors.Add(new(field, "A holiday is a date such as 2026-12-25."));
        return day;
    }

    private static SlaEvent Event(SlaEventSpec? happened, string field, List<FieldError> errors)
    {
        if (happened?.At is not { } at)
            errors.Add(new($"{field}.at", "Say when this happened, such as 2026-12-01T09:00:00Z."));
        else if (IsBeyondYears(at))
            errors.Add(new($"{field}.at", YearsMessage));
        if (happened?.Type is null)
            errors.Add(new($"{field}.type", $"An event is one of {string.Join(", ", WireName.All<SlaEventType>())}."));
        else if (happened.Type == SlaEventType.StatusChanged && happened.Status is null)
            errors.Add(new($"{field}.status", $"Say which status it took: {string.Join(", ", WireName.All<TicketStatus>())}."));
        else if (happened.Type == SlaEventType.PriorityChanged && happened.Priority is null)
            errors.Add(new($"{field}.priority", $"Say which priority it took: {string.Join(", ", WireName.All<TicketPriority>())}."));
        return new SlaEvent(happened?.At ?? default, happened?.Type ?? default, happened?.Status, happened?.Priority);
    }

    private static List<TOut> Each<TIn, TOut>(IReadOnlyList<TIn>? items, string field, int max, List<FieldError> errors, Func<TIn, string, List<FieldError>, TOut> read)
    {
        if (items?.Count > max)
        {
            errors.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"Up to {max:N0} can be given; these are {items.Count:N0}.")));
            return [];
        }
        return [.. (items ?? []).Select((item, i) => read(item, $"{field}[{i}]", errors))];
    }
}
