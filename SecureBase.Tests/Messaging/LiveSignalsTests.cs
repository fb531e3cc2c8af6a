using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Messaging;

public sealed class LiveSignalsTests
{
    private static readonly Guid Acme = Guid.CreateVersion7();
    private static readonly Guid Globex = Guid.CreateVersion7();
    private static readonly Actor Ada = new(Acme, Guid.CreateVersion7(), "Ada", ActorKind.Customer, Roles.Admin);
    private static readonly Actor Priya = new(Tenant.OperatorId, Guid.CreateVersion7(), "Priya", ActorKind.Agent, Roles.Agent);

    private readonly FakeTimeProvider _clock = new();
    private readonly LiveSignals _signals;

    public LiveSignalsTests() => _signals = new LiveSignals(_clock, NullLogger<LiveSignals>.Instance);

    [Fact]
    public async Task Subscribe_OneTicket_HearsOnlyOfIt()
    {
        var mine = Ticket(Acme);
        using var ear = Hear(Ada, new LiveTopic(Acme, "ticket", mine.Id));

        _signals.Publish(Ticket(Acme));
        _signals.Publish(mine with { Kind = "invoice" });
        _signals.Publish(mine with { TenantId = Globex });
        _signals.Publish(mine);

        await ear.UntilAsync(1);
        Assert.Equal([mine], ear.Heard);
    }

