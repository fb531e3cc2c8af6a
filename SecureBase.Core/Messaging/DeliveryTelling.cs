using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SecureBase.Core.Messaging;

/// <summary>
/// Tells open pages that attempts of a lane were recorded: one signal per lane and quarter of a second however many there were, with
/// the lane's own id, of the kind <c>{channel}_log</c>. Lanes whose name is no id are told of by nobody.
/// </summary>
internal sealed class DeliveryTelling(NpgsqlDataSource source, TimeProvider clock, ILogger log)
{
    private const int IdLength = 32;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<(Guid TenantId, string Kind, Guid Id), byte> _recorded = new();

    /// <summary>The kind of the signals of a channel's log.</summary>
    public static string KindOf(string channel) => $"{channel}_log";

    /// <summary>That the log of a lane has changed; null for lanes whose log nobody looks at.</summary>
    public static LiveSignal? SignalOf(DeliveryLane lane) =>
        lane.Name.Length >= IdLength && Guid.TryParseExact(lane.Name.AsSpan(0, IdLength), "N", out var id) ? SignalOf(lane.TenantId, KindOf(lane.Channel), id) : null;

    public void Recorded(DeliveryLane lane)
    {
        if (SignalOf(lane) is { } signal)
            _recorded[(signal.TenantId, signal.Kind, signal.Id)] = 0;
    }

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                await TellAsync(ct);
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                // Pages read again on the next signal; nothing else depends on it.
                MessagingLog.TellingFailed(log, failure);
            }
        }
    }

    private static LiveSignal SignalOf(Guid tenantId, string kind, Guid id) => new(tenantId, kind, id, 0, LiveAudience.Everyone);

    private async Task TellAsync(CancellationToken ct)
    {
        var told = _recorded.Keys.Where(key => _recorded.TryRemove(key, out _)).ToList();
        if (told.Count == 0)
            return;
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var tenant in told.GroupBy(t => t.TenantId))
        {
            foreach (var payload in LiveSignalCodec.Encode(tenant.Key, tenant.Select(t => SignalOf(t.TenantId, t.Kind, t.Id))))
                batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_notify($1, $2)") { Parameters = { new NpgsqlParameter<string> { TypedValue = FanOut.LiveChannel }, new NpgsqlParameter<string> { TypedValue = payload } } });
        }
        await batch.ExecuteNonQueryAsync(ct);
    }
}
