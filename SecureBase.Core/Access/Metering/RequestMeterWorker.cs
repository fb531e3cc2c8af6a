using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Access.Metering;

/// <summary>Looks after this node's meters: writes last uses, gives unused requests back when a tenant is idle and when the node stops.</summary>
internal sealed class RequestMeterWorker(RequestMeters meters, KeyUses uses, TimeProvider clock, ILogger<RequestMeterWorker> log) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    /// <summary>One turn.</summary>
    internal async Task TurnAsync(bool last, CancellationToken ct)
    {
        await uses.WriteAsync(ct);
        await meters.SettleAsync(last, ct);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryTurnAsync(last: true, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var beat = new PeriodicTimer(Beat, clock);
        try
        {
            while (await beat.WaitForNextTickAsync(stoppingToken))
                await TryTurnAsync(last: false, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last turn is StopAsync's.
        }
    }

    private async Task TryTurnAsync(bool last, CancellationToken ct)
    {
        try
        {
            await TurnAsync(last, ct);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.MetersNotSettled(failure);
        }
    }
}
