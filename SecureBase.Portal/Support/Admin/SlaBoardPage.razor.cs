using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support.Sla;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Sla;

namespace SecureBase.Portal.Support.Admin;

/// <summary>What is late or about to be, over all tenants, and why. Which kind of clock is in the address.</summary>
public sealed partial class SlaBoardPage(SlaBoard board) : IDisposable
{
    private readonly Leaving _leaving = new();
    private Error? _error;

    /// <summary>What the first, static render showed, so that the circuit starts with it.</summary>
    [PersistentState]
    public Shown? Carried
    {
        get => RendererInfo.IsInteractive ? Known : Handover.IfSmall(Known);
        set => Known ??= value;
    }

    private Shown? Known { get; set; }

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "clock")]
    private string? Clock { get; set; }

    private SlaMetric? Metric => WireName.TryParse<SlaMetric>(Clock, out var metric) ? metric : null;

    private IReadOnlyList<UnderlineTabs.Tab> Tabs =>
    [
        new("All clocks", "/sla", Metric is null, null),
        .. Enum.GetValues<SlaMetric>().Select(metric => new UnderlineTabs.Tab(SlaWords.Name(metric), $"/sla?clock={WireName.Of(metric)}", Metric == metric, null)),
    ];

    protected override async Task OnParametersSetAsync()
    {
        if (Known is null || Known.Metric != Metric)
            await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var metric = Metric;
        var clocks = await board.NextAsync(metric, [], _leaving.Token);
        var counts = await board.CountAsync(metric, [], _leaving.Token);
        if (metric != Metric)
            return;
        _error = clocks.Error ?? counts.Error;
        if (_error is null)
            Known = new Shown(metric, clocks.Value, counts.Value);
    }

    private Task RefreshAsync(IReadOnlyList<LiveSignal> signals) => LoadAsync();

    private string Band(BoardClock clock) => (clock.DueAt - Viewer.Now) switch
    {
        var left when left < TimeSpan.Zero => "Late",
        var left when left < SlaBoard.Soon => "Within half an hour",
        var left when left < TimeSpan.FromHours(4) => "Within four hours",
        var left when left < TimeSpan.FromDays(1) => "Within a day",
        _ => "Later",
    };

    // The sentence that a person on duty needs: which promise, since when, and what holds it up.
    private string Why(BoardClock row)
    {
        var promise = $"{WireName.Of(row.Ticket.Priority)} on {WireName.Of(row.Plan)}: {SlaWords.Length((long)row.Target.TotalSeconds)}";
        var since = row.Metric == SlaMetric.NextResponse ? $"the customer wrote {Viewer.Brief(row.StartedAt)}" : $"opened {Viewer.Brief(row.StartedAt)}";
        return $"{promise}, {since}{(row.Ticket.Assignee is null ? ", nobody has it" : "")}; due {Viewer.Brief(row.DueAt)}";
    }

    /// <summary>The clocks and their counts as read together.</summary>
    public sealed record Shown(SlaMetric? Metric, IReadOnlyList<BoardClock> Clocks, BoardCounts Counts);
}
