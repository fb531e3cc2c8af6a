using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Tests.Support.Sla;

/// <summary>Makes up tickets' lives that crowd what is hard: changes of the zone's offset, bursts within a minute, ends and beginnings of hours.</summary>
internal sealed class RandomHistories(int seed, TimeZoneInfo zone, int year)
{
    private static readonly TicketStatus[] Statuses = Enum.GetValues<TicketStatus>();
    private static readonly TicketPriority[] Priorities = Enum.GetValues<TicketPriority>();

    private readonly Random _random = new(seed);

    /// <summary>Instants of the year, to the minute, at which the zone's offset changes.</summary>
    internal IReadOnlyList<DateTime> Changes { get; } = [.. ChangesOf(zone, year)];

    /// <param name="unit">All instants lie on this grid.</param>
    /// <param name="longest">The longest time between two events.</param>
    /// <param name="targetMax">Minutes.</param>
    internal History Next(TimeSpan unit, TimeSpan longest, int targetMax)
    {
        var at = Beginning(unit);
        var events = new List<SlaEvent> { Creation(at) };
        for (var count = _random.Next(_random.Next(2) == 0 ? 6 : 25); count > 0; count--)
        {
            at += Gap(unit, longest);
            events.Add(Event(at));
        }
        return new History
        {
            Zone = zone.Id,
            First = Agree(events[0].At, at, targetMax),
            // Now and then at the instant of an event, or before them all.
            Second = _random.Next(3) > 0 ? null : Agree(_random.Next(2) == 0 ? One(events).At : events[0].At + Gap(unit, (at - events[0].At) + TimeSpan.FromHours(1)), at, targetMax),
            Priority = One(Priorities),
            Events = events,
            // Some are asked for in the middle, so that what follows has not happened yet.
            Now = _random.Next(5) == 0 ? One(events).At : at + Gap(unit, longest),
        };
    }

    private Agreement Agree(DateTimeOffset from, DateTimeOffset last, int targetMax) => new()
    {
        From = from,
        Week = _random.Next(6) == 0 ? null : Week(),
        Holidays = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => DateOnly.FromDateTime(last.UtcDateTime).AddDays(_random.Next(-6, 6)))],
        Targets = Priorities.SelectMany(p => Enum.GetValues<SlaMetric>().Select(m => (p, m))).ToDictionary(key => key, _ => 1 + _random.Next(_random.Next(2) == 0 ? 90 : targetMax)),
        PauseIn = _random.Next(4) switch { 0 => [], 1 => [.. Statuses.Where(_ => _random.Next(3) == 0)], _ => [TicketStatus.WaitingCustomer] },
    };

    private SlaEvent Creation(DateTimeOffset at) =>
        new(at, SlaEventType.Created, _random.Next(4) == 0 ? One(Statuses) : null, _random.Next(4) == 0 ? One(Priorities) : null);

    private DateTimeOffset Beginning(TimeSpan unit)
    {
        var near = Changes.Count > 0 && _random.Next(4) > 0
            ? One(Changes).AddHours(-_random.Next(72))
            : new DateTime(year, 1, 5, 0, 0, 0, DateTimeKind.Utc).AddHours(_random.Next(24 * 350));
        return new DateTimeOffset(near, TimeSpan.Zero) + (unit * _random.Next((int)(TimeSpan.FromHours(1) / unit)));
    }

    private TimeSpan Gap(TimeSpan unit, TimeSpan longest) => _random.Next(5) switch
    {
        0 => TimeSpan.Zero,
        1 => unit * _random.Next(1, 20),
        2 => TimeSpan.FromHours(1),
        3 => unit * _random.Next((int)(TimeSpan.FromHours(2) / unit)),
        _ => unit * _random.Next((int)(longest / unit)),
    };

    private SlaEvent Event(DateTimeOffset at) => _random.Next(10) switch
    {
        < 3 => new(at, SlaEventType.CustomerComment),
        < 5 => new(at, SlaEventType.StaffReply),
        < 9 => new(at, SlaEventType.StatusChanged, One(Statuses)),
        _ => new(at, SlaEventType.PriorityChanged, Priority: One(Priorities)),
    };

    private IReadOnlyList<Hours> Week() => _random.Next(4) switch
    {
        0 => [.. Enum.GetValues<DayOfWeek>().Select(day => new Hours(day, 0, 24 * 60))],
        1 => [.. Enumerable.Range(1, 5).Select(day => new Hours((DayOfWeek)day, 9 * 60, 18 * 60))],
        2 => [.. Enum.GetValues<DayOfWeek>().SelectMany(day => new[] { new Hours(day, 22 * 60, 24 * 60), new Hours(day, 0, 3 * 60) })],
        _ => [.. Enumerable.Range(0, _random.Next(4, 12)).Select(_ => Part())],
    };

    private Hours Part()
    {
        var from = _random.Next(23 * 60);
        return new Hours((DayOfWeek)_random.Next(7), from, _random.Next(3) == 0 ? 24 * 60 : _random.Next(from + 30, 24 * 60) + 1);
    }

    private T One<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    private static IEnumerable<DateTime> ChangesOf(TimeZoneInfo zone, int year)
    {
        for (var at = new DateTime(year, 1, 2, 0, 0, 0, DateTimeKind.Utc); at.Year == year; at = at.AddMinutes(30))
        {
            if (zone.GetUtcOffset(at) != zone.GetUtcOffset(at.AddMinutes(-30)))
                yield return at;
        }
    }
}
