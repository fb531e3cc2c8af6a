using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support;

namespace SecureBase.Portal.Webhooks.Admin;

/// <summary>How the endpoints of all customers stand, those in trouble first. The view and the customer are in the address.</summary>
public sealed partial class WebhookHealthPage(EndpointWatch watch) : IDisposable
{
    private readonly Leaving _leaving = new();
    private Error? _error;

    /// <summary>What the first, static render showed, so that the circuit starts with it.</summary>
    [PersistentState]
    public Shown? Carried
    {
        get => RendererInfo.IsInteractive ? Known : Handover.IfSmall(Known);
        set => Known ??= value;
    }

    private Shown? Known { get; set; }

    [SupplyParameterFromQuery(Name = "view")]
    private string? View { get; set; }

    /// <summary>Slug of the one customer whose endpoints are shown.</summary>
    [SupplyParameterFromQuery(Name = "tenant")]
    private string? Of { get; set; }

    private bool All => View == "all";

    private string? Tenant => string.IsNullOrWhiteSpace(Of) ? null : Of;

    protected override async Task OnParametersSetAsync()
    {
        if (Known?.Url != UrlOf(All, Tenant))
            await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var (all, tenant) = (All, Tenant);
        var endpoints = await watch.ListAsync(onlyTroubled: !all, tenant, _leaving.Token);
        var counts = await watch.CountAsync(tenant, _leaving.Token);
        if ((all, tenant) != (All, Tenant))
            return;
        _error = endpoints.Error ?? counts.Error;
        if (_error is null)
            Known = new Shown(UrlOf(all, tenant), all, endpoints.Value, counts.Value);
    }

    private Task RefreshAsync(IReadOnlyList<LiveSignal> signals) => LoadAsync();

    private static string UrlOf(bool all, string? tenant) => QueryText.Url("/webhook-health", ("view", all ? "all" : null), ("tenant", tenant));

    private IReadOnlyList<UnderlineTabs.Tab> Tabs(Shown shown) =>
    [
        new("Failing and disabled", UrlOf(all: false, Tenant), !shown.All, shown.Counts.Failing + shown.Counts.Disabled),
        new("All", UrlOf(all: true, Tenant), shown.All, shown.Counts.Healthy + shown.Counts.Failing + shown.Counts.Paused + shown.Counts.Disabled),
    ];

    private static string? Failure(WatchedEndpoint endpoint) =>
        endpoint.Standing == EndpointStanding.Disabled ? endpoint.DisabledReason
        : endpoint.Standing == EndpointStanding.Failing || endpoint.LastFailedAt is not null ? endpoint.LastError : null;

    private static DateTimeOffset? Since(WatchedEndpoint endpoint) => endpoint.FailingSince ?? endpoint.LastFailedAt;

    /// <summary>The list and its counts as read together.</summary>
    /// <param name="Url">The address they were read for.</param>
    public sealed record Shown(string Url, bool All, IReadOnlyList<WatchedEndpoint> Endpoints, EndpointCounts Counts);
}