    [Fact]
    public void Subscribe_CustomerToAnotherTenantOrToAll_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => Hear(Ada, new LiveTopic(Globex)));
        Assert.Throws<InvalidOperationException>(() => Hear(Ada, new LiveTopic(null)));
        Assert.Throws<InvalidOperationException>(() => Hear(Ada with { Kind = ActorKind.Agent }, new LiveTopic(null)));
    }

    [Fact]
    public async Task Publish_ForStaff_ReachesStaffAndNoCustomer()
    {
        using var customer = Hear(Ada, new LiveTopic(Acme));
        using var overAll = Hear(Priya, new LiveTopic(null));
        using var inTenant = Hear(Priya, new LiveTopic(Acme, "ticket"));
        var note = Ticket(Acme) with { Audience = LiveAudience.Staff };
        var reply = Ticket(Acme);

        _signals.Publish(note);
        _signals.Publish(reply);

        await overAll.UntilAsync(2);
        await inTenant.UntilAsync(2);
        await customer.UntilAsync(1);
        Assert.Equal([reply], customer.Heard);
    }

    [Fact]
    public async Task Publish_WhileTheSubscriberIsBusy_MergesPerResourceAndKeepsTheNewestVersion()
    {
        var busy = new TaskCompletionSource();
        var calls = new ConcurrentQueue<IReadOnlyList<LiveSignal>>();
        using var subscription = _signals.Subscribe(Ada, new LiveTopic(Acme), async signals =>
        {
            calls.Enqueue(signals);
            await busy.Task;
        });
        var ticket = Ticket(Acme);
        _signals.Publish(ticket);
        await Until.TrueAsync("the first call", () => calls.Count == 1);

        foreach (var version in Enumerable.Range(2, 1_000))
            _signals.Publish(ticket with { Version = version });
        _signals.Publish(ticket with { Version = 5 });
        var other = Ticket(Acme);
        _signals.Publish(other);
        Assert.Single(calls);
        busy.SetResult();

        await Until.TrueAsync("one more call", () => calls.Count == 2);
        Assert.Equal([ticket with { Version = 1_001 }, other], calls.Last());
    }

    [Fact]
    public async Task Publish_WithAPauseBetweenCalls_CallsAtThatBeat()
    {
        using var ear = Hear(Ada, new LiveTopic(Acme), pause: TimeSpan.FromMilliseconds(200));
        _signals.Publish(Ticket(Acme));
        await ear.UntilAsync(1);

        _signals.Publish(Ticket(Acme));
        _signals.Publish(Ticket(Acme));
        Assert.Equal(1, ear.Calls);
        await Until.TrueAsync("the beat lets them through", () =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(200));
            return ear.Heard.Count == 3;
        });
        Assert.Equal(2, ear.Calls);
    }

    [Fact]
    public async Task Subscribe_WithSince_HearsWhatCameJustBefore()
    {
        _signals.Publish(Ticket(Acme));
        _clock.Advance(TimeSpan.FromSeconds(3));
        var just = Ticket(Acme);
        _signals.Publish(just);
        _signals.Publish(Ticket(Globex));
        _signals.Publish(Ticket(Acme) with { Audience = LiveAudience.Staff });

        using var ear = Hear(Ada, new LiveTopic(Acme), since: _clock.GetUtcNow().AddSeconds(-2));

        await ear.UntilAsync(1);
        Assert.Equal([just], ear.Heard);
    }

    [Fact]
    public async Task Handler_Throws_IsCalledAgainForTheNext()
    {
        var calls = 0;
        using var subscription = _signals.Subscribe(Ada, new LiveTopic(Acme), _ => Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("a page's bug") : Task.CompletedTask);

        _signals.Publish(Ticket(Acme));
        await Until.TrueAsync("the failing call", () => calls == 1);
        _signals.Publish(Ticket(Acme));

        await Until.TrueAsync("the next call", () => calls == 2);
    }

    [Fact]
    public async Task Dispose_EndsTheCalls()
    {
        var ended = Hear(Ada, new LiveTopic(Acme));
        using var witness = Hear(Ada, new LiveTopic(Acme));
        ended.Dispose();

        _signals.Publish(Ticket(Acme));

        await witness.UntilAsync(1);
        Assert.Empty(ended.Heard);
    }

    [Fact]
    public void Codec_ManySignals_ComeBackInPayloadsThatPostgresTakes()
    {
        var signals = Enumerable.Range(1, 500).Select(i => Ticket(Acme) with
        {
            Version = i,
            Audience = i % 2 == 0 ? LiveAudience.Staff : LiveAudience.Everyone,
            EventType = i % 3 == 0 ? null : "compliance.finding_critical",
            ActorId = i % 5 == 0 ? null : Guid.CreateVersion7(),
        }).ToList();

        var payloads = LiveSignalCodec.Encode(Acme, signals);

        Assert.All(payloads, payload => Assert.InRange(payload.Length, 1, LiveSignalCodec.MaxPayload));
        Assert.Equal(signals, payloads.SelectMany(LiveSignalCodec.Decode));
        Assert.Single(LiveSignalCodec.Encode(Acme, signals.Take(FanOut.BatchSize)));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    [InlineData("größe")]
    public void Codec_NamesThatWouldBreakThePayload_AreRefused(string kind) =>
        Assert.Throws<ArgumentException>(() => LiveSignalCodec.Encode(Acme, [Ticket(Acme) with { Kind = kind }]));

    private static LiveSignal Ticket(Guid tenant) => new(tenant, "ticket", Guid.CreateVersion7(), 1, LiveAudience.Everyone);

    private Ear Hear(Actor who, LiveTopic topic, DateTimeOffset? since = null, TimeSpan pause = default) => new(_signals, who, topic, since, pause);

    private sealed class Ear : IDisposable
    {
        private readonly IDisposable _subscription;
        private int _calls;

        internal Ear(LiveSignals signals, Actor who, LiveTopic topic, DateTimeOffset? since, TimeSpan pause) =>
            _subscription = signals.Subscribe(who, topic, heard =>
            {
                Interlocked.Increment(ref _calls);
                foreach (var signal in heard)
                    Heard.Enqueue(signal);
                return Task.CompletedTask;
            }, since, pause);

        internal ConcurrentQueue<LiveSignal> Heard { get; } = new();
        internal int Calls => _calls;

        internal Task UntilAsync(int count) => Until.TrueAsync($"{count} signals are heard", () => Heard.Count >= count);

        public void Dispose() => _subscription.Dispose();
    }
}
