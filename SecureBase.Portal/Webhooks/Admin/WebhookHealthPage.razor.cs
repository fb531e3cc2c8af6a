using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Webhooks.Admin;

/// <summary>How the endpoints of all customers stand, those in trouble first. The view is in the address.</summary>
public sealed partial class WebhookHealthPage(EndpointWatch watch) : IDisposable
{
    private readonly Leaving _leaving = new();
    private Shown? _shown;
    private Error? _error;

    [SupplyParameterFromQuery(Name = "view")]
    private string? View { get; set; }

    private bool All => View == "all";

    protected override async Task OnParametersSetAsync()
    {
        if (_shown?.All != All)
            await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var all = All;
        var endpoints = await watch.ListAsync(onlyTroubled: !all, _leaving.Token);
        var counts = await watch.CountAsync(_leaving.Token);
        if (all != All)
            return;
        _error = endpoints.Error ?? counts.Error;
        if (_error is null)
            _shown = new Shown(all, endpoints.Value, counts.Value);
    }

    private Task RefreshAsync(IReadOnlyList<LiveSignal> signals) => LoadAsync();

    private static IReadOnlyList<UnderlineTabs.Tab> Tabs(Shown shown) =>
    [
        new("Failing and disabled", "/webhook-health", !shown.All, shown.Counts.Failing + shown.Counts.Disabled),
        new("All", "/webhook-health?view=all", shown.All, shown.Counts.Healthy + shown.Counts.Failing + shown.Counts.Paused + shown.Counts.Disabled),
    ];

    /// <summary>The list and its counts as read together.</summary>
    private sealed record Shown(bool All, IReadOnlyList<WatchedEndpoint> Endpoints, EndpointCounts Counts);
}
