using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using Xunit.Abstractions;

namespace SecureBase.Tests.Support.Sla;

/// <summary>
/// The ledger against <see cref="SlaOracle"/>: zones with every kind of change there is (an hour, half an hour, two hours, twice for a
/// month of fasting, winter time as the exception, a day left out), on a grid of minutes and on one of seconds. No difference is allowed.
/// </summary>
public sealed class SlaOracleTests(ITestOutputHelper output)
{
    private const int HistoriesByMinute = 260;
    private const int HistoriesBySecond = 6;

    public static TheoryData<string, int> Zones => new()
    {
        { "Etc/UTC", 2026 }, { "Europe/Berlin", 2026 }, { "Europe/London", 2026 }, { "Europe/Dublin", 2026 }, { "America/New_York", 2026 },
        { "America/St_Johns", 2026 }, { "America/Sao_Paulo", 2018 }, { "America/Santiago", 2026 }, { "America/Havana", 2026 }, { "Africa/Cairo", 2026 },
        { "Africa/Casablanca", 2026 }, { "Asia/Tehran", 2021 }, { "Asia/Kolkata", 2026 }, { "Asia/Kathmandu", 2026 }, { "Asia/Beirut", 2026 },
        { "Australia/Lord_Howe", 2026 }, { "Australia/Adelaide", 2026 }, { "Pacific/Chatham", 2026 }, { "Pacific/Apia", 2011 }, { "Antarctica/Troll", 2026 },
    };

    [Theory]
    [MemberData(nameof(Zones))]
    public void Ledger_AgreesWithTheOracle_MinuteByMinute(string zoneId, int year)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var step = TimeSpan.FromMinutes(1);
        var histories = new RandomHistories(zoneId.Length * 7919, zone, year);
        var times = new LocalTimes(zone, new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc), step, 500 * 24 * 60);
        var (clocks, changed) = Compare(histories, HistoriesByMinute, () => histories.Next(step, TimeSpan.FromHours(40), targetMax: 3_000), _ => times, step);
        // Lives in which something happens.
        Assert.True(clocks > HistoriesByMinute * 2);
        Assert.True(changed > HistoriesByMinute / 20);
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void Ledger_AgreesWithTheOracle_SecondBySecond(string zoneId, int year)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var step = TimeSpan.FromSeconds(1);
        var histories = new RandomHistories(zoneId.Length * 104_729, zone, year);
        Compare(histories, HistoriesBySecond, () => histories.Next(step, TimeSpan.FromHours(3), targetMax: 400),
            history => new LocalTimes(zone, history.Events[0].At.UtcDateTime, step, 7 * 24 * 60 * 60), step);
    }

    private (int Clocks, int Changed) Compare(RandomHistories histories, int count, Func<History> next, Func<History, LocalTimes> times, TimeSpan step)
    {
        var simulator = new SlaSimulator(TimeProvider.System);
        var (clocks, segments, changed) = (0, 0, 0);
        for (var i = 0; i < count; i++)
        {
            var history = next();
            var answer = simulator.Run(history.ToCase());
            Assert.True(answer.IsSuccess, answer.Error?.Message);
            var views = history.Second is { } second ? UnderBoth(history, second) : answer.Value.Clocks;
            var expected = new SlaOracle(history, times(history), step).Clocks();
            var found = views.Select(SlaOracle.Line).ToList();
            Assert.True(expected.SequenceEqual(found),
                $"History {i}:\n{JsonSerializer.Serialize(history.ToCase(), WireJson.Options)}\nthen {JsonSerializer.Serialize(Then(history), WireJson.Options)}\nexpected\n{string.Join('\n', expected)}\nfound\n{string.Join('\n', found)}");
            clocks += found.Count;
            segments += views.Sum(c => c.Segments.Count);
            changed += history.Second is { } later && later.From > history.Events[0].At && later.From <= history.Now ? 1 : 0;
        }
        output.WriteLine($"{count} histories, {clocks} clocks, {segments} segments, {changed} with new terms on the way, {histories.Changes.Count} changes of offset in the year");
        return (clocks, changed);
    }

    private static IReadOnlyList<SlaClockView> UnderBoth(History history, Agreement second) =>
        [.. SlaLedger.Clocks([Terms(history.First, history.Zone), Terms(second, history.Zone)], history.Priority, history.Events, history.Now).Select(SlaClockView.Of)];

    private static SlaTerms Terms(Agreement agreed, string zone)
    {
        List<FieldError> errors = [];
        var (policy, calendar) = (SlaRules.Policy(agreed.ToPolicy(), Enum.GetValues<TicketPriority>(), errors), SlaRules.Calendar(agreed.ToCalendar(zone), errors));
        Assert.Empty(errors);
        return new SlaTerms(agreed.From, policy!, calendar!);
    }

    private static object? Then(History history) =>
        history.Second is { } second ? new { second.From, Policy = second.ToPolicy(), Calendar = second.ToCalendar(history.Zone) } : null;
}
