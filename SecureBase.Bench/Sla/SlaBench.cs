using System.Diagnostics;
using System.Globalization;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Bench.Sla;

/// <summary>How many tickets' ledgers one core computes anew in a second: lives of up to forty days and thirty events, in five zones with business hours and holidays.</summary>
internal static class SlaBench
{
    private const int Tickets = 50_000;
    private const int Rounds = 5;

    /// <summary>A million tickets a minute.</summary>
    private const double Wanted = 1_000_000 / 60.0;

    public static Task RunAsync(CancellationToken ct)
    {
        var lives = Lives();
        List<double> rates = [];
        // The first round also works out the calendars' years.
        for (var round = -1; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var clocks = 0;
            foreach (var (terms, events, now) in lives)
                clocks += SlaLedger.Clocks(terms, TicketPriority.Medium, events, now).Count;
            if (clocks < 2 * Tickets)
                throw new InvalidOperationException("A ticket has two clocks at least.");
            if (round >= 0)
                rates.Add(Tickets / Stopwatch.GetElapsedTime(started).TotalSeconds);
            ct.ThrowIfCancellationRequested();
        }
        rates.Sort();
        var median = rates[rates.Count / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"sla: {median:N0} tickets a second on one core, {median / Wanted:F1} times a million a minute (aim at least 1.0); median of {Rounds} rounds of {Tickets:N0}, {rates[0]:N0} to {rates[^1]:N0}"));
        return Task.CompletedTask;
    }

    private static List<(SlaTerms[] Terms, SlaEvent[] Events, DateTimeOffset Now)> Lives()
    {
        // The same lives in each run.
        var random = new Random(20_261_122);
        var policy = new SlaPolicy(
            Enum.GetValues<TicketPriority>().ToDictionary(p => p, p => new SlaTargets(TimeSpan.FromMinutes(60 * (4 - (int)p)), TimeSpan.FromMinutes(60), TimeSpan.FromHours(16))), [TicketStatus.WaitingCustomer]);
        string[] zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"];
        var terms = zones.Select(zone => new[] { new SlaTerms(DateTimeOffset.UnixEpoch, policy, Calendar(zone)) }).ToArray();
        List<(SlaTerms[], SlaEvent[], DateTimeOffset)> lives = new(Tickets);
        for (var i = 0; i < Tickets; i++)
        {
            var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.Next(365 * 86_400));
            var events = new SlaEvent[random.Next(2, 31)];
            events[0] = new SlaEvent(at, SlaEventType.Created);
            for (var e = 1; e < events.Length; e++)
            {
                at = at.AddSeconds(random.Next(2 * 40 * 86_400 / 30));
                events[e] = random.Next(4) switch
                {
                    0 => new SlaEvent(at, SlaEventType.CustomerComment),
                    1 => new SlaEvent(at, SlaEventType.StaffReply),
                    2 => new SlaEvent(at, SlaEventType.PriorityChanged, Priority: (TicketPriority)random.Next(4)),
                    _ => new SlaEvent(at, SlaEventType.StatusChanged, (TicketStatus)random.Next(5)),
                };
            }
            lives.Add((terms[i % terms.Length], events, at.AddHours(random.Next(48))));
        }
        return lives;
    }

    private static BusinessCalendar Calendar(string zone) => new(
        TimeZoneInfo.FindSystemTimeZoneById(zone),
        [.. Enumerable.Range(1, 5).Select(day => new WeeklyHours((DayOfWeek)day, TimeSpan.FromHours(9), TimeSpan.FromHours(18)))],
        [new DateOnly(2026, 12, 25), new DateOnly(2026, 5, 1)]);
}
