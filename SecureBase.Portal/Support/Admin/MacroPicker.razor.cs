using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using SecureBase.Core.Support.Macros;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Admin;

public sealed partial class MacroPicker(MacroService macros, IJSRuntime script) : IAsyncDisposable
{
    private readonly Leaving _leaving = new();
    private ElementReference _dialog;
    private IJSObjectReference? _module;
    private IReadOnlyList<MacroView> _found = [];
    private string _text = "";
    private string? _problem;
    private int _at;

    /// <summary>What placeholders stand for here.</summary>
    [Parameter, EditorRequired]
    public MacroValues Values { get; set; } = default!;

    /// <summary>Raised with the macro that was chosen.</summary>
    [Parameter, EditorRequired]
    public EventCallback<MacroView> Chosen { get; set; }

    private MacroView? Picked => _at < _found.Count ? _found[_at] : null;

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

    public async Task OpenAsync()
    {
        (_text, _at) = ("", 0);
        await LoadAsync();
        StateHasChanged();
        _module ??= await script.InvokeAsync<IJSObjectReference>("import", "./js/dialogs.js");
        await _module.InvokeVoidAsync("show", _dialog);
    }

    private async Task CloseAsync()
    {
        if (_module is not null)
            await _module.InvokeVoidAsync("close", _dialog);
    }

    private async Task LoadAsync()
    {
        var text = _text;
        var found = await macros.ListAsync(text, _leaving.Token);
        if (text != _text)
            return;
        _problem = found.Error?.Message;
        _found = found.IsSuccess ? found.Value : [];
        _at = Math.Clamp(_at, 0, Math.Max(0, _found.Count - 1));
    }

    private Task FindAsync(string? text)
    {
        (_text, _at) = (text ?? "", 0);
        return LoadAsync();
    }

    private async Task KeyAsync(KeyboardEventArgs key)
    {
        switch (key.Key)
        {
            case "ArrowDown" when _at + 1 < _found.Count:
                _at++;
                break;
            case "ArrowUp" when _at > 0:
                _at--;
                break;
            case "Enter" when Picked is { } picked:
                await ChooseAsync(picked);
                break;
        }
    }

    private async Task ChooseAsync(MacroView macro)
    {
        await CloseAsync();
        await Chosen.InvokeAsync(macro);
    }

    private static string OptionId(MacroView macro) => $"macro-{macro.Id:N}";
}
