using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Macros;
using SecureBase.Core.Support.Presence;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Components;

namespace SecureBase.Portal.Support.Admin;

/// <summary>One ticket as staff work on it, internal notes included. Each action enters the customer's tenant as a named actor.</summary>
public sealed partial class StaffTicketPage(StaffQueue queue, StaffAccess access, StaffDirectory staff, SupportTeamService supportTeams, Caller caller, NavigationManager navigation, ToastService toasts, IJSRuntime script) : IDisposable
{
    private static readonly IReadOnlyList<SendChoice> AllReplies =
    [
        new("Reply"),
        new("Reply and ask: waiting-customer", TicketStatus.WaitingCustomer),
        new("Reply and start: in-progress", TicketStatus.InProgress),
        new("Reply and resolve: resolved", TicketStatus.Resolved),
    ];

    // A macro that sets a status makes that way of sending the button.
    private IReadOnlyList<SendChoice> Replies => _macro?.Status is { } status
        ? [.. AllReplies.OrderBy(c => c.Status == status ? 0 : 1)]
        : AllReplies;

    private static readonly IReadOnlyList<SendChoice> Notes = [new("Add note")];

    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts =
        [new("Reply", "R"), new("Internal note", "N"), new("Insert a macro", "M"), new("Assign to me", "A"), new("Send", "Ctrl", "↵"), new("Search all tenants", "/"), new("All shortcuts", "?")];

    private readonly Leaving _leaving = new();
    private Error? _error;
    private Error? _refused;
    private ConfirmDialog _closing = default!;
    private PresenceTracker _presence = default!;
    private TicketComposer _reply = default!;
    private SharedDrafts _drafts = default!;
    private MacroPicker? _macros;
    private MacroView? _macro;
    private MacroEffect? _effect;
    private TicketRelating _relating = default!;
    private IReadOnlyList<PresentPerson> _people = [];
    private bool _busy;
    private int _choosing;
    private bool _noting;
    private bool _focusComposer;
    private string? _write;

    /// <summary>The customer's slug.</summary>
    [Parameter]
    public string Tenant { get; set; } = "";

    [Parameter]
    public string Number { get; set; } = "";

    /// <summary><c>reply</c>, <c>note</c> or <c>macro</c>: what to start writing, the last with the list of macros open.</summary>
    [SupplyParameterFromQuery(Name = "write")]
    private string? Write { get; set; }

    /// <summary><c>true</c> opens the form that rewrites the ticket, so that a reload finds it open.</summary>
    [SupplyParameterFromQuery(Name = "edit")]
    private string? Edit { get; set; }

    /// <summary>What the first, static render showed, so that the circuit starts with it.</summary>
    [PersistentState]
    public Shown? Carried
    {
        get => RendererInfo.IsInteractive ? Known : Handover.IfSmall(Known);
        set => Known ??= value;
    }

    private Shown? Known { get; set; }

    private bool IsEditing => Edit == "true";

    private bool CanEdit => Known is { Ticket.Status: not TicketStatus.Closed };

    private string Path => $"/queue/{Tenant}/{Known?.Ticket.Number ?? Number}";

