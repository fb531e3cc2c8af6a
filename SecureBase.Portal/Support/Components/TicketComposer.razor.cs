using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Attachments;

namespace SecureBase.Portal.Support.Components;

public sealed partial class TicketComposer(DraftService drafts, TimeProvider clock) : IAsyncDisposable
{
    private readonly Leaving _leaving = new();
    private DraftKeeper _keeper = default!;
    private string _text = "";
    private Error? _error;
    private bool _sending;
    private bool _looked;
    private bool _restored;
    private DateTimeOffset _readUntil;
    private AttachmentTray? _tray;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter]
    public string? Placeholder { get; set; }

    /// <summary>Names the draft; must not change during the life of the component (give it a key).</summary>
    [Parameter, EditorRequired]
    public string DraftKey { get; set; } = "";

    /// <summary>The first is the button, the others its menu.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<SendChoice> Choices { get; set; } = [];

    /// <summary>Sends the text; answers what went wrong, or null, upon which the text is cleared.</summary>
    [Parameter, EditorRequired]
    public Func<string, SendChoice, Task<Error?>> Send { get; set; } = default!;

    /// <summary>Raised while somebody types, and with false when the text was sent or emptied.</summary>
    [Parameter]
    public EventCallback<bool> Typing { get; set; }

    [Parameter]
    public RenderFragment? ExtraActions { get; set; }

    [Parameter]
    public string? Shortcut { get; set; }

    /// <summary>Where files go that are sent with the text; null when it takes none.</summary>
    [Parameter]
    public UploadPlace? Uploads { get; set; }

    /// <summary>What stands on the ticket: what others add while somebody writes here is told beside the text.</summary>
    [Parameter]
    public IReadOnlyList<TimelineEntry> Entries { get; set; } = [];

    /// <summary>Whose own messages are no news to the writer.</summary>
    [Parameter]
    public Guid Me { get; set; }

    /// <summary>On phones it stays at the lower edge of the screen.</summary>
    [Parameter]
    public bool Docked { get; set; }

    /// <summary>An internal note: plum, so that nobody mistakes it for a reply.</summary>
    [Parameter]
    public bool Plum { get; set; }

    private string ErrorId => Id + "-error";

    // A file still on its way would be left behind.
    private bool Blocked => _sending || _tray?.IsBusy == true;

    private IReadOnlyList<TimelineEntry> Overtaking => string.IsNullOrWhiteSpace(_text) || _sending
        ? []
        : [.. Entries.Where(e => e.Kind != TimelineKind.Event && e.Author.Id != Me && e.At > _readUntil)];

    private string? DraftNote =>
        _keeper.IsBehind ? "Draft not saved yet"
        : _keeper.SavedAt is { } at ? $"Draft saved {Viewer.Brief(at)}"
        : _restored && _text.Length > 0 ? "Draft restored"
        : null;

    protected override async Task OnInitializedAsync()
    {
        _keeper = new DraftKeeper(drafts, DraftKey, clock, StateHasChanged);
        // Nothing can be typed until the draft is there: it would come over it.
        if (await _keeper.FindAsync(_leaving.Token) is { } kept)
            (_text, _restored) = (kept, true);
        ReadAll();
        _looked = true;
    }

    public async ValueTask DisposeAsync()
    {
        _leaving.Dispose();
        await _keeper.DisposeAsync();
    }

    /// <summary>What stands in it now.</summary>
    public string Text => _text;

    /// <summary>Adds a text below what stands there already.</summary>
    public async Task InsertAsync(string text)
    {
        await ChangeAsync(string.IsNullOrWhiteSpace(_text) ? text : $"{_text.TrimEnd()}\n\n{text}");
        StateHasChanged();
    }

    private async Task ChangeAsync(string text)
    {
        if (text == _text)
            return;
        if (string.IsNullOrWhiteSpace(_text))
            ReadAll();
        _text = text;
        _keeper.Type(text);
        await Typing.InvokeAsync(!string.IsNullOrWhiteSpace(text));
    }

    private void ReadAll() => _readUntil = Entries.Select(e => e.At).DefaultIfEmpty().Max();

    private string Told(IReadOnlyList<TimelineEntry> messages) => messages switch
    {
        [{ Kind: TimelineKind.Note } note] => $"{note.Author.Name} added a note {Viewer.Brief(note.At)}, while you were writing.",
        [var reply] => $"{reply.Author.Name} replied {Viewer.Brief(reply.At)}, while you were writing.",
        [.., var last] => $"{messages.Count} messages came while you were writing, the last by {last.Author.Name} {Viewer.Brief(last.At)}.",
        [] => "",
    };

    private async Task SendAsync(SendChoice choice)
    {
        if (Blocked)
            return;
        _sending = true;
        try
        {
            _error = await Send(_text, _tray is null ? choice : choice with { Attachments = _tray.Ids });
            if (_error is not null)
                return;
            (_text, _restored) = ("", false);
            await _keeper.ForgetAsync();
            if (_tray is not null)
                await _tray.ReadAsync();
            await Typing.InvokeAsync(false);
        }
        finally
        {
            _sending = false;
        }
    }
}
