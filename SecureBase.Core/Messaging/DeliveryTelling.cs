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

    public void Recorded(DeliveryWork work)
    {
        if (work.Lane.Length >= IdLength && Guid.TryParseExact(work.Lane.AsSpan(0, IdLength), "N", out var id))
            _recorded[(work.TenantId, KindOf(work.Channel), id)] = 0;
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

    private async Task TellAsync(CancellationToken ct)
    {
        var told = _recorded.Keys.Where(key => _recorded.TryRemove(key, out _)).ToList();
        if (told.Count == 0)
            return;
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var tenant in told.GroupBy(t => t.TenantId))
        {
            foreach (var payload in LiveSignalCodec.Encode(tenant.Key, tenant.Select(t => new LiveSignal(t.TenantId, t.Kind, t.Id, 0, LiveAudience.Everyone))))
                batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_notify($1, $2)") { Parameters = { new NpgsqlParameter<string> { TypedValue = FanOut.LiveChannel }, new NpgsqlParameter<string> { TypedValue = payload } } });
        }
        await batch.ExecuteNonQueryAsync(ct);
    }
}
