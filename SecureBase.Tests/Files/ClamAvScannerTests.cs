using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SecureBase.Core.Files;

namespace SecureBase.Tests.Files;

/// <summary>The client of ClamAV's daemon, on the wire.</summary>
public sealed class ClamAvScannerTests : IAsyncLifetime
{
    private readonly Clamd _clamd = Clamd.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _clamd.DisposeAsync().AsTask();

    [Fact]
    public async Task Scan_SendsEveryByteInOrder_AndHearsThatItIsClean()
    {
        var file = RandomNumberGenerator.GetBytes(700_001);
        Assert.Equal(new ScanVerdict(null), await Scanner(_clamd.Address).ScanAsync(Pieces(file, 131_072), CancellationToken.None));
        Assert.Equal(file, Assert.Single(_clamd.Scanned));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4_096)]
    public async Task Scan_FindsTheTestFile_HoweverItIsCut(int size) =>
        Assert.Equal(new ScanVerdict("Eicar-Test-Signature"), await Scanner(_clamd.Address).ScanAsync(Pieces(Clamd.Eicar, size), CancellationToken.None));

    [Fact]
    public async Task Scan_EmptyPiece_DoesNotEndTheFile()
    {
        async IAsyncEnumerable<ReadOnlyMemory<byte>> WithAGap()
        {
            yield return Clamd.Eicar.AsMemory(0, 20);
            yield return ReadOnlyMemory<byte>.Empty;
            await Task.Yield();
            yield return Clamd.Eicar.AsMemory(20);
        }
        Assert.False((await Scanner(_clamd.Address).ScanAsync(WithAGap(), CancellationToken.None)).IsClean);
    }

    [Fact]
    public async Task Scan_LargerThanTheDaemonTakes_IsNoVerdict()
    {
        _clamd.MaxLength = 1_000;
        var failure = await Assert.ThrowsAsync<ScanFailedException>(() => Scanner(_clamd.Address).ScanAsync(Pieces(new byte[4_000_000], 131_072), CancellationToken.None));
        Assert.Matches("size limit exceeded|closed the connection|cannot be reached", failure.Message);
    }

    [Fact]
    public async Task Scan_ClosedWithoutAnAnswer_IsNoVerdict()
    {
        _clamd.IsBroken = true;
        await Assert.ThrowsAsync<ScanFailedException>(() => Scanner(_clamd.Address).ScanAsync(Pieces("harmless"u8.ToArray(), 4), CancellationToken.None));
    }

    [Fact]
    public async Task Scan_NoAnswerInTime_IsNoVerdict()
    {
        _clamd.Holds = new TaskCompletionSource();
        var failure = await Assert.ThrowsAsync<ScanFailedException>(() => Scanner(_clamd.Address, seconds: 1).ScanAsync(Pieces("harmless"u8.ToArray(), 4), CancellationToken.None));
        Assert.Contains("no verdict within 1 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_NobodyListens_IsNoVerdict()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        await Assert.ThrowsAsync<ScanFailedException>(() => Scanner(address).ScanAsync(Pieces("harmless"u8.ToArray(), 4), CancellationToken.None));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("clamav:3310", true)]
    [InlineData("[::1]:3310", true)]
    [InlineData("clamav", false)]
    [InlineData("tcp://clamav:3310", false)]
    [InlineData("clamav:port", false)]
    public void Options_TakeHostAndPort(string? address, bool valid)
    {
        var options = new FilesOptions { VirusScanner = address };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    private static ClamAvScanner Scanner(string address, int seconds = 30) => new(Options.Create(new FilesOptions { VirusScanner = address, VirusScannerSeconds = seconds }));

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] file, int size)
    {
        foreach (var piece in file.Chunk(size))
        {
            await Task.Yield();
            yield return piece;
        }
    }
}
