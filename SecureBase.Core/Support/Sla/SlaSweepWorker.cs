using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Support.Sla;

/// <summary>Runs <see cref="SlaSweep"/> on this node, every second, for the tenants in which something is due.</summary>
internal sealed class SlaSweepWorker(TenantRounds rounds, NpgsqlDataSource source, TimeProvider clock, ILogger<SlaSweepWorker> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                SupportLog.SweepFailed(log, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task TurnAsync(CancellationToken ct)
    {
        var due = await DueTenantsAsync(ct);
        if (due.Count > 0)
            await rounds.VisitAsync(due, (services, ct) => services.GetRequiredService<SlaSweep>().TellDueAsync(ct), ct);
    }

    private async Task<List<Guid>> DueTenantsAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("select tenant_id from tenants_with_due_clocks($1)");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() - SlaSweep.Grace });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Guid> ids = [];
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
