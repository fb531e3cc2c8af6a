using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Components;

namespace SecureBase.Portal.Support.Pages;

/// <summary>The organisation's tickets. All list state is in the address; the list follows changes by itself.</summary>
public sealed partial class TicketsPage(TicketService tickets, TicketQuota quota, TenantContext tenancy, Caller caller, TimeProvider clock, NavigationManager navigation) : IDisposable
{
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("New ticket", "C"), new("Search", "/"), new("All shortcuts", "?")];

    private readonly Leaving _leaving = new();
    private readonly ChangedRows _changed = new();
    private TicketListState _state = new();
    private string? _text;
    private Error? _error;

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
    [SupplyParameterFromQuery(Name = "priority")] private string? Priority { get; set; }
    [SupplyParameterFromQuery(Name = "category")] private string? Category { get; set; }
    [SupplyParameterFromQuery(Name = "status")] private string? Status { get; set; }
    [SupplyParameterFromQuery(Name = "assignee")] private string? Assignee { get; set; }
    [SupplyParameterFromQuery(Name = "updated")] private string? Updated { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private string? PageNumber { get; set; }

    private bool CanCreate => caller.Can(SupportPermissions.Create);

    private IReadOnlyList<UnderlineTabs.Tab> Tabs =>
    [
        Tab("Recent", TicketTab.Recent, Known?.Counts.Recent),
        Tab("Open", TicketTab.Open, Known?.Counts.Open),
        Tab("Waiting for you", TicketTab.WaitingForYou, Known?.Counts.WaitingForYou),
        Tab("Mine", TicketTab.Mine, Known?.Counts.Mine),
        Tab("Resolved", TicketTab.Resolved, Known?.Counts.Resolved),
        Tab("Closed", TicketTab.Closed, Known?.Counts.Closed),
        Tab("All", TicketTab.All, Known?.Counts.All),
    ];

    private IReadOnlyList<PersonRef> Assignees => Known?.Assignees ?? [];

    private IReadOnlyList<string> AssigneeWords => _state.AssigneeId switch
    {
        null => [],
        { } id when id == Guid.Empty => ["unassigned"],
        { } id => [Assignees.FirstOrDefault(p => p.Id == id)?.Name ?? "one person"],
    };

    private string EmptyTitle => _state.Tab switch
    {
        TicketTab.WaitingForYou => "Nothing waits for you",
        TicketTab.Mine => "You have no ticket under way",
        TicketTab.Open => "No ticket is open",
        TicketTab.Recent => "Nothing changed in the last 14 days",
        _ => "No ticket is here",
    };

    protected override async Task OnParametersSetAsync()
    {
        var state = TicketListState.Parse(View, Text, Priority, Category, Status, Assignee, Updated, Sort, PageNumber);
        if (Known?.Url == state.Url)
        {
            (_state, _text) = (state, state.Text);
            return;
        }
        (_state, _text) = (state, state.Text);
        _changed.Forget();
        await LoadAsync();
    }

    public void Dispose()
    {
        _leaving.Dispose();
    }

    private async Task LoadAsync()
    {
        var state = _state;
        var now = clock.GetUtcNow();
        var counts = await tickets.CountAsync(now - TicketListState.Recent, _leaving.Token);
        var page = await tickets.ListAsync(state.ToQuery(now, caller.Actor.PersonId), _leaving.Token);
        var assignees = await tickets.AssigneesAsync(_leaving.Token);
        var allowance = await quota.AllowanceAsync(_leaving.Token);
        if (state != _state)
            return;
        _error = counts.Error ?? page.Error ?? assignees.Error ?? allowance.Error;
        if (_error is null)
            Known = new Shown(state.Url, page.Value, counts.Value, assignees.Value, allowance.Value);
    }

    private async Task RefreshAsync(IReadOnlyList<LiveSignal> signals)
    {
        var before = Known;
        await LoadAsync();
        if (before is not null && Known is { } now && before.Url == now.Url)
            _changed.Compare(before.Page.Items, now.Page.Items);
    }

    private UnderlineTabs.Tab Tab(string label, TicketTab tab, int? count) =>
        new(label, (_state.Text is null ? new TicketListState { Tab = tab } : new TicketListState { Tab = tab, Text = _state.Text }).Url, _state.Tab == tab, count);

    private string Link(Func<TicketListState, TicketListState> change) => (change(_state) with { Page = 1 }).Url;

    private void Go(Func<TicketListState, TicketListState> change) => navigation.NavigateTo(Link(change));

    private void Search() => Go(s => s with { Text = string.IsNullOrWhiteSpace(_text) ? null : _text.Trim() });

    /// <summary>A page of the list with the address it answers.</summary>
    public sealed record Shown(string Url, Page<TicketView> Page, TicketCounts Counts, IReadOnlyList<PersonRef> Assignees, TicketAllowance? Allowance);
}
