using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Tenants.Admin;

/// <summary>All customers with their health at a glance. All list state is in the address.</summary>
public sealed partial class TenantsPage(TenantOverview overview, Caller caller, TimeProvider clock, NavigationManager navigation) : IDisposable
{
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("New tenant", "C"), .. ShortcutSheet.Everywhere];
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    private readonly Leaving _leaving = new();
    private TenantListState _state = new();
    private string? _text;
    private Error? _error;
    private ITimer? _look;

    /// <summary>What the first, static render showed, so that the circuit starts with it.</summary>
    [PersistentState]
    public Shown? Carried
    {
        get => RendererInfo.IsInteractive ? Known : Handover.IfSmall(Known);
        set => Known ??= value;
    }

    private Shown? Known { get; set; }

    [SupplyParameterFromQuery(Name = "view")] private string? View { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "plan")] private string? Plans { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private string? PageNumber { get; set; }

    private bool CanManage => caller.Can(TenantPermissions.Manage);

    private IReadOnlyList<UnderlineTabs.Tab> Tabs =>
    [
        Tab("All", TenantListView.All, Known?.Counts.All),
        Tab("Needs attention", TenantListView.Attention, Known?.Counts.Attention),
        Tab("Suspended", TenantListView.Suspended, Known?.Counts.Suspended),
        Tab("Leaving", TenantListView.Leaving, Known?.Counts.Leaving),
        Tab("Off-boarded", TenantListView.OffBoarded, Known?.Counts.OffBoarded),
    ];

    private string EmptyTitle => _state.View switch
    {
        TenantListView.Attention => "No tenant needs attention",
        TenantListView.Suspended => "No tenant is suspended",
        TenantListView.Leaving => "No tenant is leaving",
        TenantListView.OffBoarded => "No tenant was off-boarded",
        _ => "There is no tenant yet",
    };

    protected override void OnInitialized()
    {
        // Health changes without a signal of its own.
        if (RendererInfo.IsInteractive)
            _look = clock.CreateTimer(_ => _ = InvokeAsync(LookAsync), null, Look, Look);
    }

    protected override async Task OnParametersSetAsync()
    {
        _state = TenantListState.Parse(View, Text, Plans, Sort, PageNumber);
        _text = _state.Text;
        if (Known?.Url != _state.Url)
            await LoadAsync();
    }

    public void Dispose()
    {
        _look?.Dispose();
        _leaving.Dispose();
    }

    private async Task LookAsync()
    {
        try
        {
            await LoadAsync();
            StateHasChanged();
        }
        catch (OperationCanceledException)
        {
            // The page went away meanwhile.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    private async Task LoadAsync()
    {
        var state = _state;
        var page = await overview.ListAsync(state.ToQuery(), _leaving.Token);
        var counts = await overview.CountAsync(_leaving.Token);
        if (state != _state)
            return;
        _error = page.Error ?? counts.Error;
        if (_error is null)
            Known = new Shown(state.Url, page.Value, counts.Value);
    }

    private UnderlineTabs.Tab Tab(string label, TenantListView view, int? count) => new(label, (_state with { View = view, Page = 1 }).Url, _state.View == view, count);

    private string Link(Func<TenantListState, TenantListState> change) => (change(_state) with { Page = 1 }).Url;

    private void Go(Func<TenantListState, TenantListState> change) => navigation.NavigateTo(Link(change));

    private void Search() => Go(s => s with { Text = string.IsNullOrWhiteSpace(_text) ? null : _text.Trim() });

    /// <summary>A page of the list with the address it answers.</summary>
    public sealed record Shown(string Url, Page<TenantListItem> Page, TenantCounts Counts);
}
