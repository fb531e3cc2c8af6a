using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Access.Components;

public sealed partial class ApiKeyDialog(IJSRuntime script, ApiKeyService keys)
{
    private readonly Leaving _leaving = new();
    private ElementReference _dialog;
    private IJSObjectReference? _module;
    private ApiKeyDraft _draft = new();
    private ApiKeyView? _editing;
    private CreatedApiKey? _issued;
    private Error? _error;
    private bool _stored;
    private bool _busy;

    [Inject]
    private TenantContext Tenancy { get; set; } = default!;

    [Inject]
    private PublicAddress Address { get; set; } = default!;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    /// <summary>Raised with the key once it is saved and, if it got a secret, that has been stored.</summary>
    [Parameter, EditorRequired]
    public EventCallback<ApiKeyView> OnSaved { get; set; }

    /// <summary>The smallest request there is.</summary>
    internal static string Example(Uri address, string secret) => $"curl {address} \\\n  -H 'Authorization: Bearer {secret}'";

    public Task CreateAsync() => OpenAsync(null, new ApiKeyDraft());

    public Task EditAsync(ApiKeyView key) => OpenAsync(key, ApiKeyDraft.Of(key));

    /// <summary>Shows a secret that was made elsewhere.</summary>
    public Task ShowSecretAsync(CreatedApiKey issued)
    {
        (_issued, _stored) = (issued, false);
        StateHasChanged();
        return ShowAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _leaving.Dispose();
        try
        {
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and the module with it.
        }
    }

    private Task OpenAsync(ApiKeyView? editing, ApiKeyDraft draft)
    {
        (_editing, _draft, _issued, _error) = (editing, draft, null, null);
        StateHasChanged();
        return ShowAsync();
    }

    private async Task ShowAsync()
    {
        _module ??= await script.InvokeAsync<IJSObjectReference>("import", "./js/dialogs.js");
        await _module.InvokeVoidAsync("show", _dialog);
    }

    private async Task CloseAsync()
    {
        if (_module is not null)
            await _module.InvokeVoidAsync("close", _dialog);
    }

    private async Task FinishAsync()
    {
        var key = _issued!.Key;
        await CloseAsync();
        _issued = null;
        await OnSaved.InvokeAsync(key);
    }

    private async Task SaveAsync()
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            _error = _editing is { } key ? await ChangeAsync(key) : await MakeAsync();
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task<Error?> MakeAsync()
    {
        var (request, problem) = _draft.ToNew(Viewer);
        if (problem is not null)
            return problem;
        var made = await keys.CreateAsync(request, _leaving.Token);
        if (made.IsSuccess)
            (_issued, _stored) = (made.Value, false);
        return made.Error;
    }

    private async Task<Error?> ChangeAsync(ApiKeyView key)
    {
        var (request, problem) = _draft.ToEdit(Viewer);
        if (problem is not null)
            return problem;
        var changed = await keys.EditAsync(key.Id, request, key.Version, _leaving.Token);
        if (!changed.IsSuccess)
            return changed.Error;
        await CloseAsync();
        await OnSaved.InvokeAsync(changed.Value);
        return null;
    }

    private string? Problem(string field) =>
        _error?.Fields.Where(f => f.Field == field).Select(f => f.Message).ToArray() is { Length: > 0 } messages ? string.Join(' ', messages) : null;
}
