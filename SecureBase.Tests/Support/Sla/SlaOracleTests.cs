using System.Text.Json;
using SecureBase.Core.Kernel;
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
        Compare(histories, HistoriesByMinute, () => histories.Next(step, TimeSpan.FromHours(40), targetMax: 3_000), _ => times, step);
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

    private void Compare(RandomHistories histories, int count, Func<History> next, Func<History, LocalTimes> times, TimeSpan step)
    {
        var simulator = new SlaSimulator(TimeProvider.System);
        var (clocks, segments) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var history = next();
            var answer = simulator.Run(history.ToCase());
            Assert.True(answer.IsSuccess, answer.Error?.Message);
            var expected = new SlaOracle(history, times(history), step).Clocks();
            var found = answer.Value.Clocks.Select(SlaOracle.Line).ToList();
            Assert.True(expected.SequenceEqual(found),
                $"History {i}:\n{JsonSerializer.Serialize(history.ToCase(), WireJson.Options)}\nexpected\n{string.Join('\n', expected)}\nfound\n{string.Join('\n', found)}");
            clocks += found.Count;
            segments += answer.Value.Clocks.Sum(c => c.Segments.Count);
        }
        output.WriteLine($"{count} histories, {clocks} clocks, {segments} segments, {histories.Changes.Count} changes of offset in the year");
        Assert.True(clocks > count * 2);
    }
}
