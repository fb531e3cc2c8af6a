using System.Diagnostics;
using System.Globalization;
using System.Net;
using SecureBase.Core.Auditing;
using SecureBase.Tests.Infrastructure;
using Xunit.Abstractions;

namespace SecureBase.Tests.Auditing;

/// <summary>The rehearsal: a hundred thousand entries are sealed and verified while the portal serves, and one that was touched is found among them.</summary>
public sealed class AuditRehearsalTests(PortalFixture fixture, ITestOutputHelper output) : IClassFixture<PortalFixture>
{
    private const int Entries = 100_000;

    [Fact]
    public async Task AHundredThousandEntries_AreSealedAndVerifiedWhileThePortalServes()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        var key = await ledger.Tenant.ApiKeyAsync("tickets:read", "tickets:write");
        await ledger.WriteAsync(Entries);
        using var stop = new CancellationTokenSource();
        var served = ServeAsync(key.Text, stop.Token);

        var clock = Stopwatch.StartNew();
        await Until.TrueAsync("all are sealed", async () => await ledger.LinksAsync() >= Entries, seconds: 600);
        var sealing = clock.Elapsed;
        clock.Restart();
        var result = await ledger.VerifyAsync();
        var verifying = clock.Elapsed;
        await stop.CancelAsync();
        var answered = await served;
        Assert.True(answered > 0);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Links} entries sealed in {sealing.TotalSeconds:F1} s, verified in {verifying.TotalSeconds:F1} s while {answered} requests were answered"));

        Assert.True(result.Intact, string.Join(" | ", result.Faults.Select(f => f.Message)));
        Assert.True(result.Links >= Entries);
        var entry = await ledger.EntryAsync(67_890);
        await ledger.ExecuteAsync($"update audit_entries set details = jsonb_set(details, '{{amount}}', '1.49') where id = '{entry}'");
        Assert.Equal((AuditFaultKind.EntryAltered, entry), ((await ledger.TheFaultAsync()).Kind, (await ledger.TheFaultAsync()).EntryId!.Value));
    }

    private async Task<int> ServeAsync(string key, CancellationToken stop)
    {
        using var program = fixture.Portal.Call(key);
        var answered = 0;
        while (!stop.IsCancellationRequested)
        {
            using var opened = await program.PostJsonAsync("/v1/support/tickets", new { subject = "While the chain is verified" });
            Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
            answered++;
        }
        return answered;
    }
}
