using System.Globalization;

namespace SecureBase.Portal.Support.Reports;

/// <summary>One row of values in a chart; null where there is nothing to show.</summary>
/// <param name="Tone">The name of its colour, see reports.css.</param>
/// <param name="Format">How a value is written; as the chart writes its own without it.</param>
public sealed record ReportSeries(string Name, string Tone, IReadOnlyList<double?> Values, Func<double, string>? Format = null);

/// <summary>The geometry of a chart in a box of 100 by 100: zero at the bottom, round numbers at the rules.</summary>
internal sealed class ReportDrawing
{
    // Steps of length that people count in: minutes, quarters of an hour, hours, days.
    private static readonly double[] LengthSteps = [15, 30, 60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 1_728_000, 4_320_000, 8_640_000, 17_280_000];

    private static readonly double[] CountSteps = [1, 2, 5, 10];

    private readonly IReadOnlyList<ReportSeries> _series;
    private readonly int _count;

    /// <param name="stacked">Bars stand on each other; otherwise the series are lines.</param>
    internal ReportDrawing(IReadOnlyList<ReportSeries> series, bool stacked, bool isLength)
    {
        _series = series;
        _count = series.Count == 0 ? 0 : series[0].Values.Count;
        var highest = stacked
            ? Enumerable.Range(0, _count).Select(i => series.Sum(s => s.Values[i] ?? 0)).DefaultIfEmpty().Max()
            : series.SelectMany(s => s.Values).Max() ?? 0;
        var step = Step(highest, isLength);
        Top = Math.Max(step, Math.Ceiling(highest / step) * step);
        Rules = [.. Enumerable.Range(0, (int)Math.Round(Top / step) + 1).Select(i => (100 - (i * step / Top * 100), i * step))];
    }

    /// <summary>The value at the upper edge.</summary>
    internal double Top { get; }

    /// <summary>Where the rules lie, from the bottom, and what they stand for.</summary>
    internal IReadOnlyList<(double At, double Value)> Rules { get; }

    /// <summary>The columns over which the values stand.</summary>
    internal IEnumerable<(int Index, double X, double Width)> Slots() => Enumerable.Range(0, _count).Select(i => (i, i * 100d / _count, 100d / _count));

    /// <summary>Stacked bars, from the bottom.</summary>
    internal IEnumerable<(ReportSeries Series, double X, double Y, double Width, double Height)> Bars()
    {
        var slot = 100d / Math.Max(1, _count);
        for (var i = 0; i < _count; i++)
        {
            var below = 0d;
            foreach (var series in _series)
            {
                var value = series.Values[i] ?? 0;
                if (value <= 0)
                    continue;
                yield return (series, (i * slot) + (slot * .14), 100 - ((below + value) / Top * 100), slot * .72, value / Top * 100);
                below += value;
            }
        }
    }

    /// <summary>The stretches of a line between its gaps; a point by itself is drawn by <see cref="Points"/>.</summary>
    internal IEnumerable<string> Lines(ReportSeries series)
    {
        List<string> stretch = [];
        for (var i = 0; i <= _count; i++)
        {
            if (i < _count && series.Values[i] is { } value)
            {
                stretch.Add(string.Create(CultureInfo.InvariantCulture, $"{Middle(i):0.##},{Height(value):0.##}"));
                continue;
            }
            if (stretch.Count > 1)
                yield return string.Join(' ', stretch);
            stretch.Clear();
        }
    }

    internal IEnumerable<(double X, double Y)> Points(ReportSeries series)
    {
        for (var i = 0; i < _count; i++)
        {
            if (series.Values[i] is { } value)
                yield return (Middle(i), Height(value));
        }
    }

    /// <summary>The places below the axis that are named: the first, the last and some between, far enough apart to be read.</summary>
    internal IEnumerable<(int Index, double At)> Names()
    {
        var every = Math.Max(1, (int)Math.Ceiling(_count / 6d));
        for (var i = 0; i < _count; i += every)
            yield return (i, Middle(i));
    }

    internal static string Css(string property, double percent) => string.Create(CultureInfo.InvariantCulture, $"{property}:{percent:0.##}%");

    internal static string Place(double at) => at.ToString("0.##", CultureInfo.InvariantCulture);

    private double Middle(int index) => (index + .5) * 100 / _count;

    private double Height(double value) => 100 - (value / Top * 100);

    private static double Step(double highest, bool isLength)
    {
        var rough = highest / 4;
        if (isLength)
            return LengthSteps.FirstOrDefault(s => s >= rough, Math.Ceiling(rough / LengthSteps[^1]) * LengthSteps[^1]);
        if (rough <= 1)
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return CountSteps.Select(m => m * power).First(s => s >= rough);
    }
}
