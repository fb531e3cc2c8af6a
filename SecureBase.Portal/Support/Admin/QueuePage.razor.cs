using System.Data.Common;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Presence;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Components;

namespace SecureBase.Portal.Support.Admin;

/// <summary>One queue over all tenants. View, filters, order and the chosen ticket are in the address.</summary>
public sealed partial class QueuePage(
    StaffQueue queue, StaffDirectory staff, SupportTeamService supportTeams, QueuePresence presence, StaffAccess access, Caller caller, TimeProvider clock, NavigationManager navigation, ToastService toasts, IJSRuntime script,
    ILogger<QueuePage> log) : IDisposable
{
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts =
    [
        new("Next and previous ticket", "J", "K"), new("Choose for several at once", "X"), new("Assign to me", "A"), new("Reply", "R"), new("Internal note", "N"),
        new("Insert a macro", "M"), new("Filter by tenant", "F"), new("Search all tenants", "/"), new("Send", "Ctrl", "↵"), new("All shortcuts", "?"),
    ];

    private readonly Leaving _leaving = new();
    private readonly ChangedRows _changed = new();
    private readonly HashSet<Guid> _marked = [];
    private QueueState _state = new();
    private QueueState? _bound;
    private bool _reveal;
    private string? _savedName;
    private QueueItem? _chosen;
    private Error? _error;
    private IReadOnlyDictionary<Guid, IReadOnlyList<PresentPerson>> _present = new Dictionary<Guid, IReadOnlyList<PresentPerson>>();
    private ITimer? _presenceBeat;

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

    [SupplyParameterFromQuery(Name = "view")] private string? View { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "tenant")] private string? Tenant { get; set; }
    [SupplyParameterFromQuery(Name = "priority")] private string? Priority { get; set; }
    [SupplyParameterFromQuery(Name = "category")] private string? Category { get; set; }
    [SupplyParameterFromQuery(Name = "status")] private string? Status { get; set; }
    [SupplyParameterFromQuery(Name = "tag")] private string? Tag { get; set; }
    [SupplyParameterFromQuery(Name = "assignee")] private string? Assignee { get; set; }
    [SupplyParameterFromQuery(Name = "team")] private string? Team { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private string? PageNumber { get; set; }
    [SupplyParameterFromQuery(Name = "ticket")] private string? Chosen { get; set; }
    [SupplyParameterFromQuery(Name = "of")] private string? ChosenTenant { get; set; }
    [SupplyParameterFromQuery(Name = "saved")] private string? Saved { get; set; }

    private IReadOnlyList<TenantInfo> Tenants => Known?.Tenants ?? [];

    // A tag that is asked for stays on the list, also when no open ticket has it any more.
    private IReadOnlyList<string> Tags => [.. (Known?.Tags ?? []).Union(_state.Tags)];

    private IReadOnlyList<PersonRef> Staff => Known?.Staff ?? [];

    private IReadOnlyList<SupportTeamView> Teams => Known?.Teams ?? [];

    // Whoever is in no team has no use for the view of theirs.
    private IEnumerable<QueueView> Views =>
        Enum.GetValues<QueueView>().Where(v => v != QueueView.MyTeams || _state.View == v || Teams.Any(t => t.Members.Any(m => m.Id == caller.Actor.PersonId)));

    private IReadOnlyList<string> TeamWords => _state.TeamId switch
    {
        null => [],
        { } id when id == Guid.Empty => ["no team"],
        { } id => [Teams.FirstOrDefault(t => t.Id == id)?.Name ?? "one team"],
    };

    private IReadOnlyList<string> AssigneeWords => _state.AssigneeId switch
    {
        null => [],
        { } id when id == Guid.Empty => ["unassigned"],
        { } id => [Staff.FirstOrDefault(p => p.Id == id)?.Name ?? "one person"],
    };

    private IReadOnlyList<string> TenantWords => [.. _state.Tenants.Select(slug => Tenants.FirstOrDefault(t => t.Slug == slug)?.Name ?? slug)];

    private string EmptyTitle => _state.View switch
    {
        QueueView.NeedsReply => "Nobody waits for a reply",
        QueueView.MyOpen => "You have no open ticket",
        QueueView.MyTeams => "Your teams have no open ticket",
        QueueView.Unassigned => "Every open ticket has somebody",
        QueueView.CriticalAndSecurity => "Nothing critical, nothing of security",
        QueueView.WaitingOnCustomers => "No customer owes us an answer",
        QueueView.ResolvedToday => "Nothing resolved yet today",
        _ => "There are no tickets",
    };

    protected override void OnInitialized()
    {
        // Whoever falls silent sends no signal.
        if (RendererInfo.IsInteractive)
            _presenceBeat = clock.CreateTimer(_ => _ = InvokeAsync(RefreshPresenceAsync), null, PresenceService.Heartbeat, PresenceService.Heartbeat);
    }

    protected override async Task OnParametersSetAsync()
    {
        _state = QueueState.Parse(View, Text, Tenant, Priority, Category, Status, Tag, Assignee, Team, Sort, PageNumber, Chosen, ChosenTenant, Saved);
        if (_state.Url == _bound?.Url)
            (_bound, _reveal) = (null, true);
        if (Known?.Url != _state.WithoutChoice.Url)
        {
            _changed.Forget();
            _marked.Clear();
            await LoadAsync();
        }
        await ChooseAsync();
        await ReadPresenceAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_reveal)
            return;
        _reveal = false;
        await using var scroll = await script.InvokeAsync<IJSObjectReference>("import", "./js/scroll.js");
        await scroll.InvokeVoidAsync("reveal", ".queue-table .chosen");
    }

    public void Dispose()
    {
        _presenceBeat?.Dispose();
        _leaving.Dispose();
    }

    private async Task LoadAsync()
    {
        var state = _state;
        var page = await queue.ListAsync(state.ToQuery(caller.Actor.PersonId, Viewer.StartOfToday), _leaving.Token);
        var counts = await queue.CountAsync(Viewer.StartOfToday, _leaving.Token);
        var tenants = await queue.TenantsAsync(_leaving.Token);
        var tags = await queue.TagsAsync(_leaving.Token);
        var teams = await supportTeams.ListAsync(_leaving.Token);
        var colleagues = await staff.ListAsync(_leaving.Token);
        if (state.WithoutChoice.Url != _state.WithoutChoice.Url)
            return;
        _error = page.Error ?? counts.Error ?? tenants.Error ?? tags.Error ?? teams.Error;
        if (_error is null)
            Known = new Shown(state.WithoutChoice.Url, page.Value, counts.Value, tenants.Value, tags.Value, colleagues) { Teams = teams.Value };
    }

    private async Task RefreshAsync(IReadOnlyList<LiveSignal> signals)
    {
        var before = Known;
        await LoadAsync();
        if (before is not null && Known is { } now && before.Url == now.Url)
            _changed.Compare(Tickets(before), Tickets(now));
        await ChooseAsync();
    }

    private async Task RefreshPresenceAsync()
    {
        if (_leaving.Token.IsCancellationRequested)
            return;
        await ReadPresenceAsync();
        StateHasChanged();
    }

    // Presence is a courtesy: a database that is away must not take the queue with it.
    private async Task ReadPresenceAsync()
    {
        try
        {
            _present = await presence.WhoAsync(Known?.Page.Items ?? [], _leaving.Token);
        }
        catch (DbException failure)
        {
            log.PresenceFailed(failure);
        }
        catch (OperationCanceledException)
        {
            // The page went away meanwhile.
        }
    }

    // The chosen ticket may have left the view, by being answered for example: it stays in the panel.
    private async Task ChooseAsync()
    {
        if (_state.Chosen is not { } number)
        {
            _chosen = null;
            return;
        }
        var chosen = Known?.Page.Items.FirstOrDefault(_state.IsChosen);
        if (chosen is null)
        {
            var state = _state;
            var found = await queue.ListAsync(new QueueQuery
            {
                Tenants = state.ChosenTenant is { } tenant ? [tenant] : [],
                Tickets = new TicketQuery { Text = number, Sort = TicketSort.Updated, PageNumber = 1, Limit = 100 },
            }, _leaving.Token);
            if (state != _state)
                return;
            chosen = found.IsSuccess ? found.Value.Items.FirstOrDefault(state.IsChosen) : null;
        }
        _chosen = chosen;
    }

    private void Move(int step)
    {
        if (Known?.Page.Items is not { Count: > 0 } items)
            return;
        // Keys come faster than the address changes: each counts from where the last one leads.
        var at = items.ToList().FindIndex((_bound ?? _state).IsChosen);
        var next = at < 0 ? (step > 0 ? 0 : items.Count - 1) : Math.Clamp(at + step, 0, items.Count - 1);
        if (next == at)
            return;
        _bound = _state.Choosing(items[next]);
        navigation.NavigateTo(_bound.Url, replace: true);
    }

    private void MarkItems(IReadOnlyList<QueueItem> items, bool on)
    {
        if (on)
            _marked.UnionWith(items.Select(i => i.Ticket.Id));
        else
            _marked.ExceptWith(items.Select(i => i.Ticket.Id));
    }

    private void MarkChosen()
    {
        if (Known?.Page.Items.FirstOrDefault(_state.IsChosen) is { } item)
            MarkItems([item], !_marked.Contains(item.Ticket.Id));
    }

    private async Task AssignMeAsync(QueueItem item)
    {
        var me = caller.Actor;
        var assigned = await access.InAsync(item.TenantSlug,
            scope => scope.Tickets.EditAsync(item.Ticket.Id, new EditTicket { AssigneeId = me.PersonId }, item.Ticket.Version, _leaving.Token), _leaving.Token);
        toasts.Show(assigned.Error is { } error
            ? new Toast($"{item.Ticket.Number} was not assigned", error.Message, ToastTone.Warn)
            : new Toast($"{item.Ticket.Number} is yours", item.Ticket.Subject, ToastTone.Ok));
        await RefreshAsync([]);
    }

    private int? CountOf(QueueView view) => Known?.Counts is not { } counts ? null : view switch
    {
        QueueView.NeedsReply => counts.NeedsReply,
        QueueView.MyOpen => counts.MyOpen,
        QueueView.MyTeams => counts.MyTeams,
        QueueView.Unassigned => counts.Unassigned,
        QueueView.CriticalAndSecurity => counts.CriticalOrSecurity,
        QueueView.WaitingOnCustomers => counts.WaitingOnCustomers,
        QueueView.ResolvedToday => counts.ResolvedToday,
        _ => null,
    };

    private string Link(Func<QueueState, QueueState> change) => (change(_state) with { Page = 1 }).WithoutChoice.Url;

    private void Go(Func<QueueState, QueueState> change) => navigation.NavigateTo(Link(change));

    private static IReadOnlyList<TicketView> Tickets(Shown shown) => [.. shown.Page.Items.Select(i => i.Ticket)];

    /// <summary>A page of the queue with the address it answers.</summary>
    public sealed record Shown(string Url, Page<QueueItem> Page, QueueCounts Counts, IReadOnlyList<TenantInfo> Tenants, IReadOnlyList<string> Tags, IReadOnlyList<PersonRef> Staff)
    {
        public IReadOnlyList<SupportTeamView> Teams { get; init; } = [];
    }
}
