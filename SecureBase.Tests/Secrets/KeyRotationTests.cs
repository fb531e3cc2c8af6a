using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Auditing;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Portal.Secrets;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Rows;
using Xunit.Abstractions;

#pragma warning disable CA2100 // Tests write their own SQL.

namespace SecureBase.Tests.Secrets;

/// <summary>Master keys are exchanged while portals serve, and nothing sealed is lost on the way.</summary>
public sealed class KeyRotationTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private TestDatabase _database = null!;
    private readonly TestFolder _folder = new();
    private KeyFile _file = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _file = new KeyFile(_folder[KeyFile.Name]);
        _file.Write([SecretKey.New()]);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SealedColumns_AreFoundInTheModel_EachWithItsOwnPurpose()
    {
        var columns = SealedColumn.In(TenantModel.Model);
        Assert.Contains(columns, c => c is { Table: "audit_anchors", Column: "seal" });
        Assert.Equal(columns.Count, columns.Select(c => c.Purpose).Distinct().Count());
        Assert.All(columns, c => Assert.Contains(TenantModel.Entities, e => TenantModel.Table(e) == c.Table));
    }

    /// <summary>The rehearsal: two tenants' secrets, a portal that reads and writes all the while, an exchange that is killed and begun again.</summary>
    [Fact]
    public async Task AHundredThousandSecrets_AreExchangedWhileAPortalServes()
    {
        const int EachTenant = 50_000;
        await using var portal = await StartAsync();
        var (acme, globex) = (await portal.Given.TenantAsync(), await portal.Given.TenantAsync());
        var person = await acme.AdminAsync();
        using var browser = await person.SignInAsync();
        var old = _file.Read()[0];
        foreach (var tenant in new[] { acme, globex })
            await PlantAsync(portal, tenant.Id, EachTenant);
        Assert.True(await CountAsync(old) >= 2 * EachTenant);

        _file.Write([SecretKey.New(), old]);
        await Until.TrueAsync("the node seals under the new key", () => portal.Services.GetRequiredService<SecretEnvelope>().CurrentKey == _file.Read()[0].Id);
        using var stop = new CancellationTokenSource();
        var served = ServeAsync(portal, acme, stop.Token);
        var written = WriteAsync(portal, acme.Id, EachTenant, stop.Token);

        await using var services = Command();
        var rotation = services.GetRequiredService<KeyRotation>();
        using (var killed = new CancellationTokenSource())
        {
            var first = rotation.RunAsync(new Progress(() => killed.Cancel()), killed.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }
        var left = await rotation.RemainingAsync(CancellationToken.None);
        Assert.InRange(left, 1, 2 * EachTenant);
        var began = System.Diagnostics.Stopwatch.StartNew();
        var report = await rotation.RunAsync(null, CancellationToken.None) ?? throw new InvalidOperationException("The killed exchange still holds its lock.");
        began.Stop();
        var answered = await StoppedAsync(stop, served);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Exchanged} secrets in {began.Elapsed.TotalSeconds:F1} s while {answered} requests were answered"));

        Assert.Empty(report.Unreadable);
        Assert.True(report.OldKeysAreDispensable);
        Assert.Equal(0, await CountAsync(old));
        var newer = await written;
        Assert.NotEmpty(newer);

        // With the new key alone everything is read: by a node that never had the old one too.
        _file.Write([_file.Read()[0]]);
        var envelope = new SecretEnvelope(MasterKeys.Open(_file, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance));
        foreach (var tenant in new[] { acme, globex })
            await AllOpenAsync(envelope, tenant.Id, EachTenant, tenant == acme ? newer : []);
        await using var fresh = await StartAsync();
        using var there = fresh.Visit(acme);
        foreach (Cookie cookie in browser.Cookies.GetAllCookies())
            there.Cookies.Add(there.Home, new Cookie(cookie.Name, cookie.Value));
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/home")).StatusCode);
    }

    [Fact]
    public async Task WhatNoKeyOpens_IsNamed_AndTheOldKeysMustStay()
    {
        await using var portal = await StartAsync();
        var tenant = await portal.Given.TenantAsync();
        await PlantAsync(portal, tenant.Id, 3);
        var foreign = new SecretEnvelope(KeyRing.Of(SecretKey.New())).Seal(tenant.Id, AuditAnchor.Purpose, [1]);
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, $"update audit_anchors set seal = '\\x{Convert.ToHexString(foreign)}' where tenant_id = '{tenant.Id}' and number = 1000002");
        _file.Write([SecretKey.New(), _file.Read()[0]]);

        await using var services = Command();
        var report = await services.GetRequiredService<KeyRotation>().RunAsync(null, CancellationToken.None);
        Assert.NotNull(report);
        Assert.Equal(1, report.Remaining);
        Assert.False(report.OldKeysAreDispensable);
        Assert.Contains("1000002", Assert.Single(report.Unreadable), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProtectionKeysOfTheFirstFormat_AreSealedAnew()
    {
        await using var portal = await StartAsync();
        var tenant = await portal.Given.TenantAsync();
        using var browser = await (await tenant.AdminAsync()).SignInAsync();
        var key = _file.Read()[0];
        var stored = System.Xml.Linq.XElement.Parse((string)(await Sql.ScalarAsync(_database.SuperuserConnectionString, "select xml from data_protection_keys"))!);
        var ring = KeyRing.Of(key);
        var secret = stored.Descendants("sealed").Single();
        secret.ReplaceWith(MasterKeysTests.FirstFormat(Convert.FromBase64String(key.ToBase64()), ProtectionKeyXml.Open(new SecretEnvelope(ring), ring, secret).ToString()));
        await using (var connection = new NpgsqlConnection(_database.SuperuserConnectionString))
        {
            await connection.OpenAsync();
            await using var update = new NpgsqlCommand("update data_protection_keys set xml = $1", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = stored.ToString() } } };
            await update.ExecuteNonQueryAsync();
        }

        _file.Write([SecretKey.New(), key]);
        await using (var services = Command())
            Assert.True((await services.GetRequiredService<KeyRotation>().RunAsync(null, CancellationToken.None))!.OldKeysAreDispensable);
        _file.Write([_file.Read()[0]]);
        await using var fresh = await StartAsync();
        using var there = fresh.Visit(tenant);
        foreach (Cookie cookie in browser.Cookies.GetAllCookies())
            there.Cookies.Add(there.Home, new Cookie(cookie.Name, cookie.Value));
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/home")).StatusCode);
    }

    // A node that reads the key file, as those of a private database do.
    private async Task<PortalFactory> StartAsync() => await PortalFactory.StartAsync(_database.Connections, new PortalSettings
    {
        More = [("SecureBase:MasterKey", "")],
        Services = services => services.AddSingleton(MasterKeys.Open(_file, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance)),
    });

    // What the command composes beside a portal.
    private ServiceProvider Command() => new ServiceCollection()
        .AddLogging().AddSingleton(TimeProvider.System)
        .AddSecrets(MasterKeys.Open(_file, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance))
        .AddPersistence(new DatabaseRoles(_database.Connections.App, _database.Connections.Staff))
        .BuildServiceProvider();

    // Far behind the anchors the product casts.
    private async Task PlantAsync(PortalFactory portal, Guid tenantId, int count)
    {
        var envelope = portal.Services.GetRequiredService<SecretEnvelope>();
        await using var connection = new NpgsqlConnection(_database.SuperuserConnectionString);
        await connection.OpenAsync();
        await using var copy = await connection.BeginBinaryImportAsync("copy audit_anchors (tenant_id, number, at, base_sequence, base_hash, sequence, chain_hash, seal) from stdin (format binary)");
        for (var i = 1; i <= count; i++)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(tenantId);
            await copy.WriteAsync(1_000_000L + i);
            await copy.WriteAsync(DateTimeOffset.UnixEpoch);
            await copy.WriteAsync(0L);
            await copy.WriteAsync(Array.Empty<byte>());
            await copy.WriteAsync(0L);
            await copy.WriteAsync(Array.Empty<byte>());
            await copy.WriteAsync(envelope.Seal(tenantId, AuditAnchor.Purpose, BitConverter.GetBytes(i)));
        }
        await copy.CompleteAsync();
    }

    private static async Task<int> ServeAsync(PortalFactory portal, GivenTenant tenant, CancellationToken stop)
    {
        using var program = portal.Call((await tenant.ApiKeyAsync("tickets:read", "tickets:write")).Text);
        var answered = 0;
        while (!stop.IsCancellationRequested)
        {
            using var opened = await program.PostJsonAsync("/v1/support/tickets", new { subject = "While keys are exchanged" });
            Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
            using var listed = await program.GetAsync("/v1/support/tickets");
            Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
            using var page = await portal.Visit(tenant).GetAsync("/account/sign-in");
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            answered += 3;
        }
        return answered;
    }

    // Somebody writes other secrets into rows that the exchange is about to reach.
    private static async Task<Dictionary<long, int>> WriteAsync(PortalFactory portal, Guid tenantId, int count, CancellationToken stop)
    {
        var envelope = portal.Services.GetRequiredService<SecretEnvelope>();
        Dictionary<long, int> written = [];
        for (var i = count; i > 0 && !stop.IsCancellationRequested; i -= 50)
        {
            await using var db = new SecureBaseDb(portal.Services.GetRequiredService<DbContextOptions<SecureBaseDb>>(), tenantId);
            var (number, value) = (1_000_000L + i, -i);
            var anew = envelope.Seal(tenantId, AuditAnchor.Purpose, BitConverter.GetBytes(value));
            Assert.Equal(1, await db.AuditAnchors.Where(a => a.Number == number).ExecuteUpdateAsync(set => set.SetProperty(a => a.Seal, anew), CancellationToken.None));
            written[number] = value;
        }
        return written;
    }

    private static async Task<int> StoppedAsync(CancellationTokenSource stop, Task<int> served)
    {
        await stop.CancelAsync();
        var answered = await served;
        Assert.True(answered > 0);
        return answered;
    }

    private async Task AllOpenAsync(SecretEnvelope envelope, Guid tenantId, int count, Dictionary<long, int> newer)
    {
        await using var connection = new NpgsqlConnection(_database.SuperuserConnectionString);
        await connection.OpenAsync();
        await using var read = new NpgsqlCommand($"select number, seal from audit_anchors where tenant_id = '{tenantId}' and number > 1000000", connection);
        await using var rows = await read.ExecuteReaderAsync();
        var opened = 0;
        for (; await rows.ReadAsync(); opened++)
        {
            var number = rows.GetInt64(0);
            Assert.Equal(newer.TryGetValue(number, out var value) ? value : (int)(number - 1_000_000), BitConverter.ToInt32(envelope.Open(tenantId, AuditAnchor.Purpose, rows.GetFieldValue<byte[]>(1))));
        }
        Assert.Equal(count, opened);
    }

    private async Task<long> CountAsync(SecretKey key) =>
        (long)(await Sql.ScalarAsync(_database.SuperuserConnectionString, $"select count(*) from audit_anchors where substring(seal from 1 for 9) = '\\x01{key.Id}'"))!;

    private sealed class Progress(Action kill) : IProgress<RotationProgress>
    {
        public void Report(RotationProgress value)
        {
            if (value.Where == "audit_anchors.seal" && value.Exchanged >= 20_000)
                kill();
        }
    }
}
