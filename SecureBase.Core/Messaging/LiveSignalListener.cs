using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Messaging;

/// <summary>
/// Hears what any node's fan-out commits and tells this node's <see cref="LiveSignals"/>. Holds one connection outside the
/// pool; after losing it, replays what was dispatched since it last heard, so that no open page misses a change.
/// </summary>
public sealed class LiveSignalListener(DatabaseRoles roles, LiveSignals signals, TimeProvider clock, ILogger<LiveSignalListener> log) : BackgroundService
{
    /// <summary>How the connection names itself in <c>pg_stat_activity</c>.</summary>
    public const string ApplicationName = "securebase-live";

    // A connection that died without a word is noticed after one such silence.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);
    // Dispatch times are nodes' clocks at the start of a transaction; what was committed late or by a slow clock is within this.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan[] Backoff = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)];

    private const int ReplayPage = 1_000;

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(roles.App)
    {
        Pooling = false, ApplicationName = ApplicationName, TcpKeepAlive = true, CommandTimeout = 10, Timeout = 10,
    }.ConnectionString;

    /// <summary>Completes when this node hears for the first time.</summary>
    public Task Started => _started.Task;

    /// <summary>False while the connection is lost; what happens meanwhile is replayed afterwards.</summary>
    public bool IsListening { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? heard = null;
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                await using var connection = new NpgsqlConnection(_connectionString);
                await connection.OpenAsync(stoppingToken);
                await ListenAsync(connection, stoppingToken);
                if (heard is { } since)
                    await ReplayAsync(connection, since - Overlap, stoppingToken);
                IsListening = true;
                _started.TrySetResult();
                failures = 0;
                while (true)
                {
                    heard = clock.GetUtcNow();
                    if (!await connection.WaitAsync(Silence, stoppingToken))
                        await PingAsync(connection, stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested && failure is DbException or IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                IsListening = false;
                MessagingLog.ListenerLost(log, failure);
                await Task.Delay(Backoff[Math.Min(failures++, Backoff.Length - 1)], clock, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        connection.Notification += (_, notification) => Hear(notification.Payload);
        await using var listen = new NpgsqlCommand($"listen {FanOut.LiveChannel}", connection);
        await listen.ExecuteNonQueryAsync(ct);
    }

    private void Hear(string payload)
    {
        try
        {
            foreach (var signal in LiveSignalCodec.Decode(payload))
                signals.Publish(signal);
        }
        catch (FormatException failure)
        {
            MessagingLog.SignalUnreadable(log, failure);
        }
    }

    private async Task ReplayAsync(NpgsqlConnection connection, DateTimeOffset since, CancellationToken ct)
    {
        var after = Guid.Empty;
        for (var read = ReplayPage; read == ReplayPage;)
        {
            await using var command = new NpgsqlCommand(
                "select tenant_id, subject_kind, subject_id, subject_version, type, actor_id, dispatched_at, id from live_events_since($1, $2, $3)", connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<DateTimeOffset> { TypedValue = since }, new NpgsqlParameter<Guid> { TypedValue = after }, new NpgsqlParameter<int> { TypedValue = ReplayPage },
                },
            };
            await using var reader = await command.ExecuteReaderAsync(ct);
            for (read = 0; await reader.ReadAsync(ct); read++)
            {
                var actorId = await reader.IsDBNullAsync(5, ct) ? (Guid?)null : reader.GetGuid(5);
                signals.Publish(OutboxEvent.Signal(reader.GetGuid(0), reader.GetString(1), reader.GetGuid(2), reader.GetInt32(3), reader.GetString(4), actorId));
                since = await reader.GetFieldValueAsync<DateTimeOffset>(6, ct);
                after = reader.GetGuid(7);
            }
        }
    }

    private static async Task PingAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var ping = new NpgsqlCommand("select 1", connection);
        await ping.ExecuteNonQueryAsync(ct);
    }
}
