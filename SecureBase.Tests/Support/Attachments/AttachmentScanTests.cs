using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Files;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Tests.Files;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Attachments;

/// <summary>With a scanner nobody gets a file before its verdict, whatever the scanner or a node does in between.</summary>
public sealed class AttachmentScanTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly Clamd _clamd = Clamd.Start();
    private TestDatabase _database = null!;
    private PortalFactory _portal = null!;
    private GivenPerson _ada = null!;
    private TicketView _ticket = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _portal = await StartAsync();
        _ada = await (await _portal.Given.TenantAsync()).AdminAsync();
        _ticket = await _ada.OpenTicketAsync();
    }

    public async Task DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _clamd.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task UntilTheVerdict_NobodyGetsIt_ThenEverybodyAndPagesAreTold()
    {
        _clamd.Holds = new TaskCompletionSource();
        List<LiveSignal> told = [];
        using var listening = _portal.Services.GetRequiredService<LiveSignals>().Subscribe(_ada.Actor, new LiveTopic(_ada.Tenant.Id, ScanRunner.SignalKind), signals =>
        {
            told.AddRange(signals);
            return Task.CompletedTask;
        });
        var file = await AttachAsync("harmless"u8.ToArray());
        await Until.TrueAsync("the scanner has the file", () => !_clamd.Scanned.IsEmpty);
        Assert.Equal((AttachmentState.Scanning, false), (await StateAsync(file.Id), await CanDownloadAsync(file.Id)));

        _clamd.Holds.SetResult();
        await Until.TrueAsync("the file is clean", async () => await StateAsync(file.Id) == AttachmentState.Clean);
        Assert.True(await CanDownloadAsync(file.Id));
        Assert.Equal("harmless"u8.ToArray(), Assert.Single(_clamd.Scanned));
        await Until.TrueAsync("pages are told", () => told.Count > 0);
    }

    [Fact]
    public async Task WhatTheScannerFinds_IsRefused_DeletedAndRecorded()
    {
        var file = await AttachAsync([.. "see: "u8, .. Clamd.Eicar]);
        await Until.TrueAsync("the file is refused", async () => await StateAsync(file.Id) == AttachmentState.Refused);
        Assert.False(await CanDownloadAsync(file.Id));
        await using var scope = _ada.Scope();
        var shown = (await scope.Get<AttachmentService>().GetAsync(_ticket.Id, file.Id, Ct)).Value;
        Assert.Equal("Eicar-Test-Signature", shown.Finding);
        Assert.Equal(0L, await Sql.ScalarAsync(_database.SuperuserConnectionString, "select count(*) from file_chunks"));
        Assert.Equal(1L, await Sql.ScalarAsync(_database.SuperuserConnectionString, $"select count(*) from audit_entries where tenant_id = '{_ada.Tenant.Id}' and action = '{ScanRunner.Refused}'"));
    }

    [Fact]
    public async Task ScannerThatFails_LetsNothingThrough_AndIsAskedAgain()
    {
        _clamd.IsBroken = true;
        var file = await AttachAsync("harmless"u8.ToArray());
        await Until.TrueAsync("the scan failed", () => _portal.Log.All.Any(r => r.Text.Contains("could not be scanned", StringComparison.Ordinal)));
        Assert.Equal((AttachmentState.Scanning, false), (await StateAsync(file.Id), await CanDownloadAsync(file.Id)));
        _clamd.IsBroken = false;
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, "update files set leased_until = now() - interval '1 second'");
        await Until.TrueAsync("the file is clean", async () => await StateAsync(file.Id) == AttachmentState.Clean);
    }

    [Fact]
    public async Task TwoNodes_ScanEachFileOnce()
    {
        await using var other = await StartAsync();
        var files = new List<Guid>();
        for (var i = 0; i < 8; i++)
            files.Add((await AttachAsync(System.Text.Encoding.ASCII.GetBytes($"file {i}"))).Id);
        await Until.TrueAsync("all are clean", async () => await Sql.ScalarAsync(_database.SuperuserConnectionString, "select count(*) from files where state = 'clean'") is 8L);
        Assert.Equal(8, _clamd.Scanned.Count);
    }

    [Fact]
    public async Task ScannerTakenOutOfTheSettings_LeavesNothingWaiting()
    {
        _clamd.IsBroken = true;
        var file = await AttachAsync("harmless"u8.ToArray());
        await using var unscanned = await PortalFactory.StartAsync(_database.Connections);
        await Until.TrueAsync("the file is handed out", async () =>
        {
            await Sql.ExecuteAsync(_database.SuperuserConnectionString, "update files set leased_until = null");
            await unscanned.Services.GetRequiredService<ScanRunner>().RunAsync(_ada.Tenant.Id, Ct);
            return await StateAsync(file.Id) == AttachmentState.Clean;
        });
    }

    private Task<PortalFactory> StartAsync() => PortalFactory.StartAsync(_database.Connections, new PortalSettings { More = [("SecureBase:VirusScanner", _clamd.Address)] });

    private async Task<AttachmentView> AttachAsync(byte[] bytes)
    {
        await using var scope = _ada.Scope();
        var attachments = scope.Get<AttachmentService>();
        var received = (await attachments.ReceiveAsync(_ticket.Id, null, new IncomingFile(new MemoryStream(bytes), "x.txt"), isRetry: false, Ct)).Value;
        return (await attachments.AttachAsync(_ticket.Id, null, received, "x.txt", Ct)).Value;
    }

    private async Task<AttachmentState> StateAsync(Guid id)
    {
        await using var scope = _ada.Scope();
        return (await scope.Get<AttachmentService>().GetAsync(_ticket.Id, id, Ct)).Value.State;
    }

    private async Task<bool> CanDownloadAsync(Guid id)
    {
        using var browser = await _ada.SignInAsync(_portal);
        using var answer = await browser.GetAsync($"/tickets/attachments/{id}");
        return answer.StatusCode == System.Net.HttpStatusCode.OK;
    }
}
