using System.Globalization;
using System.Text.RegularExpressions;

namespace SecureBase.Core.Demo;

/// <summary>The people of one ticket.</summary>
/// <param name="Colleague">Somebody else of the requester's organisation, who may close tickets.</param>
/// <param name="OtherAgent">A member of staff beside the assignee.</param>
internal sealed record Cast(DemoPerson Requester, DemoPerson Colleague, DemoPerson Agent, DemoPerson OtherAgent);

/// <summary>
/// Fills the placeholders of one ticket's texts. The same placeholder means the same thing in all of them, except the ones
/// about time: those are told from the moment of writing (<c>time-20</c> minutes, <c>day+3</c>, <c>weekday+1</c>,
/// <c>date-2</c>) or of opening (<c>opened-20</c>, <c>opened-day+3</c>, <c>month-1</c>, <c>quarter</c>, <c>year</c>). Days ahead that fall on a
/// weekend mean the Monday after. <c>{{a|b}}</c> takes one of the two, <c>{{10..20}}</c> a number, <c>{{money 10..20}}</c> an amount.
/// </summary>
internal sealed partial class Wording(DemoOrganisation organisation, Cast cast, ulong seed, DateTimeOffset opened)
{
    private static readonly string[] Environments = ["prod", "prod", "prod", "staging"];

    private readonly Workload _workload = DemoRandom.For(seed, "workload").Pick(organisation.Workloads);
    private readonly string _environment = DemoRandom.For(seed, "environment").Pick(Environments);

    /// <param name="at">The moment of writing.</param>
    /// <exception cref="FormatException">The text holds a placeholder nobody knows.</exception>
    public string Fill(string text, DateTimeOffset at) => Placeholder().Replace(text, match => Value(match.Groups[1].Value, at));

    private string Value(string name, DateTimeOffset at)
    {
        if (name.Contains('|', StringComparison.Ordinal))
        {
            // Case does not count: {{two|three}} in a subject and {{Two|Three}} below it choose alike.
            return Random(name.ToLowerInvariant()).Pick(name.Split('|'));
        }

        if (Range().Match(name) is { Success: true } range)
            return Number(name, range);
        var relative = Relative().Match(name);
        return relative.Success && Moment(relative.Groups[1].Value, Offset(relative), at) is { } moment ? moment : Thing(name);
    }

    private string Number(string name, Match range)
    {
        var random = Random(name);
        if (range.Groups[1].Length == 0)
            return random.Between(Parse(range.Groups[2].Value), Parse(range.Groups[3].Value)).ToString(CultureInfo.InvariantCulture);

        var (low, high) = (Parse(range.Groups[2].Value), Parse(range.Groups[3].Value));
        // Estimates and budgets are round, reconciled differences are not.
        return high >= 300
            ? organisation.CurrencySign + (random.Between(low, high) / 10 * 10).ToString("N0", CultureInfo.InvariantCulture)
            : organisation.CurrencySign + (random.Between(low * 100, high * 100) / 100m).ToString("N2", CultureInfo.InvariantCulture);
    }

    private string? Moment(string unit, int offset, DateTimeOffset at)
    {
        var now = Local(at);
        var start = Local(opened);
        return unit switch
        {
            "time" => Clock(now.AddMinutes(offset)),
            "opened" => Clock(start.AddMinutes(offset)),
            "day" => LongDay(Shift(now, offset), now),
            "opened-day" => LongDay(Shift(start, offset), now),
            "weekday" => Shift(now, offset).ToString("dddd", CultureInfo.InvariantCulture),
            "date" => Shift(now, offset).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "month" => start.AddMonths(offset).ToString("MMMM", CultureInfo.InvariantCulture),
            "quarter" => $"Q{(start.AddMonths(3 * offset).Month + 2) / 3}",
            "year" => start.AddYears(offset).ToString("yyyy", CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    private string Thing(string name) => name switch
    {
        "workload" => _workload.Slug,
        "workload-name" => _workload.Name,
        "account-name" => $"{organisation.Slug}-{_workload.Slug}-{_environment}",
        "account" => organisation.AccountId($"{_workload.Slug}-{_environment}"),
        "account2" => organisation.AccountId("shared-services"),
        "foreign-account" => organisation.AccountId("partner"),
        "region" => Random(name).Chance(0.75) ? organisation.Regions[0] : organisation.Regions[1],
        "region2" => Thing("region") == organisation.Regions[0] ? organisation.Regions[1] : organisation.Regions[0],
        "cidr" => Cidr(name, 4),
        "cidr2" => Cidr(name, 132),
        "ip" => $"203.0.113.{Random(name).Between(4, 250)}",
        "private-ip" => $"10.{Random(name).Between(20, 90)}.{Random(name + "3").Between(0, 31)}.{Random(name + "4").Between(5, 250)}",
        "vpc" => "vpc-0" + Hex(name, 8),
        "subnet" => "subnet-0" + Hex(name, 8),
        "tgw" => "tgw-0" + Hex(name, 8),
        "sg" => "sg-0" + Hex(name, 8),
        "key" => $"{Hex(name, 8)}-{Hex(name + "b", 4)}-4{Hex(name + "c", 3)}-a{Hex(name + "d", 3)}-{Hex(name + "e", 12)}",
        "hex7" => Hex(name, 7),
        "hex8" => Hex(name, 8),
        "hex16" => Hex(name, 16),
        "change" => $"CHG-{Random(name).Between(2100, 9800)}",
        "invoice" => $"INV-{Local(opened).AddMonths(-1):yyyyMM}-{Random(organisation.Slug).Between(100, 999)}",
        "invoice2" => $"INV-{Local(opened):yyyyMM}-{Random(organisation.Slug).Between(100, 999)}",
        "org" => organisation.Name,
        "org-slug" => organisation.Slug,
        "domain" => organisation.Domain,
        "currency" => organisation.CurrencyName,
        "idp" => organisation.IdentityProvider,
        "siem" => organisation.Siem,
        "framework" => organisation.Framework,
        "requester" => cast.Requester.FirstName,
        "colleague" => cast.Colleague.FirstName,
        "agent2" => cast.OtherAgent.FirstName,
        _ => throw new FormatException($"'{name}' is no placeholder of a story."),
    };

    private string Cidr(string name, int from) => $"10.{Random(name).Between(20, 90)}.{from + 4 * Random(name + "3").Between(0, 28)}.0/22";

    private string Hex(string name, int digits) => Random(name).Next().ToString("x16", CultureInfo.InvariantCulture)[..digits];

    private DemoRandom Random(string name) => DemoRandom.For(seed, name);

    private DateTime Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, organisation.Zone).DateTime;

    private static DateTime Shift(DateTime from, int days) => days > 0 ? WorkingHours.NextWeekday(from.AddDays(days)) : from.AddDays(days);

    private static string Clock(DateTime time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string LongDay(DateTime day, DateTime now) =>
        day.ToString(Math.Abs((day - now).TotalDays) > 200 ? "d MMMM yyyy" : "d MMMM", CultureInfo.InvariantCulture);

    private static int Offset(Match relative) => relative.Groups[2].Length == 0 ? 0 : Parse(relative.Groups[2].Value);

    private static int Parse(string number) => int.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{\{([^{}]+)\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(money )?(\d+)\.\.(\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Range();

    [GeneratedRegex(@"^(opened-day|[a-z]+)([+-]\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Relative();
}
