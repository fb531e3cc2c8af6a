using System.Globalization;
using Npgsql;
using SecureBase.Core.Auditing;
using SecureBase.Tests.Infrastructure;

#pragma warning disable CA2100 // Tests write their own SQL.

namespace SecureBase.Tests.Auditing;

/// <summary>Whoever owns the database changes one thing, and the verification names it.</summary>
public sealed class AuditTamperingTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const int Entries = 12;

    /// <summary>Every column of an entry but its key, and another value for it.</summary>
    private static readonly Dictionary<string, string> OtherValues = new()
    {
        ["at"] = "at + interval '1 microsecond'", ["actor_tenant_id"] = "gen_random_uuid()", ["actor_id"] = "null", ["actor_name"] = "actor_name || ' '", ["actor_kind"] = "'agent'",
        ["action"] = "'test.other'", ["subject_kind"] = "null", ["subject_id"] = "gen_random_uuid()", ["outcome"] = "'refused'", ["remote_address"] = "''", ["trace_id"] = "null",
        ["details"] = "details || '{\"more\":1}'", ["operator_only"] = "not operator_only",
    };

    [Fact]
    public async Task NothingDone_IsIntact()
    {
        var ledger = await SealedAsync();
        await ledger.AssertIntactAsync(await ledger.LinksAsync());
        Assert.True(await ledger.LinksAsync() >= Entries);
    }

    [Fact]
    public async Task AnyColumnOfAnEntryAltered_IsNamed()
    {
        var ledger = await SealedAsync();
        var columns = (string)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString,
            "select string_agg(column_name, ' ') from information_schema.columns where table_name = 'audit_entries' and column_name not in ('id', 'tenant_id', 'written_in')"))!;
        Assert.Equal(columns.Split(' ').Order(), OtherValues.Keys.Order());
        foreach (var (column, value) in OtherValues)
        {
            var entry = await ledger.EntryAsync(5);
            await ledger.ExecuteAsync($"update audit_entries set {column} = {value} where id = '{entry}'");
            var fault = await ledger.TheFaultAsync();
            Assert.Equal((AuditFaultKind.EntryAltered, 5L, entry), (fault.Kind, fault.Sequence!.Value, fault.EntryId!.Value));
            ledger = await SealedAsync();
        }
    }

    [Fact]
    public async Task EntryRemoved_IsNamed()
    {
        var ledger = await SealedAsync();
        var entry = await ledger.EntryAsync(4);
        await ledger.ExecuteAsync($"delete from audit_entries where id = '{entry}'");
        var fault = await ledger.TheFaultAsync();
        Assert.Equal((AuditFaultKind.EntryRemoved, 4L, entry), (fault.Kind, fault.Sequence!.Value, fault.EntryId!.Value));
    }

    [Fact]
    public async Task EntryMovedToAnotherTenant_IsMissedHereAndFoundThere()
    {
        var (here, there) = (await SealedAsync(), await SealedAsync());
        var entry = await here.EntryAsync(4);
        await here.ExecuteAsync($"update audit_entries set tenant_id = '{there.Tenant.Id}' where id = '{entry}'");
        Assert.Equal(AuditFaultKind.EntryRemoved, (await here.TheFaultAsync()).Kind);
        Assert.Equal(entry, (await there.TheFaultAsync()).EntryId);
    }

    [Fact]
    public async Task LinkRemoved_IsNamed_AndSoIsTheEntryThatNowStandsOutside()
    {
        var ledger = await SealedAsync();
        var entry = await ledger.EntryAsync(4);
        await ledger.ExecuteAsync($"delete from audit_chain where tenant_id = '{ledger.Tenant.Id}' and sequence = 4");
        var faults = (await ledger.VerifyAsync()).Faults;
        Assert.Contains(faults, f => f is { Kind: AuditFaultKind.LinkRemoved, Sequence: 4 });
        Assert.Contains(faults, f => f.Kind == AuditFaultKind.EntryUnchained && f.EntryId == entry);
        Assert.Equal(2, faults.Count);
    }

    [Fact]
    public async Task EntryAndLinkRemoved_LeavesAGap()
    {
        var ledger = await SealedAsync();
        var entry = await ledger.EntryAsync(4);
        await ledger.ExecuteAsync($"delete from audit_chain where entry_id = '{entry}'; delete from audit_entries where id = '{entry}'");
        Assert.Equal(AuditFaultKind.LinkRemoved, (await ledger.TheFaultAsync()).Kind);
        // The rest moved up to hide the gap.
        await ledger.ExecuteAsync($"update audit_chain set sequence = sequence + 1000000 where tenant_id = '{ledger.Tenant.Id}' and sequence > 4; update audit_chain set sequence = sequence - 1000001 where tenant_id = '{ledger.Tenant.Id}' and sequence > 1000000");
        Assert.Contains((await ledger.VerifyAsync()).Faults, f => f is { Kind: AuditFaultKind.LinkAltered, Sequence: 4 });
    }

    [Fact]
    public async Task TwoEntriesReordered_AreBothNamed()
    {
        var ledger = await SealedAsync();
        var (first, second) = (await ledger.EntryAsync(3), await ledger.EntryAsync(7));
        await ledger.ExecuteAsync($"""
            update audit_chain set sequence = -sequence where tenant_id = '{ledger.Tenant.Id}' and sequence in (3, 7);
            update audit_chain set sequence = 10 + sequence where tenant_id = '{ledger.Tenant.Id}' and sequence in (-3, -7)
            """);
        var faults = (await ledger.VerifyAsync()).Faults;
        Assert.Contains(faults, f => f.Kind == AuditFaultKind.LinkAltered && f.Sequence == 7 && f.EntryId == first);
        Assert.Contains(faults, f => f.Kind == AuditFaultKind.LinkAltered && f.Sequence == 3 && f.EntryId == second);
    }

    [Fact]
    public async Task TwoEntriesSwappedBehindTheirLinks_AreBothNamed()
    {
        var ledger = await SealedAsync();
        var (first, second) = (await ledger.EntryAsync(3), await ledger.EntryAsync(7));
        var other = Guid.CreateVersion7();
        await ledger.ExecuteAsync($"update audit_entries set id = '{other}' where id = '{first}'; update audit_entries set id = '{first}' where id = '{second}'; update audit_entries set id = '{second}' where id = '{other}'");
        Assert.Equal([(AuditFaultKind.EntryAltered, first), (AuditFaultKind.EntryAltered, second)], (await ledger.VerifyAsync()).Faults.Select(f => (f.Kind, f.EntryId!.Value)));
    }

    [Fact]
    public async Task EntryPutInWhereTheSealerDoesNotLook_IsNamed()
    {
        var ledger = await SealedAsync();
        var entry = Guid.CreateVersion7();
        await ledger.ExecuteAsync($"insert into audit_entries (id, tenant_id, at, actor_name, actor_kind, action, outcome, operator_only, written_in) values ('{entry}', '{ledger.Tenant.Id}', now(), 'nobody', 'customer', 'test.forged', 'done', false, '3')");
        var fault = await ledger.TheFaultAsync();
        Assert.Equal((AuditFaultKind.EntryUnchained, entry), (fault.Kind, fault.EntryId!.Value));
    }

    [Fact]
    public async Task LinkPutIn_IsNamed()
    {
        var ledger = await SealedAsync();
        await ledger.ExecuteAsync($"""
            insert into audit_chain (tenant_id, sequence, entry_id, entry_hash, previous_hash, chain_hash, sealed_at)
            select tenant_id, sequence + 1, gen_random_uuid(), entry_hash, chain_hash, chain_hash, sealed_at from audit_chain where tenant_id = '{ledger.Tenant.Id}' order by sequence desc limit 1
            """);
        var end = await ledger.LinksAsync();
        Assert.Contains((await ledger.VerifyAsync()).Faults, f => f.Kind == AuditFaultKind.LinkAltered && f.Sequence == end);
    }

    [Fact]
    public async Task EachHashOfALinkAltered_IsNamed()
    {
        foreach (var change in new[] { "entry_hash = sha256('x')", "previous_hash = sha256('x')", "chain_hash = sha256('x')", "sealed_at = sealed_at - interval '1 hour'" })
        {
            var ledger = await SealedAsync();
            await ledger.ExecuteAsync($"update audit_chain set {change} where tenant_id = '{ledger.Tenant.Id}' and sequence = 6");
            Assert.Contains((await ledger.VerifyAsync()).Faults, f => f is { Kind: AuditFaultKind.LinkAltered, Sequence: 6 });
        }
    }

    [Fact]
    public async Task AllLinksRebuiltToFitAnAlteredEntry_ContradictAnAnchor()
    {
        var ledger = await SealedAsync();
        await ledger.AnchorAsync();
        await ledger.ExecuteAsync($"update audit_entries set actor_name = 'somebody else' where id = '{await ledger.EntryAsync(4)}'");
        await RebuildAsync(ledger);

        var fault = (await ledger.VerifyAsync()).Faults[0];
        Assert.Equal(AuditFaultKind.AnchorBroken, fault.Kind);

        // Nor does the next anchor vouch for it.
        await ledger.WriteAsync(3);
        await ledger.SealAsync();
        var anchors = await ledger.CountAsync("audit_anchors");
        await ledger.AnchorAsync();
        Assert.Equal(anchors, await ledger.CountAsync("audit_anchors"));
    }

    [Fact]
    public async Task AnchorsTakenAwayOrForged_AreNamed()
    {
        var none = await SealedAsync();
        await none.ExecuteAsync($"delete from audit_anchors where tenant_id = '{none.Tenant.Id}'");
        Assert.Equal(AuditFaultKind.AnchorBroken, (await none.TheFaultAsync()).Kind);

        var first = await SealedAsync();
        await first.WriteAsync(2);
        await first.SealAsync();
        await first.AnchorAsync();
        Assert.Equal(2, await first.CountAsync($"audit_anchors where tenant_id = '{first.Tenant.Id}'"));
        await first.ExecuteAsync($"delete from audit_anchors where tenant_id = '{first.Tenant.Id}' and number = 1");
        Assert.Equal(AuditFaultKind.AnchorBroken, (await first.TheFaultAsync()).Kind);

        var forged = await SealedAsync();
        await forged.ExecuteAsync($"update audit_anchors set chain_hash = sha256('x') where tenant_id = '{forged.Tenant.Id}'");
        Assert.Contains((await forged.VerifyAsync()).Faults, f => f.Kind == AuditFaultKind.AnchorBroken && f.Message.Contains("altered", StringComparison.Ordinal));

        // Another tenant's seal fits no anchor of this one.
        var (mine, yours) = (await SealedAsync(), await SealedAsync());
        await mine.ExecuteAsync($"update audit_anchors a set seal = b.seal from audit_anchors b where a.tenant_id = '{mine.Tenant.Id}' and b.tenant_id = '{yours.Tenant.Id}'");
        Assert.Contains((await mine.VerifyAsync()).Faults, f => f.Message.Contains("not made with the master key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EndCutOffBehindAnAnchor_IsNoticed()
    {
        var ledger = await SealedAsync();
        await ledger.WriteAsync(5);
        await ledger.SealAsync();
        await ledger.AnchorAsync();
        await ledger.ExecuteAsync($"""
            with cut as (delete from audit_chain where tenant_id = '{ledger.Tenant.Id}' and sequence > {Entries} returning entry_id) delete from audit_entries e using cut c where e.id = c.entry_id
            """);
        Assert.Equal(AuditFaultKind.ChainCutShort, (await ledger.TheFaultAsync()).Kind);
    }

    [Fact]
    public async Task EntryUnderAFalseDate_IsCountedAsSealedLate()
    {
        var ledger = await SealedAsync();
        var before = (await ledger.VerifyAsync()).SealedLate;
        await ledger.WriteAsync(1, "now() - interval '3 days'");
        await ledger.SealAsync();
        Assert.Equal(before + 1, (await ledger.VerifyAsync()).SealedLate);
    }

    [Theory]
    [InlineData("app")]
    [InlineData("staff")]
    public async Task Roles_CannotAlterRemoveOrEmptyAnything(string role)
    {
        var ledger = await SealedAsync();
        await using var source = NpgsqlDataSource.Create(role == "app" ? fixture.Database.Connections.App : fixture.Database.Connections.Staff);
        foreach (var table in new[] { "audit_entries", "audit_chain", "audit_anchors" })
        {
            var column = table == "audit_entries" ? "actor_name = ''" : "chain_hash = ''";
            foreach (var sql in new[] { $"update {table} set {column}", $"delete from {table}", $"truncate {table}", $"alter table {table} disable row level security", $"drop table {table}" })
            {
                await using var connection = await source.OpenConnectionAsync();
                await using var bind = new NpgsqlCommand("select set_config('app.tenant_id', $1, false)", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = ledger.Tenant.Id.ToString() } } };
                await bind.ExecuteNonQueryAsync();
                await using var command = new NpgsqlCommand(sql, connection);
                var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }
        }
        await ledger.AssertIntactAsync(await ledger.LinksAsync());
    }

    private async Task<Ledger> SealedAsync()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        await ledger.WriteAsync(Entries);
        await ledger.SealAsync();
        await ledger.SettleAsync();
        return ledger;
    }

    // With everything but the master key, as an owner of the database can: all hashes fit each other again.
    private async Task RebuildAsync(Ledger ledger)
    {
        await using var connection = new NpgsqlConnection(fixture.Database.SuperuserConnectionString);
        await connection.OpenAsync();
        List<(long Sequence, AuditRecord Entry, DateTimeOffset SealedAt)> links = [];
        await using (var read = new NpgsqlCommand($"select c.sequence, c.sealed_at, {AuditRecord.Columns} from audit_chain c join audit_entries e on e.id = c.entry_id where c.tenant_id = '{ledger.Tenant.Id}' order by c.sequence", connection))
        await using (var reader = await read.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                links.Add((reader.GetInt64(0), AuditRecord.Read(reader, 2), reader.GetFieldValue<DateTimeOffset>(1)));
        }
        var previous = AuditHash.Beginning;
        foreach (var (sequence, entry, sealedAt) in links)
        {
            var entryHash = AuditHash.OfEntry(entry, new System.Buffers.ArrayBufferWriter<byte>());
            var chainHash = AuditHash.OfLink(ledger.Tenant.Id, sequence, sealedAt, entryHash, previous);
            await using var write = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"update audit_chain set entry_hash = $1, previous_hash = $2, chain_hash = $3 where tenant_id = '{ledger.Tenant.Id}' and sequence = {sequence}"), connection)
            {
                Parameters = { new() { Value = entryHash }, new() { Value = previous }, new() { Value = chainHash } },
            };
            await write.ExecuteNonQueryAsync();
            previous = chainHash;
        }
    }
}
