using System.Collections.Concurrent;
using System.Diagnostics;
using SecureBase.Core.Messaging;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;
using Xunit.Abstractions;

namespace SecureBase.Tests.Messaging;

/// <summary>The node's ear, on a database of its own: its connections are cut.</summary>
public sealed class LiveSignalListenerTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly Guid _tenant = Guid.CreateVersion7();
    // Stands still, so that the listener stays away until the test lets it come back.
    private readonly FakeTimeProvider _clock = new();
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresFixture.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Commit_OnAnotherNode_IsHeardHere()
    {
        await using var writer = await MessagingNode.StartAsync(_database.Connections);
        await using var reader = await MessagingNode.StartAsync(_database.Connections);
        using var ear = new Heard(reader, _tenant);
        List<double> latencies = [];

        foreach (var version in Enumerable.Range(1, 100))
        {
            var began = Stopwatch.GetTimestamp();
            var happened = await writer.EmitAsync(_tenant, "ticket.commented", version: version);
            await Until.TrueAsync("it is heard", () => ear.Signals.Any(s => s.Id == happened.SubjectId));
            latencies.Add(ear.At[happened.SubjectId].Subtract(Stopwatch.GetElapsedTime(0, began)).TotalMilliseconds);
        }

        latencies.Sort();
        output.WriteLine($"write + commit to signal on the other node: p50 {latencies[50]:0.0} ms, p99 {latencies[98]:0.0} ms");
        Assert.All(ear.Signals, signal => Assert.Equal((_tenant, "ticket", LiveAudience.Everyone, "ticket.commented"), (signal.TenantId, signal.Kind, signal.Audience, signal.EventType)));
    }

    [Fact]
    public async Task ConnectionLost_WhatWasCommittedMeanwhileIsCaughtUp()
    {
        await using var writer = await MessagingNode.StartAsync(_database.Connections, _clock, workers: false);
        await using var reader = await MessagingNode.StartAsync(_database.Connections, _clock);
        using var ear = new Heard(reader, _tenant);
        var before = await writer.EmitAsync(_tenant);
        await writer.DispatchAllAsync(_tenant);
        await Until.TrueAsync("the ear works", () => ear.Has(before));

        await DisconnectListenerAsync();
        var meanwhile = await writer.EmitAsync(_tenant, version: 7);
        var silent = await writer.EmitAsync(_tenant, silent: true);
        var noted = await writer.EmitAsync(_tenant, "internal.ticket_noted");
        await writer.DispatchAllAsync(_tenant);
        Assert.False(ear.Has(meanwhile));

        await ReconnectUntilAsync(() => ear.Has(meanwhile) && ear.Has(noted));
        Assert.Equal(7, ear.Signals.First(s => s.Id == meanwhile.SubjectId).Version);
        Assert.Equal(LiveAudience.Staff, ear.Signals.First(s => s.Id == noted.SubjectId).Audience);
        Assert.False(ear.Has(silent));
        var after = await writer.EmitAsync(_tenant);
        await writer.DispatchAllAsync(_tenant);
        await Until.TrueAsync("and hears again", () => ear.Has(after));
    }

    [Fact]
    public async Task ConnectionLost_MoreThanAPageOfReplays_AreAllCaughtUp()
    {
        await using var writer = await MessagingNode.StartAsync(_database.Connections, _clock, workers: false);
        await using var reader = await MessagingNode.StartAsync(_database.Connections, _clock);
        using var ear = new Heard(reader, _tenant);
        await DisconnectListenerAsync();
        await writer.EmitAsync(_tenant, [.. Enumerable.Range(0, 2_500).Select(_ => writer.Event())]);
        await writer.DispatchAllAsync(_tenant);

        await ReconnectUntilAsync(() => ear.Signals.Select(s => s.Id).Distinct().Count() == 2_500);
    }

    private Task ReconnectUntilAsync(Func<bool> caughtUp) => Until.TrueAsync("what was missed is caught up", () =>
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return caughtUp();
    });

    private async Task DisconnectListenerAsync() => Assert.Equal(1L, await Sql.ScalarAsync(_database.SuperuserConnectionString,
        $"select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{_database.Name}' and application_name = '{LiveSignalListener.ApplicationName}'"));

    private sealed class Heard : IDisposable
    {
        private readonly IDisposable _subscription;

        internal Heard(MessagingNode node, Guid tenant) => _subscription = node.Signals.Subscribe(SystemActor.Instance, new LiveTopic(tenant), signals =>
        {
            foreach (var signal in signals)
            {
                At[signal.Id] = Stopwatch.GetElapsedTime(0);
                Signals.Enqueue(signal);
            }
            return Task.CompletedTask;
        });

        internal ConcurrentQueue<LiveSignal> Signals { get; } = new();
        internal ConcurrentDictionary<Guid, TimeSpan> At { get; } = new();

        internal bool Has(OutboxEvent happened) => Signals.Any(s => s.Id == happened.SubjectId);

        public void Dispose() => _subscription.Dispose();
    }
}
