using System.Globalization;
using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Sla;

namespace SecureBase.Portal.Support.Reports;

/// <summary>How the support does, over all tenants. All state is in the address.</summary>
public sealed partial class ReportsPage(SupportReports reports, StaffQueue queue, StaffDirectory staff, TimeProvider clock, NavigationManager navigation) : IDisposable
{
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("Filter", "F"), new("All shortcuts", "?")];

    private readonly Leaving _leaving = new();
    private ReportState _state = new();
    private IReadOnlyList<TenantInfo> _tenants = [];
    private IReadOnlyList<PersonRef> _staff = [];
    private DateOnly? _from;
    private DateOnly? _to;
    private Error? _error;

    /// <summary>What the first, static render showed, so that the circuit starts with it.</summary>
    [PersistentState]
    public Shown? Carried
    {
        get => RendererInfo.IsInteractive ? Known : Handover.IfSmall(Known);
        set => Known ??= value;
    }

    private Shown? Known { get; set; }

    [SupplyParameterFromQuery(Name = "period")] private string? Period { get; set; }
    [SupplyParameterFromQuery(Name = "from")] private string? From { get; set; }
    [SupplyParameterFromQuery(Name = "to")] private string? To { get; set; }
    [SupplyParameterFromQuery(Name = "tenant")] private string? Tenant { get; set; }
    [SupplyParameterFromQuery(Name = "plan")] private string? PlanNames { get; set; }
    [SupplyParameterFromQuery(Name = "category")] private string? Category { get; set; }
    [SupplyParameterFromQuery(Name = "agent")] private string? Agent { get; set; }
    [SupplyParameterFromQuery(Name = "by")] private string? By { get; set; }

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private IReadOnlyList<string> TenantWords => [.. _state.Tenants.Select(slug => _tenants.FirstOrDefault(t => t.Slug == slug)?.Name ?? slug)];

    private IReadOnlyList<string> AgentWords => _state.AgentId switch
    {
        null => [],
        { } id when id == Guid.Empty => ["unassigned"],
        { } id => [_staff.FirstOrDefault(p => p.Id == id)?.Name ?? "former member"],
    };

    private IReadOnlyList<UnderlineTabs.Tab> Tabs =>
    [
        .. new[] { ReportDimension.Tenant, ReportDimension.Plan, ReportDimension.Category, ReportDimension.Agent, ReportDimension.Day, ReportDimension.Week, ReportDimension.Month }
            .Select(by => new UnderlineTabs.Tab(by == ReportDimension.Week ? "Week" : ReportWords.Name(by), Link(s => s with { By = by }), _state.By == by, null)),
    ];

    protected override async Task OnParametersSetAsync()
    {
        _state = ReportState.Parse(new Dictionary<string, string?>
        {
            ["period"] = Period, ["from"] = From, ["to"] = To, ["tenant"] = Tenant, ["plan"] = PlanNames, ["category"] = Category, ["agent"] = Agent, ["by"] = By,
        });
        (_from, _to) = (_state.From, _state.To);
        if (_tenants.Count == 0 && await queue.TenantsAsync(_leaving.Token) is { IsSuccess: true, Value: var tenants })
            _tenants = tenants;
        if (_staff.Count == 0)
            _staff = await staff.ListAsync(_leaving.Token);
        if (Known?.Url != _state.Url || _error is not null)
            await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var state = _state;
        var query = state.ToQuery(Today);
        var time = await reports.ReadAsync(query, ReportState.Grain(query), _leaving.Token);
        var agents = await reports.ReadAsync(query, ReportDimension.Agent, _leaving.Token);
        var lines = state.By == ReportDimension.Agent ? agents : await reports.ReadAsync(query, state.By, _leaving.Token);
        if (state.Url != _state.Url)
            return;
        _error = time.Error ?? agents.Error ?? lines.Error;
        if (_error is null)
            Known = new Shown(state.Url, time.Value, agents.Value, lines.Value);
    }

    private ReportSeries Of(string name, string tone, Func<ReportLine, double?> value, Func<double, string>? format = null) => new(name, tone, [.. Known!.OverTime.Lines.Select(value)], format);

    private static bool IsEmpty(ReportLine totals) => totals is { Opened: 0, Resolved: 0, Replies: 0, Ratings.Count: 0, Sla: { Met: 0, Breached: 0 } };

    private static string Count(double value) => value.ToString("N0", CultureInfo.GetCultureInfo("en-GB"));

    private static string Share(double share) => ReportWords.Share(share);

    private static string Length(double seconds) => seconds == 0 ? "0" : SlaWords.Length((long)seconds);

    private bool IsPeriod(ReportPeriod period) => _state.Period == period && _state.From is null && _state.To is null;

    private string? IsBusy => Known?.Url == _state.Url ? null : "true";

    private string Link(Func<ReportState, ReportState> change) => change(_state).Url;

    private void Go(Func<ReportState, ReportState> change) => navigation.NavigateTo(Link(change));

    private void ChooseDays() => Go(s => s with { From = _from, To = _to });

    /// <summary>What one address shows.</summary>
    public sealed record Shown(string Url, SupportReport OverTime, SupportReport Agents, SupportReport Lines);
}
