using System.Collections.Concurrent;
using Npgsql;
using SecureBase.Core.Messaging;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Tests.Messaging;

/// <summary>Hears the raw notifications of one tenant, as PostgreSQL sends them.</summary>
internal sealed class LiveEar : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly NpgsqlConnection _connection;
    private Task _listening = Task.CompletedTask;

    private LiveEar(NpgsqlConnection connection) => _connection = connection;

    public ConcurrentQueue<string> Payloads { get; } = new();
    public IReadOnlyList<LiveSignal> Heard => [.. Payloads.SelectMany(LiveSignalCodec.Decode)];

    public static async Task<LiveEar> OpenAsync(DatabaseConnections database, Guid tenantId)
    {
        var ear = new LiveEar(new NpgsqlConnection(database.App + ";Pooling=false"));
        await ear._connection.OpenAsync();
        ear._connection.Notification += (_, notification) =>
        {
            if (notification.Payload.StartsWith(tenantId.ToString("N"), StringComparison.Ordinal))
                ear.Payloads.Enqueue(notification.Payload);
        };
        await using (var listen = new NpgsqlCommand($"listen {FanOut.LiveChannel}", ear._connection))
            await listen.ExecuteNonQueryAsync();
        ear._listening = ear.ListenAsync();
        return ear;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (true)
            await _connection.WaitAsync(_stop.Token);
    }
}
