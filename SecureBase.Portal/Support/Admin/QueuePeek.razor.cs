using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support.Presence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Admin;

public sealed partial class QueuePeek(StaffQueue queue, StaffAccess access, Caller caller) : IDisposable
{
    private const int LatestCount = 3;

    private readonly Leaving _leaving = new();
    private Reading? _read;
    private Error? _error;
    private IReadOnlyList<PresentPerson> _people = [];

    [Parameter, EditorRequired]
    public QueueItem Item { get; set; } = default!;

    [Parameter, EditorRequired]
    public string CloseLink { get; set; } = "";

    [Parameter, EditorRequired]
    public EventCallback<QueueItem> AssignMe { get; set; }

    private string FullLink => $"/queue/{Item.TenantSlug}/{Item.Ticket.Number}";

    protected override Task OnInitializedAsync() => LoadAsync();

    public void Dispose()
    {
        _leaving.Dispose();
    }

    private Task RefreshAsync(IReadOnlyList<LiveSignal> signals) => LoadAsync();

    private async Task LoadAsync()
    {
        var ticket = Item.Ticket;
        var timeline = await access.InAsync(Item.TenantSlug, scope => scope.Tickets.TimelineAsync(ticket.Id, _leaving.Token), _leaving.Token);
        var notes = await queue.NotesAsync(Item.TenantId, ticket.Id, _leaving.Token);
        var customer = await queue.CustomerAsync(Item.TenantId, ticket.Id, _leaving.Token);
        _error = timeline.Error ?? notes.Error ?? customer.Error;
        if (_error is not null)
            return;
        var opening = new TimelineEntry
        {
            Id = ticket.Id, Kind = TimelineKind.Comment, At = ticket.CreatedAt, Body = ticket.Description,
            Author = new CommentAuthor(ticket.Requester.Id, ticket.Requester.Name, ActorKind.Customer),
        };
        var written = timeline.Value.Where(e => e.Kind == TimelineKind.Comment).Concat(notes.Value).OrderBy(e => e.At).Prepend(opening).Where(e => !string.IsNullOrEmpty(e.Body));
        _read = new Reading([.. written.TakeLast(LatestCount)], customer.Value);
    }

    private sealed record Reading(IReadOnlyList<TimelineEntry> Latest, TenantSummary Customer);
}
