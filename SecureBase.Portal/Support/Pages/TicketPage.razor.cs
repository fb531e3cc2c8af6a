using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Support.Presence;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Attachments;
using SecureBase.Portal.Support.Components;

namespace SecureBase.Portal.Support.Pages;

/// <summary>One ticket as its organisation sees it. Follows changes live; what is being typed is never touched by them.</summary>
public sealed partial class TicketPage(TicketService tickets, TicketRelations relations, TicketClocks clocks, AttachmentService attachments, PresenceService presence, TenantContext tenancy, Caller caller, TimeProvider clock, NavigationManager navigation, ToastService toasts) : IDisposable
{
    private static readonly IReadOnlyList<SendChoice> Reply = [new("Reply")];
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("Reply", "R"), new("Send", "Ctrl", "↵"), new("Search", "/"), new("All shortcuts", "?")];

    private readonly Leaving _leaving = new();
    private readonly UploadPlace _uploads = UploadPlace.ForCustomers(attachments);
    private ConfirmDialog _closing = default!;
    private PresenceTracker _presence = default!;
    private IReadOnlyList<PresentPerson> _people = [];
    private Error? _error;
    private Error? _refused;
    private bool _busy;

    [Parameter]
    public string Number { get; set; } = "";

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

    private bool CanEdit => Known is { Ticket.Status: not TicketStatus.Closed } && caller.Can(SupportPermissions.Edit);

    private bool CanClose => Known is { Ticket.Status: not TicketStatus.Closed } && caller.Can(SupportPermissions.Close);

    private bool CanRate => Known?.Ticket is { MergedInto: null, Status: TicketStatus.Resolved or TicketStatus.Closed } && caller.Can(SupportPermissions.Rate);

    private bool CanReopen => Known?.Ticket is { MergedInto: null, ResolvedAt: { } resolved }
        && resolved + Ticket.ReopenWindow > clock.GetUtcNow() && caller.Can(SupportPermissions.Reopen);

    protected override async Task OnParametersSetAsync()
    {
        if (string.Equals(Known?.Ticket.Number, Number, StringComparison.OrdinalIgnoreCase))
            return;
        (Known, _error, _refused, _people) = (null, null, null, []);
        await LoadAsync();
    }

    public void Dispose()
    {
        _leaving.Dispose();
    }

    private async Task LoadAsync()
    {
        var number = Number;
        var ticket = await tickets.FindAsync(number, _leaving.Token);
        var entries = ticket.IsSuccess ? await tickets.TimelineAsync(ticket.Value.Id, _leaving.Token) : ticket.Error;
        var related = ticket.IsSuccess ? await relations.ListAsync(ticket.Value.Id, _leaving.Token) : ticket.Error;
        var promised = ticket.IsSuccess ? await clocks.ReadAsync(ticket.Value.Id, _leaving.Token) : ticket.Error;
        if (number != Number)
            return;
        _error = entries.Error ?? related.Error ?? promised.Error;
        if (_error is null)
            Known = new Shown(ticket.Value, entries.Value, related.Value, promised.Value.Clocks);
    }

    private Task RefreshAsync(IReadOnlyList<LiveSignal> signals) => LoadAsync();

    private Task TypeAsync(bool typing) => _presence.ActAsync(typing ? PresenceState.Typing : PresenceState.Viewing);

    private async Task<Error?> SendAsync(string text, SendChoice choice)
    {
        var sent = await tickets.CommentAsync(Known!.Ticket.Id, new AddComment { Body = text, Attachments = choice.Attachments }, CancellationToken.None);
        if (sent.IsSuccess)
            await _leaving.UnlessGoneAsync(LoadAsync);
        return sent.Error;
    }

    private async Task<Result<TicketView>> EditAsync(EditTicket edit, int version)
    {
        var number = Known!.Ticket.Number;
        var edited = await tickets.EditAsync(Known.Ticket.Id, edit, version, _leaving.Token);
        if (edited.IsSuccess)
        {
            await LoadAsync();
            toasts.Show(new Toast($"{number} is changed", "Everyone who reads it sees your words.", ToastTone.Ok));
        }
        return edited;
    }

    private async Task<Result<TicketView>> RereadAsync()
    {
        await LoadAsync();
        return _error is { } error ? error : Known!.Ticket;
    }

    private async Task<Error?> RateAsync(RateTicket rating)
    {
        var rated = await tickets.RateAsync(Known!.Ticket.Id, rating, _leaving.Token);
        if (!rated.IsSuccess)
            return rated.Error;
        await LoadAsync();
        toasts.Show(new Toast("Thank you", "Whoever worked on it reads your rating.", ToastTone.Ok));
        return null;
    }

    private void StopEditing() => navigation.NavigateTo($"/tickets/{Known?.Ticket.Number ?? Number}", replace: true);

    private Task CloseAsync() => ChangeAsync(TicketStatus.Closed, "closed", "It can be reopened for 14 days.");

    private Task ReopenAsync() => ChangeAsync(TicketStatus.Open, "open again", "It is back with us.");

    private async Task ChangeAsync(TicketStatus status, string became, string next)
    {
        if (_busy || Known is not { } shown)
            return;
        _busy = true;
        try
        {
            var changed = await tickets.EditAsync(shown.Ticket.Id, new EditTicket { Status = status }, shown.Ticket.Version, _leaving.Token);
            _refused = changed.Error;
            await LoadAsync();
            if (changed.IsSuccess)
                toasts.Show(new Toast($"{shown.Ticket.Number} is {became}", next, ToastTone.Ok));
        }
        finally
        {
            _busy = false;
        }
    }

    /// <summary>A ticket, its history, its relations and its clocks as read together.</summary>
    public sealed record Shown(TicketView Ticket, IReadOnlyList<TimelineEntry> Entries, IReadOnlyList<RelatedTicket> Related, IReadOnlyList<SlaClockView> Clocks);
}
