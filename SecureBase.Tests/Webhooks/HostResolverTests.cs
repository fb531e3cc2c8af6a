using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using SecureBase.Core.Webhooks.Targets;

namespace SecureBase.Tests.Webhooks;

public sealed class HostResolverTests
{
    private static readonly IPAddress[] Address = [IPAddress.Parse("93.184.216.34")];
    private static readonly Guid Acme = Guid.CreateVersion7();
    private static readonly Guid Globex = Guid.CreateVersion7();

    private readonly ConcurrentQueue<string> _asked = new();
    private readonly TaskCompletionSource _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task ANameServerThatDoesNotAnswer_IsAskedOnce_HoweverManyWait()
    {
        var resolver = Stalling();
        var waiting = Enumerable.Range(0, 50).Select(i => resolver.ResolveAsync(Acme, i % 2 == 0 ? "stalls.example" : "STALLS.example", CancellationToken.None)).ToList();
        Assert.All(waiting, look => Assert.False(look.IsCompleted));

        _answers.SetResult();

        Assert.All(await Task.WhenAll(waiting), addresses => Assert.Equal(Address, addresses));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task WhoeverNoLongerWaits_LeavesAtOnce_AndTheNextGetsTheAnswer()
    {
        var resolver = Stalling();
        using var impatient = new CancellationTokenSource();
        var first = resolver.ResolveAsync(Acme, "stalls.example", impatient.Token);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = resolver.ResolveAsync(Acme, "stalls.example", CancellationToken.None);
        _answers.SetResult();

        Assert.Equal(Address, await second);
        Assert.Single(_asked);
    }

    [Fact]
    public async Task ATenantWhoseNamesAllStall_TakesItsOwnPlaces_AndNobodyElses()
    {
        var resolver = Stalling();
        var waiting = Enumerable.Range(0, HostResolver.MaxOfTenant).Select(i => resolver.ResolveAsync(Acme, $"{i}.stalls.example", CancellationToken.None)).ToList();
        await Assert.ThrowsAsync<LookUpsExhaustedException>(() => resolver.ResolveAsync(Acme, "one-too-many.stalls.example", CancellationToken.None));

        Assert.Equal(Address, await resolver.ResolveAsync(Globex, "answers.example", CancellationToken.None));
        _answers.SetResult();
        await Task.WhenAll(waiting);
        Assert.Equal(Address, await resolver.ResolveAsync(Acme, "one-too-many.stalls.example", CancellationToken.None));
    }

    [Fact]
    public async Task NamesThatAreEntered_TakeNoPlaceFromThoseDeliveredTo()
    {
        var resolver = Stalling();
        var waiting = Enumerable.Range(0, HostResolver.MaxEnteredAtOnce)
            .Select(i => resolver.ResolveEnteredAsync(Guid.CreateVersion7(), $"{i}.stalls.example", CancellationToken.None)).ToList();
        await Assert.ThrowsAsync<LookUpsExhaustedException>(() => resolver.ResolveEnteredAsync(Acme, "answers.example", CancellationToken.None));

        Assert.Equal(Address, await resolver.ResolveAsync(Acme, "answers.example", CancellationToken.None));
        _answers.SetResult();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task AllTenantsTogether_HaveABoundToo()
    {
        var resolver = Stalling();
        var waiting = Enumerable.Range(0, HostResolver.MaxAtOnce).Select(i => resolver.ResolveAsync(Guid.CreateVersion7(), $"{i}.stalls.example", CancellationToken.None)).ToList();

        await Assert.ThrowsAsync<LookUpsExhaustedException>(() => resolver.ResolveAsync(Acme, "answers.example", CancellationToken.None));
        _answers.SetResult();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task NoSuchHost_IsSaidToAllWhoAsk_AndAskedAgainTheNextTime()
    {
        var resolver = new HostResolver((host, _) =>
        {
            _asked.Enqueue(host);
            throw new SocketException((int)SocketError.HostNotFound);
        });

        for (var i = 1; i <= 2; i++)
        {
            var failure = await Assert.ThrowsAsync<SocketException>(() => resolver.ResolveAsync(Acme, "nowhere.example", CancellationToken.None));
            Assert.Equal(SocketError.HostNotFound, failure.SocketErrorCode);
            Assert.Equal(i, _asked.Count);
        }
    }

    private HostResolver Stalling() => new(async (host, _) =>
    {
        _asked.Enqueue(host);
        if (host.EndsWith("stalls.example", StringComparison.OrdinalIgnoreCase))
            await _answers.Task;
        return Address;
    });
}
