using System.Globalization;
using Microsoft.AspNetCore.Components;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Access.Components;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Access.Pages;

/// <summary>The organisation's API keys, the staff's own on their host. The chosen key, the search and the view are in the address.</summary>
public sealed partial class ApiKeysPage(ApiKeyService keys, TenantContext tenancy, Caller caller, PublicAddress address, ToastService toasts, NavigationManager navigation) : IDisposable
{
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("New key", "C"), new("Search", "/"), new("All shortcuts", "?")];

    private readonly Leaving _leaving = new();
    private ApiKeysState _state = new();
    private string? _text;
    private Error? _error;
    private Error? _refused;
    private ApiKeyDialog _dialog = default!;
    private ConfirmDialog _rotating = default!;
    private ConfirmDialog _ending = default!;
    private ConfirmDialog _revoking = default!;

    /// <summary>What the first, static render showed, so that the circuit starts with it.</summary>
    [PersistentState]
    public Shown? Carried
    {
        get => RendererInfo.IsInteractive ? Known : Handover.IfSmall(Known);
        set => Known ??= value;
    }

    private Shown? Known { get; set; }

    [SupplyParameterFromQuery(Name = "view")] private string? View { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "cursor")] private string? Cursor { get; set; }
    [SupplyParameterFromQuery(Name = "key")] private string? KeyId { get; set; }

    private bool CanManage => caller.Can(ApiKeyPermissions.Manage);

    private IReadOnlyList<UnderlineTabs.Tab> Tabs =>
    [
        Tab("Active", ApiKeysTab.Active, Known?.Counts[ApiKeyStatus.Active]),
        Tab("Expired and revoked", ApiKeysTab.Ended, Known?.Counts[ApiKeyStatus.Expired] + Known?.Counts[ApiKeyStatus.Revoked]),
        Tab("All", ApiKeysTab.All, Known?.Counts.Values.Sum()),
    ];

    protected override async Task OnParametersSetAsync()
    {
        var state = ApiKeysState.Parse(View, Text, Cursor, KeyId);
        if (state.Key != _state.Key)
            _refused = null;
        (_state, _text) = (state, state.Text);
        if (Known?.Url != state.Url)
            await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var state = _state;
        var counts = await keys.CountAsync(_leaving.Token);
        var page = await keys.ListAsync(state.ToQuery(), _leaving.Token);
        var chosen = state.Key is { } id ? await keys.GetAsync(id, _leaving.Token) : default;
        if (state != _state)
            return;
        _error = counts.Error ?? page.Error;
        if (_error is null)
            Known = new Shown(state.Url, page.Value, counts.Value, state.Key is not null && chosen.IsSuccess ? chosen.Value : null);
    }

    private Task RefreshAsync(IReadOnlyList<LiveSignal> signals) => LoadAsync();

    private Task CreateAsync() => _dialog.CreateAsync();

    private Task EditAsync() => Known?.Chosen is { } key ? _dialog.EditAsync(key) : Task.CompletedTask;

    /// <summary>A key was created or changed: it is shown as it is now.</summary>
    private async Task ShowAsync(ApiKeyView key)
    {
        var address = new ApiKeysState { Tab = _state.Tab == ApiKeysTab.Ended ? ApiKeysTab.Active : _state.Tab, Key = key.Id }.Url;
        if (address == _state.Url)
            await LoadAsync();
        else
            navigation.NavigateTo(address);
    }

    private async Task RotateAsync()
    {
        if (Known?.Chosen is not { } key)
            return;
        var rotated = await keys.RotateAsync(key.Id, _leaving.Token);
        _refused = rotated.Error;
        await LoadAsync();
        if (rotated.IsSuccess)
            await _dialog.ShowSecretAsync(rotated.Value);
    }

    private Task EndPreviousAsync() => ActAsync(key => keys.EndPreviousAsync(key.Id, _leaving.Token), key => $"The old secret of {key.Name} has ended");

    private Task RevokeAsync() => ActAsync(key => keys.RevokeAsync(key.Id, _leaving.Token), key => $"{key.Name} was revoked");

    private async Task ActAsync(Func<ApiKeyView, Task<Result<ApiKeyView>>> act, Func<ApiKeyView, string> said)
    {
        if (Known?.Chosen is not { } key)
            return;
        var done = await act(key);
        _refused = done.Error;
        if (done.IsSuccess)
            toasts.Show(new Toast(said(key)));
        await LoadAsync();
    }

    private void Search() => navigation.NavigateTo((_state with { Text = string.IsNullOrWhiteSpace(_text) ? null : _text.Trim(), Cursor = null, Key = null }).Url);

    private UnderlineTabs.Tab Tab(string label, ApiKeysTab tab, int? count) => new(label, new ApiKeysState { Tab = tab, Text = _state.Text }.Url, _state.Tab == tab, count);

    private string Example(string secret) => ApiKeyDialog.Example(address.Of(tenancy.Tenant.Slug, "/v1/support/tickets?limit=5"), secret);

    private string CountWords(Shown known) => known.Page.NextCursor is null && _state.Cursor is null
        ? string.Create(CultureInfo.InvariantCulture, $"{known.Page.Items.Count} {(known.Page.Items.Count == 1 ? "key" : "keys")}")
        : string.Create(CultureInfo.InvariantCulture, $"{known.Page.Items.Count} of these shown");

    /// <summary>A page of the list with the address it answers.</summary>
    public sealed record Shown(string Url, Page<ApiKeyView> Page, IReadOnlyDictionary<ApiKeyStatus, int> Counts, ApiKeyView? Chosen);
}
