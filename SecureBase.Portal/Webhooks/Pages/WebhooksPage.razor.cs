using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support;
using SecureBase.Portal.Webhooks.Components;

namespace SecureBase.Portal.Webhooks.Pages;

/// <summary>The organisation's endpoints, how the chosen one fares, and its log. What is chosen and filtered is in the address.</summary>
public sealed partial class WebhooksPage(
    WebhookEndpointService webhooks, WebhookHealthService health, WebhookDeliveryService deliveries, WebhookRecoveryService recoveries,
    TicketService tickets, IOptions<WebhookOptions> options, TenantContext tenancy, Caller caller, ToastService toasts, NavigationManager navigation, TimeProvider clock) : IDisposable
{
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts =
        [new("Next delivery", "J"), new("Previous delivery", "K"), new("Close the delivery", "Esc"), new("Replay it", "R"), new("Filter by status", "F"), new("Find by ticket or id", "/"), new("Add endpoint", "C"), new("All shortcuts", "?")];

    private readonly Leaving _leaving = new();
    private readonly ChangedDeliveries _changed = new();
    private WebhooksState _state = new();
    private Error? _error;
    private Error? _refused;
    private Error? _replayRefused;
    private bool _testing;
    private bool _replaying;
    private bool _following = true;
    private bool _newer;
    private EndpointDialog _dialog = default!;
    private ConfirmDialog _rotating = default!;
    private ConfirmDialog _ending = default!;
    private ConfirmDialog _deleting = default!;
    private RecoverDialog _recovering = default!;
    private SnippetDialog _snippets = default!;

    /// <summary>What the first, static render showed, so that the circuit starts with it.</summary>
    [PersistentState]
    public Shown? Carried
    {
        get => RendererInfo.IsInteractive ? Known : Handover.IfSmall(Known);
        set => Known ??= value;
    }

    private Shown? Known { get; set; }

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

    private WebhookView? Current => CurrentOf(Known?.Webhooks, _state);

    private IReadOnlyList<string> Types => [.. (Current?.Events ?? EventCatalogue.All.Select(type => type.Name)).Append(WebhookEvents.Test).Distinct(StringComparer.Ordinal)];

    protected override async Task OnParametersSetAsync()
    {
        var state = WebhooksState.Parse(Endpoint, Status, Type, Span, About, Delivery, Attempt, Pane, Cursor);
        if (state.Endpoint != _state.Endpoint)
            _refused = null;
        if (state.Delivery != _state.Delivery)
            _replayRefused = null;
        // Another list is not a change of this one, and what is asked for is what is shown.
        if (state.ListUrl != _state.ListUrl)
            (_following, _newer) = (true, false);
        _state = state;
        if (Known is not { } known || known.List != state.ListUrl)
        {
            _changed.Forget();
            await LoadAsync();
        }
        else if (known.Asked != state.Delivery)
        {
            await OpenAsync(known, state.Delivery);
        }
    }

    public void Dispose() => _leaving.Dispose();

    private static WebhookView? CurrentOf(IReadOnlyList<WebhookView>? all, WebhooksState state) =>
        state.Endpoint is { } id ? all?.FirstOrDefault(w => w.Id == id) : all is [var first, ..] ? first : null;

    /// <summary>Another delivery of the list that is shown.</summary>
    private async Task OpenAsync(Shown known, Guid? delivery)
    {
        var read = delivery is { } id ? await deliveries.GetAsync(id, _leaving.Token) : default;
        if (_state.Delivery == delivery && Known?.List == known.List)
            Known = Known! with { Asked = delivery, Delivery = delivery is not null && read.IsSuccess ? read.Value : null };
    }

    private async Task LoadAsync()
    {
        var state = _state;
        var read = await ReadAsync(state);
        if (state.ListUrl != _state.ListUrl || state.Delivery != _state.Delivery)
            return;
        _error = read.Error;
        if (!read.IsSuccess)
            return;
        var (next, before) = (read.Value, Known);
        if (_following || before is null || before.List != next.List)
        {
            Known = next;
            return;
        }
        // The log stands still: rows that are shown are brought up to date, and no other appears.
        var items = next.Page.Items.ToDictionary(d => d.Id);
        _newer = next.Page.Items.Any(d => before.Page.Items.All(b => b.Id != d.Id));
        Known = next with { Page = before.Page with { Items = [.. before.Page.Items.Select(d => items.GetValueOrDefault(d.Id, d))] } };
    }

    private async Task<Result<Shown>> ReadAsync(WebhooksState state)
    {
        var all = await webhooks.ListAsync(new WebhookQuery { Limit = WebhookQuery.MaxLimit }, _leaving.Token);
        var fares = await health.ReadAsync(_leaving.Token);
        if ((all.Error ?? fares.Error) is { } error)
            return error;
        // One that was made or deleted between the two reads is shown at the next.
        var listed = all.Value.Items.Where(w => fares.Value.ContainsKey(w.Id)).ToList();
        var shown = new Shown(state.ListUrl, listed, fares.Value, new Page<WebhookDeliveryView>([], null)) { Asked = state.Delivery };
        var delivery = state.Delivery is { } id ? await deliveries.GetAsync(id, _leaving.Token) : default;
        if (state.Delivery is not null && delivery.IsSuccess)
            shown = shown with { Delivery = delivery.Value };
        if ((CurrentOf(listed, state)?.Id ?? state.Endpoint) is not { } endpoint)
            return shown;
        var about = state.About is { } text ? await MeantAsync(text) : null;
        var page = state.About is not null && about is null ? shown.Page : await deliveries.ListAsync(state.ToQuery(endpoint, about, clock.GetUtcNow()), _leaving.Token);
        var recovery = await recoveries.LatestAsync(endpoint, _leaving.Token);
        if ((page.Error ?? recovery.Error) is { } refused)
            return refused;
        return shown with { Page = page.Value, Recovery = recovery.Value, NotFound = state.About is not null && about is null };
    }

    /// <summary>The id that somebody means by it, or by a ticket's number; null when there is none.</summary>
    private async Task<Guid?> MeantAsync(string text) =>
        Guid.TryParseExact(text, "D", out var id) ? id : await tickets.FindAsync(text, _leaving.Token) is { IsSuccess: true, Value: var ticket } ? ticket.Id : null;

    private async Task RefreshAsync(IReadOnlyList<LiveSignal> signals)
    {
        var before = Known;
        await LoadAsync();
        if (before?.List == Known?.List)
            _changed.Compare(before?.Page.Items ?? [], Known?.Page.Items ?? []);
    }

    /// <summary>Lets new rows appear by themselves, or no longer.</summary>
    private async Task FollowAsync()
    {
        (_following, _newer) = (!_following, false);
        if (_following)
            await LoadAsync();
    }

    private Task CreateAsync() => _dialog.CreateAsync();

    private async Task ShowAsync(WebhookView webhook)
    {
        if (Current?.Id == webhook.Id)
            await LoadAsync();
        else
            navigation.NavigateTo(new WebhooksState { Endpoint = webhook.Id }.Url);
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
            var title = tested.Value.Status switch
            {
                DeliveryStatus.Succeeded => "webhook.test was delivered",
                DeliveryStatus.Pending => "webhook.test is still under way",
                _ => "webhook.test was not delivered",
            };
            toasts.Show(new Toast(title, attempt?.Error, tested.Value.Status == DeliveryStatus.Succeeded ? ToastTone.Ok : ToastTone.Warn)
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
        toasts.Show(new Toast($"{WebhookWords.NameOf(webhook)} was deleted") { Href = new WebhooksState { Endpoint = webhook.Id, Span = LogSpan.All }.Url, LinkText = "Its log" });
        if (_state.Url == new WebhooksState().Url)
            await LoadAsync();
        else
            navigation.NavigateTo(new WebhooksState().Url);
    }

    private async Task CancelRecoveryAsync()
    {
        if (Current is not { } webhook || Known?.Recovery is not { } recovery)
            return;
        _refused = (await recoveries.CancelAsync(webhook.Id, recovery.Id, _leaving.Token)).Error;
        await LoadAsync();
    }

    private async Task ReplayAsync()
    {
        if (Known?.Delivery is not { } delivery)
            return;
        if (_replaying)
            return;
        _replaying = true;
        try
        {
            var replayed = await deliveries.ReplayAsync(delivery.Id, _leaving.Token);
            _replayRefused = replayed.Error;
            if (replayed.IsSuccess)
                toasts.Show(new Toast("It is queued again", Current?.Status == EndpointStatus.Enabled ? "With the same id." : "With the same id. It waits until the endpoint is enabled."));
        }
        finally
        {
            _replaying = false;
        }
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

    private void Find(string? text) =>
        navigation.NavigateTo(_state.Listing(s => s with { About = string.IsNullOrWhiteSpace(text) ? null : QueryText.Search(text), Span = string.IsNullOrWhiteSpace(text) ? s.Span : LogSpan.All }).Url);

    /// <summary>What the page shows, read at once.</summary>
    /// <param name="List">The address of the list, whatever is open of it.</param>
    public sealed record Shown(string List, IReadOnlyList<WebhookView> Webhooks, IReadOnlyDictionary<Guid, WebhookHealth> Health, Page<WebhookDeliveryView> Page)
    {
        /// <summary>The delivery that was asked for.</summary>
        public Guid? Asked { get; init; }
        /// <summary>Null when there is no such delivery.</summary>
        public WebhookDeliveryView? Delivery { get; init; }
        public RecoveryView? Recovery { get; init; }
        /// <summary>Nothing carries the number or id that was searched for.</summary>
        public bool NotFound { get; init; }

        /// <summary>There is something to read, even if its endpoint is gone.</summary>
        internal bool HasLog => Page.Items.Count > 0 || Delivery is not null || NotFound;
    }
}
