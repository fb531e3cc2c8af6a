using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Auditing;
using SecureBase.Core.Support;
using SecureBase.Tests.Infrastructure;

#pragma warning disable CA2100 // Tests write their own SQL.

namespace SecureBase.Tests.Auditing;

/// <summary>Every committed entry comes into its tenant's chain exactly once, whoever writes and seals at the same time.</summary>
public sealed class AuditSealerTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task UseCases_AreSealedByTheNodeItself()
    {
        var tenant = await fixture.Given.TenantAsync();
        var ledger = new Ledger(fixture.Portal, fixture.Database, tenant);
        var ticket = await (await tenant.AdminAsync()).OpenTicketAsync();
        await Until.TrueAsync("the ticket's entry is sealed", async () =>
            await ledger.CountAsync($"audit_chain c join audit_entries e on e.id = c.entry_id where c.tenant_id = '{tenant.Id}' and e.subject_id = '{ticket.Id}'") == 1);
        Assert.True((await ledger.VerifyAsync()).Intact);
    }

    [Fact]
    public async Task ManyWritersAndTwoNodes_MakeOneUnbrokenChain_WithEveryEntryOnce()
    {
        await using var other = await PortalFactory.StartAsync(fixture.Database.Connections);
        var ledger = await Ledger.OpenAsync(fixture);
        using var stop = new CancellationTokenSource();
        var sealers = new[] { fixture.Portal, other, other }.Select(node => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await node.Services.GetRequiredService<AuditSealer>().SealAsync(ledger.Tenant.Id, CancellationToken.None);
        })).ToList();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
                await ledger.WriteAsync(1 + (i % 5));
        })));
        await stop.CancelAsync();
        await Task.WhenAll(sealers);
        await ledger.SealAsync();

        Assert.Equal(8 * 75, await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}' and action = 'test.written'"));
        await ledger.AssertIntactAsync(await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}'"));
        Assert.Equal(await ledger.LinksAsync(), await ledger.CountAsync($"(select distinct entry_id from audit_chain where tenant_id = '{ledger.Tenant.Id}') c"));
    }

    [Fact]
    public async Task SealersKilledBetween_LeaveNothingOutAndNothingTwice()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        await ledger.WriteAsync(6 * AuditSealer.BatchSize);
        for (var kill = 0; kill < 5; kill++)
        {
            using var killed = new CancellationTokenSource();
            var sealing = fixture.Portal.Services.GetRequiredService<AuditSealer>().SealAsync(ledger.Tenant.Id, killed.Token);
            var before = await ledger.LinksAsync();
            await Until.TrueAsync("a batch is sealed", async () => sealing.IsCompleted || await ledger.LinksAsync() > before);
            await killed.CancelAsync();
            await Record.ExceptionAsync(() => sealing);
        }
        await ledger.SealAsync();
        await ledger.AssertIntactAsync(await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}'"));
    }

    [Fact]
    public async Task TransactionThatCommitsLate_IsNotSkipped()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        var late = Guid.CreateVersion7();
        await using var connection = new NpgsqlConnection(fixture.Database.SuperuserConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand($"insert into audit_entries (id, tenant_id, at, actor_name, actor_kind, action, outcome, operator_only) values ('{late}', '{ledger.Tenant.Id}', now(), 'slow', 'customer', 'test.late', 'done', false)", connection, transaction))
            await insert.ExecuteNonQueryAsync();

        // Meanwhile much is written, sealed and written again.
        await ledger.WriteAsync(AuditSealer.BatchSize + 10);
        await ledger.SealAsync();
        await ledger.WriteAsync(3);
        await ledger.SealAsync();
        Assert.Equal(0, await ledger.CountAsync($"audit_chain where entry_id = '{late}'"));

        await transaction.CommitAsync();
        await Until.TrueAsync("the node finds it by itself", async () => await ledger.CountAsync($"audit_chain where entry_id = '{late}'") == 1);
        await ledger.AssertIntactAsync(await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}'"));
    }

    [Fact]
    public async Task DatabaseRestoredIntoAYoungerServer_GoesOnSealing()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        await ledger.WriteAsync(5);
        await ledger.SealAsync();
        // As after a restore: what the rows know of transactions lies far ahead of this server.
        await ledger.ExecuteAsync($"update audit_chain set complete_before = '900000000000' where tenant_id = '{ledger.Tenant.Id}'; update audit_entries set written_in = '899999999999' where tenant_id = '{ledger.Tenant.Id}'");
        await ledger.WriteAsync(5);
        await Until.TrueAsync("the node seals what is new", async () => await ledger.LinksAsync() == await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}'"));
        await ledger.AssertIntactAsync(await ledger.LinksAsync());
    }

    [Fact]
    public async Task WhatIsTheOperatorsAlone_IsChainedByItsHash_AndNeverShownToTheTenant()
    {
        var tenant = await fixture.Given.TenantAsync();
        var admin = await tenant.AdminAsync();
        var ticket = await admin.OpenTicketAsync();
        var agent = await (await fixture.Given.OperatorAsync()).PersonAsync("agent");
        await using (var scope = agent.Scope(tenant))
            Assert.True((await scope.Get<TicketService>().NoteAsync(ticket.Id, "A word among ourselves", CancellationToken.None)).IsSuccess);
        var ledger = new Ledger(fixture.Portal, fixture.Database, tenant);
        await ledger.SealAsync();
        var hidden = (Guid)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select id from audit_entries where tenant_id = '{tenant.Id}' and operator_only"))!;
        await ledger.AssertIntactAsync(await ledger.LinksAsync());

        await using var own = admin.Scope();
        var log = own.Get<AuditLogService>();
        var listed = (await log.ListAsync(new AuditFilter(), null, 100, CancellationToken.None)).Value.Items;
        Assert.NotEmpty(listed);
        Assert.DoesNotContain(listed, e => e.Id == hidden);
        Assert.Equal("not_found", (await log.FindAsync(hidden, CancellationToken.None)).Error!.Code);
        Assert.Empty((await log.ListAsync(new AuditFilter { Text = hidden.ToString() }, null, 100, CancellationToken.None)).Value.Items);
        await foreach (var entry in (await log.ExportAsync(new AuditFilter(), "csv", CancellationToken.None)).Value)
            Assert.NotEqual(hidden, entry.Id);

        var lead = await (await fixture.Given.OperatorAsync()).PersonAsync("lead");
        await using var staff = lead.Scope(tenant);
        Assert.Equal(hidden, (await staff.Get<AuditLogService>().FindAsync(hidden, CancellationToken.None)).Value.Id);
    }

    /// <summary>The encoding as it is documented, written down a second time.</summary>
    [Fact]
    public async Task Hashes_AreMadeAsDocumented()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        var (entry, actor) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await ledger.ExecuteAsync($$"""
            insert into audit_entries (id, tenant_id, at, actor_tenant_id, actor_id, actor_name, actor_kind, action, outcome, details, operator_only)
            values ('{{entry}}', '{{ledger.Tenant.Id}}', '2026-11-22 04:05:06.789012+00', null, '{{actor}}', 'Zoë', 'agent', 'test.pinned', 'refused', '{"b":1,"a":"é"}', true)
            """);
        await ledger.SealAsync();
        await using var connection = new NpgsqlConnection(fixture.Database.SuperuserConnectionString);
        await connection.OpenAsync();
        await using var read = new NpgsqlCommand($"select sequence, entry_hash, previous_hash, chain_hash, sealed_at from audit_chain where entry_id = '{entry}'", connection);
        await using var row = await read.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());

        byte[] encoded =
        [
            .. "securebase audit entry 1"u8, .. Value(Bytes(ledger.Tenant.Id)), .. Value(Bytes(entry)), .. Value(Number(1_795_320_306_789_012)), 0, .. Value(Bytes(actor)), .. Value("Zoë"u8), .. Value("agent"u8),
            .. Value("test.pinned"u8), 0, 0, .. Value("refused"u8), 0, 0, .. Value("""{"a": "é", "b": 1}"""u8), .. Value([1]),
        ];
        var entryHash = SHA256.HashData(encoded);
        Assert.Equal(Convert.ToHexString(entryHash), Convert.ToHexString(row.GetFieldValue<byte[]>(1)));
        var sealedAt = (row.GetFieldValue<DateTimeOffset>(4) - DateTimeOffset.UnixEpoch).Ticks / 10;
        byte[] link = [.. "securebase audit chain 1"u8, .. Bytes(ledger.Tenant.Id), .. Number(row.GetInt64(0)), .. Number(sealedAt), .. entryHash, .. row.GetFieldValue<byte[]>(2)];
        Assert.Equal(Convert.ToHexString(SHA256.HashData(link)), Convert.ToHexString(row.GetFieldValue<byte[]>(3)));
    }

    private static byte[] Value(ReadOnlySpan<byte> value)
    {
        var bytes = new byte[5 + value.Length];
        bytes[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), value.Length);
        value.CopyTo(bytes.AsSpan(5));
        return bytes;
    }

    private static byte[] Bytes(Guid id) => Convert.FromHexString(id.ToString("N"));

    private static byte[] Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
