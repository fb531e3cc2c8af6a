using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Sla;

namespace SecureBase.Portal.Support.Admin;

/// <summary>What each plan promises: read by staff, changed by leads, and tried before it is saved. The plan is in the address.</summary>
public sealed partial class SlaPolicyPage(SlaPolicyService policies, SlaSimulator simulator, Caller caller, TenantContext tenancy, TimeProvider clock, ToastService toasts) : IDisposable
{
    private readonly Leaving _leaving = new();
    private PolicyDraft _draft = new();
    private IReadOnlyList<PlanPromise> _versions = [];
    private Plan? _loaded;
    private string _tryZone = "";
    private Error? _error;
    private Error? _refused;
    private bool _busy;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "plan")]
    private string? PlanName { get; set; }

    private Plan Plan => WireName.TryParse<Plan>(PlanName, out var plan) ? plan : Plan.Standard;

    private bool MayEdit => caller.Can(SlaPermissions.Manage);

    private IReadOnlyList<UnderlineTabs.Tab> Tabs =>
        [.. Enum.GetValues<Plan>().Select(plan => new UnderlineTabs.Tab(WireName.Of(plan), $"/sla/policies?plan={WireName.Of(plan)}", plan == Plan, null))];

    private Result<IReadOnlyList<(TicketPriority Priority, DateTimeOffset? Reply, DateTimeOffset? Solved)>> Tried
    {
        get
        {
            List<(TicketPriority, DateTimeOffset?, DateTimeOffset?)> due = [];
            var now = clock.GetUtcNow();
            foreach (var priority in PolicyDraft.Priorities)
            {
                var clocks = simulator.Run(new SlaCase { Policy = _draft.Policy(), Calendar = _draft.Calendar(_tryZone), Priority = priority, Now = now, Events = [new SlaEventSpec { At = now, Type = SlaEventType.Created }] });
                if (!clocks.IsSuccess)
                    return clocks.Error;
                due.Add((priority, clocks.Value.Clocks[0].DueAt, clocks.Value.Clocks[^1].DueAt));
            }
            return Result<IReadOnlyList<(TicketPriority, DateTimeOffset?, DateTimeOffset?)>>.Success(due);
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_tryZone.Length == 0)
            _tryZone = tenancy.Tenant.TimeZone;
        if (_loaded != Plan)
            await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var plan = Plan;
        (_loaded, _refused) = (plan, null);
        var read = await policies.VersionsAsync(plan, _leaving.Token);
        if (plan != Plan)
            return;
        _error = read.Error;
        if (!read.IsSuccess)
            return;
        _versions = read.Value;
        _draft = PolicyDraft.Of(_versions[0]);
    }

    private async Task SaveAsync()
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            var saved = await policies.SaveAsync(Plan, _versions[0].Version, _draft.ToRequest(), _leaving.Token);
            _refused = saved.Error;
            if (!saved.IsSuccess)
                return;
            await LoadAsync();
            toasts.Show(new Toast($"Version {saved.Value.Version} of {WireName.Of(Plan)} holds", "Open tickets take it over within about a minute.", ToastTone.Ok));
        }
        finally
        {
            _busy = false;
        }
    }

    private void Pause(TicketStatus status, ChangeEventArgs change)
    {
        if (change.Value is true)
            _draft.PauseIn.Add(status);
        else
            _draft.PauseIn.Remove(status);
    }

    private string Time(DateTimeOffset? due) => due is { } at ? Viewer.Full(at) : "never";
}
