using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Webhooks.Components;

namespace SecureBase.Portal.Webhooks.Pages;

/// <summary>The organisation's endpoints, how the chosen one fares, and its log. What is chosen and filtered is in the address.</summary>
public sealed partial class WebhooksPage(
    WebhookEndpointService webhooks, WebhookHealthService health, WebhookDeliveryService deliveries, WebhookRecoveryService recoveries,
    IOptions<WebhookOptions> options, TenantContext tenancy, Caller caller, ToastService toasts, NavigationManager navigation, TimeProvider clock) : IDisposable
{
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("Add endpoint", "C"), new("Find by id", "/"), new("All shortcuts", "?")];

    private readonly Leaving _leaving = new();
    private WebhooksState _state = new();
    private Shown? _shown;
    private string? _text;
    private Error? _error;
    private Error? _refused;
    private Error? _replayRefused;
    private bool _testing;
    private LogSpan _recoverSince = LogSpan.Day;
    private EndpointDialog _dialog = default!;
    private ConfirmDialog _rotating = default!;
    private ConfirmDialog _ending = default!;
    private ConfirmDialog _deleting = default!;
    private ConfirmDialog _recovering = default!;
    private ConfirmDialog _snippets = default!;

    [SupplyParameterFromQuery(Name = "endpoint")] private string? Endpoint { get; set; }
    [SupplyParameterFromQuery(Name = "status")] private string? Status { get; set; }
    [SupplyParameterFromQuery(Name = "type")] private string? Type { get; set; }
    [SupplyParameterFromQuery(Name = "span")] private string? Span { get; set; }
    [SupplyParameterFromQuery(Name = "about")] private string? About { get; set; }
    [SupplyParameterFromQuery(Name = "delivery")] private string? Delivery { get; set; }
    [SupplyParameterFromQuery(Name = "attempt")] private string? Attempt { get; set; }
    [SupplyParameterFromQuery(Name = "pane")] private string? Pane { get; set; }
    [SupplyParameterFromQuery(Name = "cursor")] private string? Cursor { get; set; }

    private bool CanManage => caller.Can(WebhookPermissions.Manage);

    private WebhookView? Current => CurrentOf(_shown?.Webhooks, _state);

    protected override async Task OnParametersSetAsync()
    {
        var state = WebhooksState.Parse(Endpoint, Status, Type, Span, About, Delivery, Attempt, Pane, Cursor);
        if (state.Endpoint != _state.Endpoint)
            _refused = null;
        if (state.Delivery != _state.Delivery)
            _replayRefused = null;
        (_state, _text) = (state, state.About?.ToString());
        await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private static WebhookView? CurrentOf(IReadOnlyList<WebhookView>? all, WebhooksState state) =>
        state.Endpoint is { } id ? all?.FirstOrDefault(w => w.Id == id) : all is [var first, ..] ? first : null;

    private async Task LoadAsync()
    {
        var state = _state;
        var all = await webhooks.ListAsync(new WebhookQuery { Limit = WebhookQuery.MaxLimit }, _leaving.Token);
        var fares = await health.ReadAsync(_leaving.Token);
        if ((all.Error ?? fares.Error) is { } error)
        {
            _error = error;
            return;
        }
        // One that was made or deleted between the two reads is shown at the next.
        var listed = all.Value.Items.Where(w => fares.Value.ContainsKey(w.Id)).ToList();
        var shown = new Shown(listed, fares.Value, new Page<WebhookDeliveryView>([], null), null, null);
        if (CurrentOf(listed, state) is { } current)
        {
            var page = await deliveries.ListAsync(state.ToQuery(current.Id, clock.GetUtcNow()), _leaving.Token);
            var chosen = state.Delivery is { } id ? await deliveries.GetAsync(id, _leaving.Token) : default;
            var recovery = await recoveries.LatestAsync(current.Id, _leaving.Token);
            if ((page.Error ?? recovery.Error) is { } refused)
            {
                _error = refused;
                return;
            }
            shown = shown with { Page = page.Value, Delivery = state.Delivery is not null && chosen.IsSuccess ? chosen.Value : null, Recovery = recovery.Value };
        }
        if (state == _state)
            (_shown, _error) = (shown, null);
    }

    private Task RefreshAsync(IReadOnlyList<LiveSignal> signals) => LoadAsync();

    private Task CreateAsync() => _dialog.CreateAsync();

    private async Task ShowAsync(WebhookView webhook)
    {
        var address = new WebhooksState { Endpoint = webhook.Id }.Url;
        if (_state.Endpoint == webhook.Id)
            await LoadAsync();
        else
            navigation.NavigateTo(address);
    }

    private async Task TestAsync()
    {
        if (Current is not { } webhook || _testing)
            return;
        _testing = true;
        try
        {
            var tested = await deliveries.TestAsync(webhook.Id, _leaving.Token);
            _refused = tested.Error;
            if (!tested.IsSuccess)
                return;
            var attempt = tested.Value.Attempts is [.., var last] ? last : null;
            toasts.Show(new Toast(tested.Value.Status == DeliveryStatus.Succeeded ? "webhook.test was delivered" : "webhook.test was not delivered", attempt?.Error, tested.Value.Status == DeliveryStatus.Succeeded ? ToastTone.Ok : ToastTone.Warn)
            {
                Href = new WebhooksState { Endpoint = webhook.Id, Delivery = tested.Value.Id }.Url, LinkText = "Look at it",
            });
        }
        finally
        {
            _testing = false;
        }
        await LoadAsync();
    }

    private Task TurnAsync(EndpointStatus status) => ActAsync(
        webhook => webhooks.EditAsync(webhook.Id, new EditWebhook { Status = status }, webhook.Version, _leaving.Token),
        webhook => $"{WebhookWords.NameOf(webhook)} {(status == EndpointStatus.Paused ? "is paused" : "goes on")}");

    private async Task RotateAsync()
    {
        if (Current is not { } webhook)
            return;
        var rotated = await webhooks.RotateAsync(webhook.Id, _leaving.Token);
        _refused = rotated.Error;
        await LoadAsync();
        if (rotated.IsSuccess)
            await _dialog.ShowSecretAsync(rotated.Value);
    }

    private Task EndPreviousAsync() => ActAsync(webhook => webhooks.EndPreviousAsync(webhook.Id, _leaving.Token), webhook => $"{WebhookWords.NameOf(webhook)} signs with its new secret alone");

    private async Task DeleteAsync()
    {
        if (Current is not { } webhook)
            return;
        var deleted = await webhooks.DeleteAsync(webhook.Id, _leaving.Token);
        _refused = deleted.Error;
        if (!deleted.IsSuccess)
            return;
        toasts.Show(new Toast($"{WebhookWords.NameOf(webhook)} was deleted"));
        if (_state == new WebhooksState())
            await LoadAsync();
        else
            navigation.NavigateTo(new WebhooksState().Url);
    }

    private async Task RecoverAsync()
    {
        if (Current is not { } webhook)
            return;
        var now = clock.GetUtcNow();
        var from = _recoverSince switch
        {
            LogSpan.Hour => now.AddHours(-1),
            LogSpan.Day => now.AddDays(-1),
            LogSpan.Week => now.AddDays(-7),
            _ => now.AddDays(-30),
        };
        var begun = await recoveries.BeginAsync(webhook.Id, new RecoverDeliveries { From = from }, _leaving.Token);
        _refused = begun.Error;
        await LoadAsync();
    }

    private async Task CancelRecoveryAsync()
    {
        if (Current is not { } webhook || _shown?.Recovery is not { } recovery)
            return;
        _refused = (await recoveries.CancelAsync(webhook.Id, recovery.Id, _leaving.Token)).Error;
        await LoadAsync();
    }

    private async Task ReplayAsync()
    {
        if (_shown?.Delivery is not { } delivery)
            return;
        var replayed = await deliveries.ReplayAsync(delivery.Id, _leaving.Token);
        _replayRefused = replayed.Error;
        if (replayed.IsSuccess)
            toasts.Show(new Toast("It is sent again", "With the same id."));
        await LoadAsync();
    }

    private async Task ActAsync(Func<WebhookView, Task<Result<WebhookView>>> act, Func<WebhookView, string> said)
    {
        if (Current is not { } webhook)
            return;
        var done = await act(webhook);
        _refused = done.Error;
        if (done.IsSuccess)
            toasts.Show(new Toast(said(webhook)));
        await LoadAsync();
    }

    private void Search() => navigation.NavigateTo(_state.Listing(s => s with { About = Guid.TryParseExact(_text?.Trim(), "D", out var id) ? id : null, Span = LogSpan.All }).Url);

    private static string SpanWords(LogSpan span) => span switch
    {
        LogSpan.Hour => "hour",
        LogSpan.Day => "24 h",
        LogSpan.Week => "7 days",
        _ => "30 days",
    };

    /// <summary>What the page shows, read at once.</summary>
    private sealed record Shown(IReadOnlyList<WebhookView> Webhooks, IReadOnlyDictionary<Guid, WebhookHealth> Health, Page<WebhookDeliveryView> Page, WebhookDeliveryView? Delivery, RecoveryView? Recovery);
}
