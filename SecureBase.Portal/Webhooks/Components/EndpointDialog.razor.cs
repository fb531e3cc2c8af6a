using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SecureBase.Core.Kernel;
using SecureBase.Core.Webhooks;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Webhooks.Components;

public sealed partial class EndpointDialog(IJSRuntime script, WebhookEndpointService webhooks)
{
    private readonly Leaving _leaving = new();
    private ElementReference _dialog;
    private IJSObjectReference? _module;
    private EndpointDraft _draft = new();
    private WebhookView? _editing;
    private WebhookWithSecret? _issued;
    private Error? _error;
    private bool _stored;
    private bool _busy;

    /// <summary>Raised with the endpoint once it is saved and, if it got a secret, that has been stored.</summary>
    [Parameter, EditorRequired]
    public EventCallback<WebhookView> OnSaved { get; set; }

    private string HeadersHelp => _editing is { HeaderNames: { Count: > 0 } names }
        ? $"One a line, as Name: value. Sent now: {string.Join(", ", names)}. Leave it empty to keep them; what you write replaces them all."
        : "One a line, as Name: value. Values are stored sealed and never shown again.";

    public Task CreateAsync() => OpenAsync(null, new EndpointDraft());

    public Task EditAsync(WebhookView webhook) => OpenAsync(webhook, EndpointDraft.Of(webhook));

    /// <summary>Shows a secret that was made elsewhere.</summary>
    public Task ShowSecretAsync(WebhookWithSecret issued)
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

    private Task OpenAsync(WebhookView? editing, EndpointDraft draft)
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
        var webhook = _issued!.Webhook;
        await CloseAsync();
        _issued = null;
        await OnSaved.InvokeAsync(webhook);
    }

    private async Task SaveAsync()
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            _error = _editing is { } webhook ? await ChangeAsync(webhook) : await MakeAsync();
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task<Error?> MakeAsync()
    {
        var (request, problem) = _draft.ToNew();
        if (problem is not null)
            return problem;
        var made = await webhooks.CreateAsync(request, _leaving.Token);
        if (made.IsSuccess)
            (_issued, _stored) = (made.Value, false);
        return made.Error;
    }

    private async Task<Error?> ChangeAsync(WebhookView webhook)
    {
        var (request, problem) = _draft.ToEdit();
        if (problem is not null)
            return problem;
        var changed = await webhooks.EditAsync(webhook.Id, request, webhook.Version, _leaving.Token);
        if (!changed.IsSuccess)
            return changed.Error;
        await CloseAsync();
        await OnSaved.InvokeAsync(changed.Value);
        return null;
    }

    private string? Problem(string field) =>
        _error?.Fields.Where(f => f.Field == field).Select(f => f.Message).ToArray() is { Length: > 0 } messages ? string.Join(' ', messages) : null;
}
