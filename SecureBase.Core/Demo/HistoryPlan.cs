using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Demo;

/// <summary>
/// A year of tickets up to a given moment: most of them done, the last ones in every state a desk knows. The same moment
/// and seed make the same history.
/// </summary>
internal sealed class HistoryPlan
{
    // A limited plan keeps room in each month, so that a visitor can open a ticket too.
    private const int RoomInMonth = 2;

    private static readonly TimeSpan SameStoryAgain = TimeSpan.FromDays(80);

    private readonly DemoOrganisation _organisation;
    private readonly DateTimeOffset _now;
    private readonly ulong _seed;
    private readonly DemoRandom _random;
    private readonly TicketWriter _writer;
    private readonly WorkingHours _office;
    private readonly Satisfaction _satisfaction;
    private readonly Story[] _stories;
    private readonly HashSet<string> _unfinished;
    private readonly List<PlannedTicket> _tickets = [];
    private readonly Dictionary<string, List<DateTimeOffset>> _told = [];
    private readonly HashSet<string> _subjects = [];
    private readonly HashSet<DateTimeOffset> _openings = [];

    private HistoryPlan(DemoOrganisation organisation, IReadOnlyList<Story> stories, HashSet<string> unfinished, DateTimeOffset now, ulong seed)
    {
        _unfinished = unfinished;
        _organisation = organisation;
        _now = now;
        _seed = seed;
        _random = DemoRandom.For(seed, organisation.Slug);
        _writer = new TicketWriter(organisation, DemoOrganisations.Operator.People);
        _office = new WorkingHours(organisation.Zone, new TimeOnly(8, 0), new TimeOnly(18, 30));
        _satisfaction = new Satisfaction(now);
        _stories = [.. stories.Where(s => s.FitsTenant(organisation.Slug))];
    }

    /// <summary>The history of all customers. No story is unfinished at two of them at once.</summary>
    /// <returns>Each organisation's tickets by opening, oldest first.</returns>
    public static IReadOnlyDictionary<DemoOrganisation, IReadOnlyList<PlannedTicket>> Make(IReadOnlyList<Story> stories, DateTimeOffset now, ulong seed)
    {
        var unfinished = new HashSet<string>();
        var histories = new Dictionary<DemoOrganisation, IReadOnlyList<PlannedTicket>>();
        // The fewest fit the smallest, so it chooses first.
        foreach (var organisation in DemoOrganisations.Customers.OrderBy(o => o.Tickets))
        {
            var plan = new HistoryPlan(organisation, stories, unfinished, now, seed);
            plan.AddOpen();
            plan.AddDone();
            histories[organisation] = [.. plan._tickets.OrderBy(t => t.OpenedAt)];
        }

        return histories;
    }

    private void AddOpen()
    {
        var mix = _organisation.Open;
        for (var i = 0; i < mix.Fresh; i++)
            AddFresh(i);
        Add(mix.Reopened, 40, 480, (story, steps) => story.StatusAfter(steps) == TicketStatus.Open && story.StatusAfter(steps - 1) == TicketStatus.Resolved);
        Add(mix.InProgress, 15, 700, (story, steps) => story.Steps[steps - 1].Status == TicketStatus.InProgress && story.Priority != TicketPriority.Critical);
        Add(mix.Waiting, 90, 4_000, (story, steps) => story.Steps[steps - 1].Status == TicketStatus.WaitingCustomer && story.Priority != TicketPriority.Critical);
        Add(mix.Answered, 8, 150, (story, steps) => story.Steps[steps - 1].Voice is StoryVoice.Customer or StoryVoice.Colleague
            && story.StatusAfter(steps) == TicketStatus.Open && story.StatusAfter(steps - 1) != TicketStatus.Resolved && steps < story.Steps.Count);

        void Add(int count, int youngest, int oldest, Func<Story, int, bool> ends)
        {
            for (var i = 0; i < count; i++)
                AddUnfinished(TimeSpan.FromMinutes(_random.Between((double)youngest, oldest)), ends);
        }
    }

    // Opened within the last hours, so at whatever hour that is: outside office hours only what cannot wait.
    private void AddFresh(int index)
    {
        var opened = Whole(_now - TimeSpan.FromMinutes(_random.Between(6.0, 24.0) + index * _random.Between(25.0, 60.0)));
        var story = _random.Shuffle(_stories).First(s => (s.AtAnyHour || _office.IsOpen(opened)) && HasRoom(s, opened) && !_unfinished.Contains(s.Key));
        _unfinished.Add(story.Key);
        Accept(_writer.Write(story, 0, opened, NextSeed()));
    }

    private void AddUnfinished(TimeSpan age, Func<Story, int, bool> ends)
    {
        foreach (var story in _random.Shuffle(_stories))
        {
            var cuts = Enumerable.Range(1, story.Steps.Count).Where(steps => ends(story, steps)).ToArray();
            if (cuts.Length == 0 || _unfinished.Contains(story.Key))
                continue;
            if (EndingAt(_now - age, story, _random.Pick(cuts), NextSeed()) is { } ticket && Accept(ticket))
            {
                _unfinished.Add(story.Key);
                return;
            }
        }

        throw new InvalidOperationException($"No story is left for an open ticket of {_organisation.Slug}.");
    }

