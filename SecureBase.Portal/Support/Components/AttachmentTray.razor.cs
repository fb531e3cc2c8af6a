using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SecureBase.Core.Support.Attachments;
using SecureBase.Portal.Support.Attachments;

namespace SecureBase.Portal.Support.Components;

public sealed partial class AttachmentTray(IJSRuntime script) : IAsyncDisposable
{
    private IReadOnlyList<AttachmentView> _files = [];
    private DotNetObjectReference<AttachmentTray>? _self;
    private IJSObjectReference? _module;
    private bool _left;
    private int _underWay;
    private int _reads;

    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [Parameter, EditorRequired]
    public UploadPlace Place { get; set; } = default!;

    /// <summary>The draft the files wait under; must not change during the life of the component.</summary>
    [Parameter, EditorRequired]
    public string DraftKey { get; set; } = "";

    /// <summary>The id of the text box that takes pasted files.</summary>
    [Parameter, EditorRequired]
    public string For { get; set; } = "";

    /// <summary>Raised when files have come or gone, or uploads began or ended.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    /// <summary>A file is on its way.</summary>
    public bool IsBusy => _underWay > 0;

    /// <summary>The files that have arrived and can be sent.</summary>
    public IReadOnlyList<Guid> Ids => [.. _files.Where(f => f.State != AttachmentState.Refused).Select(f => f.Id)];

    private string UploadAddress => $"{Place.Path}/uploads?draft={Uri.EscapeDataString(DraftKey)}";

    /// <summary>Reads again which files wait.</summary>
    public async Task ReadAsync()
    {
        // Two uploads may end at once: what was asked later knows more, whichever answer comes last.
        var turn = ++_reads;
        await Place.WithAsync(async attachments =>
        {
            var waiting = await attachments.WaitingAsync(DraftKey, CancellationToken.None);
            if (turn == _reads)
                _files = waiting;
        });
        StateHasChanged();
        await Changed.InvokeAsync();
    }

    /// <summary>Called by js/uploads.js.</summary>
    /// <param name="underWay">Uploads that have begun or wait for their turn.</param>
    [JSInvokable]
    public async Task ProgressedAsync(int underWay)
    {
        _underWay = underWay;
        await ReadAsync();
    }

    protected override Task OnInitializedAsync() => RendererInfo.IsInteractive ? ReadAsync() : Task.CompletedTask;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        var module = await script.InvokeAsync<IJSObjectReference>("import", "./js/uploads.js");
        // Whoever went straight on has left before the script came.
        if (_left)
        {
            await module.DisposeAsync();
            return;
        }
        _module = module;
        _self = DotNetObjectReference.Create(this);
        await _module.InvokeVoidAsync("watch", Id, _self);
    }

    public async ValueTask DisposeAsync()
    {
        _left = true;
        try
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("leave", Id);
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and its listeners with it.
        }
        _self?.Dispose();
    }

    private async Task RemoveAsync(AttachmentView file)
    {
        await Place.WithAsync(attachments => attachments.RemoveAsync(file.Id, CancellationToken.None));
        await ReadAsync();
    }

    private static string Standing(AttachmentView file) => file.State switch
    {
        AttachmentState.Scanning => $"{FileSize.Words(file.Size)}, being scanned",
        AttachmentState.Refused => $"The scanner found {file.Finding}: remove it",
        _ => FileSize.Words(file.Size),
    };
}
