using System.Data.Common;
using Microsoft.AspNetCore.Components;
using SecureBase.Core.Support.Presence;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Components;

public sealed partial class PresenceTracker(TimeProvider clock, ILogger<PresenceTracker> log) : IAsyncDisposable
{
    // Whoever stops in mid-sentence counts as typing for a moment, not for ever.
    private static readonly TimeSpan TypingRests = TimeSpan.FromSeconds(6);

    private readonly Guid _pageId = Guid.CreateVersion7();
    private readonly Leaving _leaving = new();
    private PresenceState _state = PresenceState.Viewing;
    private ITimer? _heartbeat;
    private ITimer? _rest;

    [Parameter, EditorRequired]
    public Guid TenantId { get; set; }

    [Parameter, EditorRequired]
    public Guid TicketId { get; set; }

    /// <summary>Does one thing in the scope of the ticket's tenant: customers' own, or the one staff enter.</summary>
    [Parameter, EditorRequired]
    public Func<Func<PresenceService, Task>, Task> InTenant { get; set; } = default!;

    /// <summary>Raised with everyone else on the ticket when that changed.</summary>
    [Parameter, EditorRequired]
    public EventCallback<IReadOnlyList<PresentPerson>> Changed { get; set; }

    /// <summary>The reader does something else now.</summary>
    public async Task ActAsync(PresenceState state)
    {
        _rest?.Change(state == PresenceState.Viewing ? Timeout.InfiniteTimeSpan : TypingRests, Timeout.InfiniteTimeSpan);
        if (state == _state)
            return;
        _state = state;
        await ShowAsync();
    }

    protected override async Task OnInitializedAsync()
    {
        if (!RendererInfo.IsInteractive)
            return;
        _heartbeat = clock.CreateTimer(_ => _ = InvokeAsync(BeatAsync), null, PresenceService.Heartbeat, PresenceService.Heartbeat);
        _rest = clock.CreateTimer(_ => _ = InvokeAsync(() => ActAsync(PresenceState.Viewing)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await BeatAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_heartbeat is null)
            return;
        await _heartbeat.DisposeAsync();
        await _rest!.DisposeAsync();
        _leaving.Dispose();
        await TryAsync(presence => presence.LeaveAsync(TicketId, _pageId, CancellationToken.None));
    }

    private async Task BeatAsync()
    {
        await ShowAsync();
        await ReadAsync();
    }

    private Task ShowAsync() => TryAsync(presence => presence.ShowAsync(TicketId, _pageId, _state, _leaving.Token));

    private Task ReadAsync() => TryAsync(async presence => await Changed.InvokeAsync(await presence.WhoAsync(TicketId, _leaving.Token)));

    // Presence is a courtesy: a database that is away must not take the page with it.
    private async Task TryAsync(Func<PresenceService, Task> work)
    {
        try
        {
            await InTenant(work);
        }
        catch (DbException failure)
        {
            log.PresenceFailed(failure);
        }
        catch (OperationCanceledException)
        {
            // The page went away meanwhile.
        }
    }
}