    protected override async Task OnParametersSetAsync()
    {
        if (_write != Write)
            (_write, _noting, _focusComposer) = (Write, Write == "note", Write is not null);
        if (Known is { } shown && shown.Customer.Slug == Tenant && string.Equals(shown.Ticket.Number, Number, StringComparison.OrdinalIgnoreCase))
            return;
        (Known, _error, _refused, _people, _macro) = (null, null, null, [], null);
        await LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_focusComposer || Known is null)
            return;
        _focusComposer = false;
        if (Write == "macro" && _macros is { } macros)
            await macros.OpenAsync();
        else
            await FocusComposerAsync();
    }

    public void Dispose()
    {
        _leaving.Dispose();
    }

    private async Task LoadAsync()
    {
        var (tenant, number) = (Tenant, Number);
        var read = await access.InAsync<Shown>(tenant, async scope =>
        {
            var ticket = await scope.Tickets.FindAsync(number, _leaving.Token);
            if (!ticket.IsSuccess)
                return ticket.Error;
            var timeline = await scope.Tickets.TimelineAsync(ticket.Value.Id, _leaving.Token);
            var notes = await queue.NotesAsync(scope.Tenant.Id, ticket.Value.Id, _leaving.Token);
            var customer = await queue.CustomerAsync(scope.Tenant.Id, ticket.Value.Id, _leaving.Token);
            var related = await scope.Services.GetRequiredService<TicketRelations>().ListAsync(ticket.Value.Id, _leaving.Token);
            var clocks = await scope.Services.GetRequiredService<TicketClocks>().ReadAsync(ticket.Value.Id, _leaving.Token);
            var teams = await supportTeams.ListAsync(_leaving.Token);
            if ((timeline.Error ?? notes.Error ?? customer.Error ?? related.Error ?? clocks.Error ?? teams.Error) is { } error)
                return error;
            return new Shown(ticket.Value, [.. timeline.Value.Concat(notes.Value).OrderBy(e => e.At).ThenBy(e => e.Kind)], customer.Value, related.Value, await staff.ListAsync(_leaving.Token), clocks.Value.Clocks)
            {
                Teams = [.. teams.Value.Select(t => new TeamRef(t.Id, t.Name))],
            };
        }, _leaving.Token);
        if ((tenant, number) != (Tenant, Number))
            return;
        _error = read.Error;
        if (read.IsSuccess)
            Known = read.Value;
    }

    private Task RefreshAsync(IReadOnlyList<LiveSignal> signals) => LoadAsync();

    private async Task WriteAsync(bool note)
    {
        _noting = note;
        StateHasChanged();
        await FocusComposerAsync();
    }

    private async Task FocusComposerAsync()
    {
        await using var focus = await script.InvokeAsync<IJSObjectReference>("import", "./js/scroll.js");
        await focus.InvokeVoidAsync("focus", _noting ? "note" : "reply");
    }

    private Task TypeAsync(bool typing, PresenceState what) => _presence.ActAsync(typing ? what : PresenceState.Viewing);

    private async Task<Error?> ReplyAsync(string text, SendChoice choice)
    {
        var id = Known!.Ticket.Id;
        var refused = await SentAsync(scope => scope.Tickets.CommentAsync(id, new AddComment { Body = text, Status = choice.Status, Attachments = choice.Attachments }, CancellationToken.None));
        if (refused is not null || _macro is not { } macro)
            return refused;
        if (_effect is not null)
            await _effect.ChooseAsync(null);
        // The reply is out; tags that cannot be added to it are told, not sent again.
        if (Known?.Ticket.Id == id && macro.Tags.Except(Known.Ticket.Tags).Any())
            await ChangeAsync(new EditTicket { Tags = [.. Known.Ticket.Tags.Union(macro.Tags)] });
        return null;
    }

    private async Task UseDraftAsync(string text)
    {
        await _reply.InsertAsync(text);
        await WriteAsync(note: false);
    }

    private async Task InsertMacroAsync(MacroView macro)
    {
        await _effect!.ChooseAsync(macro);
        await _reply.InsertAsync(MacroPlaceholders.Fill(macro.Body, Values(Known!)));
        await WriteAsync(note: false);
    }

    private MacroValues Values(Shown shown) => new() { Ticket = shown.Ticket, Organisation = shown.Customer.Name, Agent = caller.Actor.Name };

    private Task<Error?> NoteAsync(string text, SendChoice choice)
    {
        var id = Known!.Ticket.Id;
        return SentAsync(scope => scope.Tickets.NoteAsync(id, text, CancellationToken.None));
    }

    private async Task<Error?> SentAsync<T>(Func<StaffScope, Task<Result<T>>> send)
    {
        // Once it is pressed it goes, also when its writer does.
        var sent = await access.InAsync(Tenant, send, CancellationToken.None);
        if (sent.IsSuccess)
            await _leaving.UnlessGoneAsync(LoadAsync);
        return sent.Error;
    }

    private async Task<Result<TicketView>> EditAsync(EditTicket edit, int version)
    {
        var shown = Known!;
        var edited = await access.InAsync(Tenant, scope => scope.Tickets.EditAsync(shown.Ticket.Id, edit, version, _leaving.Token), _leaving.Token);
        if (edited.IsSuccess)
        {
            await LoadAsync();
            toasts.Show(new Toast($"{shown.Ticket.Number} is changed", "The customer reads your words too.", ToastTone.Ok));
        }
        return edited;
    }

    private async Task<Result<TicketView>> RereadAsync()
    {
        await LoadAsync();
        return _error is { } error ? error : Known!.Ticket;
    }

    private Task AssignAsync(ChangeEventArgs change) =>
        ChangeAsync(new EditTicket { AssigneeId = Guid.TryParse(change.Value as string, out var person) ? person : Guid.Empty });

    private Task GiveAsync(ChangeEventArgs change) =>
        ChangeAsync(new EditTicket { TeamId = Guid.TryParse(change.Value as string, out var team) ? team : Guid.Empty });

    // A team that is gone stays on its finished tickets.
    private static IEnumerable<TeamRef> TeamsOf(Shown shown) =>
        shown.Ticket.Team is { } own && shown.Teams.All(t => t.Id != own.Id) ? shown.Teams.Append(own) : shown.Teams;

    private Task PrioritiseAsync(ChangeEventArgs change) =>
        ChangeAsync(new EditTicket { Priority = WireName.Parse<TicketPriority>((string)change.Value!) });

    // Closing is final for the customer, so it is asked about; a new key puts the list back to what is true meanwhile.
    private async Task SetStatusAsync(ChangeEventArgs change)
    {
        var status = WireName.Parse<TicketStatus>((string)change.Value!);
        if (status == TicketStatus.Closed)
        {
            _choosing++;
            await _closing.OpenAsync();
            return;
        }
        await ChangeAsync(new EditTicket { Status = status });
    }

    private async Task ChangeAsync(EditTicket edit)
    {
        if (_busy || Known is not { } shown)
            return;
        _busy = true;
        try
        {
            var changed = await access.InAsync(Tenant, scope => scope.Tickets.EditAsync(shown.Ticket.Id, edit, shown.Ticket.Version, _leaving.Token), _leaving.Token);
            _refused = changed.Error;
            await LoadAsync();
            if (changed.IsSuccess)
                toasts.Show(new Toast($"{shown.Ticket.Number} changed", Words(changed.Value, edit), ToastTone.Ok));
        }
        finally
        {
            _busy = false;
        }
    }

    private static string Words(TicketView ticket, EditTicket edit) => edit switch
    {
        { Priority: { } priority } => $"Its priority is {WireName.Of(priority)} now.",
        { Status: { } status } => $"Its status is {WireName.Of(status)} now.",
        { TeamId: not null } => ticket.Team is { } team ? $"{team.Name} has it now." : "No team has it now.",
        { Tags: { } tags } => $"Its tags are {string.Join(", ", tags)} now.",
        _ => ticket.Assignee is { } assignee ? $"{assignee.Name} works on it now." : "Nobody is assigned now.",
    };

    /// <summary>A ticket with its whole history, its customer, who can be assigned and its clocks, as read together.</summary>
    public sealed record Shown(TicketView Ticket, IReadOnlyList<TimelineEntry> Entries, TenantSummary Customer, IReadOnlyList<RelatedTicket> Related, IReadOnlyList<PersonRef> Staff, IReadOnlyList<SlaClockView> Clocks)
    {
        public IReadOnlyList<TeamRef> Teams { get; init; } = [];
    }
}
