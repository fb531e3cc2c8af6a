using System.Net;
using System.Net.Sockets;
using SecureBase.Core.Webhooks.Targets;

namespace SecureBase.Tests.Webhooks;

public sealed class HostResolverTests : IDisposable
{
    private static readonly IPAddress[] Address = [IPAddress.Parse("93.184.216.34")];

    private readonly ManualResetEventSlim _answers = new();
    private int _asked;
    private volatile bool _onPoolThread;

    public void Dispose()
    {
        _answers.Set();
        _answers.Dispose();
    }

    [Fact]
    public async Task ResolveAsync_ANameServerThatDoesNotAnswer_KeepsNoThreadOfThePoolAndIsAskedOnce()
    {
        var resolver = new HostResolver(LookUp);
        var waiting = Enumerable.Range(0, 50).Select(i => resolver.ResolveAsync(i % 2 == 0 ? "stalls.example" : "STALLS.example", CancellationToken.None)).ToList();
        Assert.All(waiting, look => Assert.False(look.IsCompleted));

        _answers.Set();

        Assert.All(await Task.WhenAll(waiting), addresses => Assert.Equal(Address, addresses));
        Assert.Equal(1, _asked);
        Assert.False(_onPoolThread);
    }

    [Fact]
    public async Task ResolveAsync_WhoeverNoLongerWaits_LeavesAtOnceAndTheNextGetsTheAnswer()
    {
        var resolver = new HostResolver(LookUp);
        using var impatient = new CancellationTokenSource();
        var first = resolver.ResolveAsync("stalls.example", impatient.Token);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = resolver.ResolveAsync("stalls.example", CancellationToken.None);
        _answers.Set();

        Assert.Equal(Address, await second);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task ResolveAsync_MoreHostsThanAreLookedUpAtOnce_IsRefusedUntilOneIsAnswered()
    {
        var resolver = new HostResolver(LookUp);
        var waiting = Enumerable.Range(0, HostResolver.MaxAtOnce).Select(i => resolver.ResolveAsync($"{i}.example", CancellationToken.None)).ToList();

        var refused = await Assert.ThrowsAsync<SocketException>(() => resolver.ResolveAsync("one-too-many.example", CancellationToken.None));
        _answers.Set();
        await Task.WhenAll(waiting);

        Assert.Equal(SocketError.TryAgain, refused.SocketErrorCode);
        Assert.Equal(Address, await resolver.ResolveAsync("one-too-many.example", CancellationToken.None));
    }

    [Fact]
    public async Task ResolveAsync_NoSuchHost_IsSaidToAllWhoAskAndAskedAgainTheNextTime()
    {
        var resolver = new HostResolver(_ =>
        {
            Interlocked.Increment(ref _asked);
            throw new SocketException((int)SocketError.HostNotFound);
        });

        for (var i = 1; i <= 2; i++)
        {
            var failure = await Assert.ThrowsAsync<SocketException>(() => resolver.ResolveAsync("nowhere.example", CancellationToken.None));
            Assert.Equal(SocketError.HostNotFound, failure.SocketErrorCode);
            Assert.Equal(i, _asked);
        }
    }

    private IPAddress[] LookUp(string host)
    {
        Interlocked.Increment(ref _asked);
        _onPoolThread |= Thread.CurrentThread.IsThreadPoolThread;
        _answers.Wait();
        return Address;
    }
}
