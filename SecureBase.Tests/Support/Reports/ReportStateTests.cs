using Microsoft.AspNetCore.WebUtilities;
using SecureBase.Core.Support.Reports;
using SecureBase.Portal.Support.Reports;

namespace SecureBase.Tests.Support.Reports;

public sealed class ReportStateTests
{
    private static readonly DateOnly Today = new(2036, 3, 4);

    [Theory]
    [InlineData("/reports")]
    [InlineData("/reports?period=year")]
    [InlineData("/reports?from=2036-01-01&to=2036-02-01&tenant=acme,globex&plan=standard,fintech&category=billing&agent=none&by=week")]
    [InlineData("/reports?agent=0198c0de-0000-7000-8000-000000000001&by=agent")]
    public void Address_SurvivesParsing(string url)
    {
        Assert.Equal(url, Parse(url).Url);
        Assert.Equal(url.Replace("/reports", "/reports/export", StringComparison.Ordinal), Parse(url).Export);
    }

    [Theory]
    [InlineData("?period=century&by=colour&from=soon&to=0001-01-01&agent=me&plan=gold&tenant=a%00b", "")]
    [InlineData("?from=9999-12-31", "")]
    public void HostileValues_ShowReportsNevertheless(string query, string kept) => Assert.Equal("/reports" + kept, Parse("/reports" + query).Url);

    [Theory]
    [InlineData("", "2036-02-04", "2036-03-04")]
    [InlineData("?period=week", "2036-02-27", "2036-03-04")]
    [InlineData("?to=2036-01-30", "2036-01-01", "2036-01-30")]
    [InlineData("?from=2036-03-10&to=2036-03-01", "2036-03-01", "2036-03-10")]
    [InlineData("?from=2010-01-01", "2033-03-05", "2036-03-04")]
    public void Period_IsDays_BothIncluded(string query, string from, string to)
    {
        var asked = Parse("/reports" + query).ToQuery(Today);
        Assert.Equal((DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), DateOnly.Parse(to, System.Globalization.CultureInfo.InvariantCulture)), (asked.From, asked.To));
        Assert.True(asked.To.DayNumber - asked.From.DayNumber < SupportReports.DaysMax);
    }

    [Theory]
    [InlineData(7, 8, false)]
    [InlineData(0, 1, false)]
    [InlineData(1_234, 1_500, false)]
    [InlineData(7_300, 10_800, true)]
    public void Scale_BeginsAtZero_AndEndsAtARoundValueAbove(double highest, double top, bool isLength)
    {
        var drawing = new ReportDrawing([new("one", "c1", [highest, null])], stacked: false, isLength);
        Assert.Equal(top, drawing.Top);
        Assert.Equal((100d, 0d), drawing.Rules[0]);
        Assert.Equal((0d, top), (Math.Round(drawing.Rules[^1].At, 6), drawing.Rules[^1].Value));
    }

    [Fact]
    public void Bars_StandOnEachOther_AndALineHasGapsWhereNothingIs()
    {
        var stacked = new ReportDrawing([new("met", "c1", [3, 0]), new("late", "late", [1, 4])], stacked: true, isLength: false);
        var bars = stacked.Bars().ToList();
        Assert.Equal([("met", 25d, 75d), ("late", 0d, 25d), ("late", 0d, 100d)], bars.Select(b => (b.Series.Name, b.Y, b.Height)));

        var series = new ReportSeries("median", "c1", [1, 2, null, 3, null, 2, 4]);
        var lines = new ReportDrawing([series], stacked: false, isLength: false);
        Assert.Equal(2, lines.Lines(series).Count());
        Assert.Equal(5, lines.Points(series).Count());
    }

    private static ReportState Parse(string url) => ReportState.Parse(QueryHelpers.ParseQuery(url.Contains('?', StringComparison.Ordinal) ? url[url.IndexOf('?', StringComparison.Ordinal)..] : "").ToDictionary(q => q.Key, q => (string?)q.Value.ToString()));
}
