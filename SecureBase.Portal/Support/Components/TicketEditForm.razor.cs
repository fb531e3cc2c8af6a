using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Components;

public sealed partial class TicketEditForm(DraftService drafts, TimeProvider clock) : IAsyncDisposable
{
    // Whoever only answered in between makes the version old, not the words: the change is sent again on the newer one.
    private const int MostAttempts = 5;

    private readonly Leaving _leaving = new();
    private readonly Dictionary<TicketField, TicketText> _both = [];
    private DraftKeeper _keeper = default!;
    private TicketRevision _revision = default!;
    private TicketField? _typing;
    private Error? _error;
    private bool _ready;
    private bool _sending;
    private bool _restored;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    /// <summary>The ticket as it stands; the page renews it with every live change.</summary>
    [Parameter, EditorRequired]
    public TicketView Ticket { get; set; } = default!;

    /// <summary>Staff change tags, customers do not.</summary>
    [Parameter]
    public bool WithTags { get; set; }

    /// <summary>Sends what differs on top of a version; <see cref="ErrorKind.Stale"/> when there is a newer one.</summary>
    [Parameter, EditorRequired]
    public Func<EditTicket, int, Task<Result<TicketView>>> Save { get; set; } = default!;

    /// <summary>The ticket as it stands now.</summary>
    [Parameter, EditorRequired]
    public Func<Task<Result<TicketView>>> Reread { get; set; } = default!;

    /// <summary>Raised when it was saved, put off or discarded.</summary>
    [Parameter, EditorRequired]
    public EventCallback Closed { get; set; }

    private string DraftKey => $"ticket/{Ticket.Id}/edit";

    private TicketText Mine => _revision.Mine;

    private bool Locked => _sending || !_ready;

    private string? DraftNote =>
        _keeper.IsBehind ? "Draft not saved yet"
        : _keeper.SavedAt is { } at ? $"Draft saved {Viewer.Brief(at)}"
        : _restored ? "Your unfinished changes are back"
        : null;

    protected override async Task OnInitializedAsync()
    {
        _revision = TicketRevision.Of(Ticket);
        _keeper = new DraftKeeper(drafts, DraftKey, clock, StateHasChanged);
        if (await _keeper.FindAsync(_leaving.Token) is { } draft && DraftJson.TryRead<Kept>(draft) is { } kept)
            Restore(kept);
        _ready = RendererInfo.IsInteractive;
    }

    protected override void OnParametersSet()
    {
        if (_ready && !_sending && Ticket.Version > _revision.Version)
            Merge(Ticket);
    }

    public async ValueTask DisposeAsync()
    {
        _leaving.Dispose();
        await _keeper.DisposeAsync();
    }

    private string? Problem(string field) => _error?.Fields.FirstOrDefault(f => f.Field == field)?.Message;

    private void SetSubject(string? subject) => Change(Mine with { Subject = subject ?? "" });

    private void SetTags(string? tags) => Change(Mine with { Tags = tags ?? "" });

    private void SetCategory(string? word)
    {
        if (WireName.TryParse<TicketCategory>(word, out var category))
            Change(Mine with { Category = category });
    }

    private void Change(TicketText mine)
    {
        if (mine == Mine)
            return;
        _revision = _revision with { Mine = mine };
        _keeper.Type(_revision.IsChanged ? DraftJson.Write(new Kept(_revision.Version, _revision.Changes)) : null);
    }

    private void Restore(Kept kept)
    {
        _revision = TicketRevision.Of(Ticket, kept.Changes);
        _restored = _revision.IsChanged;
        if (kept.Version == Ticket.Version)
            return;
        foreach (var field in _revision.ChangedFields)
            _both[field] = _revision.Read;
    }

    private void Merge(TicketView ticket)
    {
        var now = TicketText.Of(ticket);
        _revision = _revision.Onto(ticket, _typing, out var both);
        foreach (var field in both.Concat(_both.Keys).Distinct().ToList())
        {
            if (now.Agrees(Mine, field))
                _both.Remove(field);
            else
                _both[field] = now;
        }
    }

    private void Take(TicketField field)
    {
        Change(Mine.Taking(_both[field], field));
        _both.Remove(field);
    }

    private async Task SaveAsync()
    {
        if (Locked)
            return;
        _sending = true;
        try
        {
            _error = await SendAsync();
            if (_error is not null || _both.Count > 0)
                return;
            await _keeper.ForgetAsync();
            await Closed.InvokeAsync();
        }
        finally
        {
            _sending = false;
        }
    }

    private async Task<Error?> SendAsync()
    {
        for (var attempt = 1; _revision.IsChanged; attempt++)
        {
            var saved = await Save(_revision.Changes, _revision.Version);
            if (saved.IsSuccess)
                _both.Clear();
            if (saved.Error is not { Kind: ErrorKind.Stale } || attempt == MostAttempts)
                return saved.Error;
            var told = _both.ToDictionary();
            var current = await Reread();
            if (!current.IsSuccess)
                return current.Error;
            Merge(current.Value);
            // A conflict its owner has already seen, and saved over, needs no second asking.
            if (_both.Any(b => !told.TryGetValue(b.Key, out var seen) || !seen.Agrees(b.Value, b.Key)))
                return null;
        }
        return null;
    }

    private async Task DiscardAsync()
    {
        await _keeper.ForgetAsync();
        await Closed.InvokeAsync();
    }

    /// <summary>The draft: what differs, and on which version.</summary>
    private sealed record Kept(int Version, EditTicket Changes);
}