    // People's hours make the length of a story depend on its start, so the start is found by trying.
    private PlannedTicket? EndingAt(DateTimeOffset end, Story story, int steps, ulong seed)
    {
        var opened = end;
        PlannedTicket? best = null;
        for (var i = 0; i < 12; i++)
        {
            var ticket = _writer.Write(story, steps, opened, seed);
            if (ticket.LastActivityAt <= end && (best is null || ticket.LastActivityAt > best.LastActivityAt))
                best = ticket;
            var off = ticket.LastActivityAt - end;
            if (best is not null && off.Duration() < TimeSpan.FromMinutes(5))
                break;
            opened = Whole(opened - (off > TimeSpan.Zero ? off : off / 2));
            if (!story.AtAnyHour && !_office.IsOpen(opened))
                opened = Whole(LastOffice(opened));
        }

        return best is not null && HasRoom(story, best.OpenedAt) ? best : null;
    }

    private void AddDone()
    {
        var arrivals = new Arrivals(_organisation, _now);
        while (_tickets.Count < _organisation.Tickets)
        {
            var opened = arrivals.Next(_random, IsFull);
            foreach (var story in ByLikelihood(opened))
            {
                var seed = NextSeed();
                var ticket = _writer.Write(story, story.Steps.Count, opened, seed);
                if (ticket.LastActivityAt <= _now - TimeSpan.FromMinutes(20) && Accept(_satisfaction.Of(ClosedBySilence(ticket), seed)))
                    break;
            }
        }
    }

    private IEnumerable<Story> ByLikelihood(DateTimeOffset opened)
    {
        var day = TimeZoneInfo.ConvertTime(opened, _organisation.Zone).DateTime;
        var stories = _stories.Where(s => (s.AtAnyHour || _office.IsOpen(opened)) && HasRoom(s, opened) && !TellsSoon(s, opened)).ToList();
        while (stories.Count > 0)
        {
            var next = stories[_random.PickWeighted([.. stories.Select(s => InSeason(s, day) / (1 + 3 * _told.GetValueOrDefault(s.Key, []).Count))])];
            stories.Remove(next);
            yield return next;
        }
    }

    private bool TellsSoon(Story story, DateTimeOffset at) =>
        _told.TryGetValue(story.Key, out var times) && times.Exists(t => (t - at).Duration() < SameStoryAgain);

    private static double InSeason(Story story, DateTime day)
    {
        var fits = story.Season switch
        {
            StorySeason.MonthStart => day.Day is >= 2 and <= 9,
            StorySeason.MonthEnd => day.Day >= 23,
            StorySeason.QuarterStart => day.Month % 3 == 1,
            _ => true,
        };
        return story.Season == StorySeason.Any ? 1 : fits ? 3 : 0.02;
    }

    private bool Accept(PlannedTicket ticket)
    {
        if (_subjects.Contains(ticket.Subject) || _openings.Contains(ticket.OpenedAt))
            return false;
        _tickets.Add(ticket);
        _subjects.Add(ticket.Subject);
        _openings.Add(ticket.OpenedAt);
        if (!_told.TryGetValue(ticket.StoryKey, out var times))
            _told[ticket.StoryKey] = times = [];
        times.Add(ticket.OpenedAt);
        return true;
    }

    private PlannedTicket ClosedBySilence(PlannedTicket ticket)
    {
        if (ticket.Acts[^1] is not PlannedAct.Comment { Status: TicketStatus.Resolved } end)
            return ticket;
        var closes = Whole(end.At + Ticket.SilenceBeforeClosing + TimeSpan.FromMinutes(_random.Between(1.0, 14.0)));
        return closes >= _now ? ticket : ticket with { Acts = [.. ticket.Acts, new PlannedAct.SetStatus(closes, null, TicketStatus.Closed)] };
    }

    private bool HasRoom(Story story, DateTimeOffset opened) =>
        story.Priority == TicketPriority.Critical || story.Category == TicketCategory.Security
        || !IsFull(TimeZoneInfo.ConvertTime(opened, _organisation.Zone).DateTime);

    private bool IsFull(DateTime day) =>
        PlanLimits.Of(_organisation.Plan).TicketsPerMonth is { } limit
        && _tickets.Count(t => t.CountsAgainstQuota && TimeZoneInfo.ConvertTime(t.OpenedAt, _organisation.Zone).DateTime is var local && local.Year == day.Year && local.Month == day.Month) >= limit - RoomInMonth;

    private DateTimeOffset LastOffice(DateTimeOffset before)
    {
        var at = before;
        while (!_office.IsOpen(at))
            at -= TimeSpan.FromMinutes(20);
        return at;
    }

    private ulong NextSeed() => _seed ^ _random.Next();

    private static DateTimeOffset Whole(DateTimeOffset at) => new(at.Ticks - at.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
