using Npgsql;
using SecureBase.Core.Auditing;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Auditing;

/// <summary>After 2,555 days entries go, oldest first, and what is left still verifies.</summary>
public sealed class AuditRetentionTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Old = "now() - interval '2556 days' + n * interval '1 second'";

    [Fact]
    public async Task Purge_TakesWhatIsPastItsTime_AndTheRestStillVerifies()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        await SealOldAsync(ledger, 20);
        await ledger.WriteAsync(5);
        await ledger.SealAsync();

        await PurgeAsync(ledger);
        await ledger.SealAsync();
        Assert.Equal(0, await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}' and at < now() - interval '2555 days'"));
        var result = await ledger.VerifyAsync();
        Assert.True(result.Intact, string.Join(" | ", result.Faults.Select(f => f.Message)));
        Assert.Equal(21, result.FirstSequence);
        Assert.Equal(1, await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}' and action = 'audit.purged'"));

        // What is left is as well guarded as before: also its first link, and the anchor that says where it begins.
        await ledger.ExecuteAsync($"delete from audit_chain where tenant_id = '{ledger.Tenant.Id}' and sequence = 21");
        Assert.Contains((await ledger.VerifyAsync()).Faults, f => f is { Kind: AuditFaultKind.LinkRemoved, Sequence: 21 });
        await ledger.ExecuteAsync($"delete from audit_anchors a where tenant_id = '{ledger.Tenant.Id}' and number = (select max(number) from audit_anchors b where b.tenant_id = a.tenant_id)");
        Assert.Contains((await ledger.VerifyAsync()).Faults, f => f is { Kind: AuditFaultKind.LinkRemoved, Sequence: 1 });
    }

    [Fact]
    public async Task Purge_StopsAtTheFirstEntryThatIsTooYoung()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        await SealOldAsync(ledger, 4);
        await ledger.WriteAsync(1);
        await ledger.SealAsync();
        await ledger.WriteAsync(4, Old);
        await ledger.SealAsync();
        await PurgeAsync(ledger);
        Assert.Equal(5, (await ledger.VerifyAsync()).FirstSequence);
        Assert.Equal(4, await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}' and at < now() - interval '2555 days'"));
    }

    [Fact]
    public async Task BrokenChain_IsNotPurged()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        await SealOldAsync(ledger, 4);
        await ledger.WriteAsync(4);
        await ledger.SealAsync();
        await ledger.ExecuteAsync($"update audit_entries set actor_name = 'x' where id = '{await ledger.EntryAsync(6)}'");
        await Assert.ThrowsAsync<InvalidOperationException>(() => PurgeAsync(ledger));
        Assert.Equal(4, await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}' and at < now() - interval '2555 days'"));
    }

    [Fact]
    public async Task TheDatabaseItself_PurgesNothingYoung_NothingWithoutAnAnchor_AndNothingOfAnotherTenant()
    {
        var (ledger, other) = (await Ledger.OpenAsync(fixture), await Ledger.OpenAsync(fixture));
        await SealOldAsync(ledger, 4);
        await ledger.WriteAsync(4);
        await ledger.SealAsync();
        await DeniedAsync(ledger.Tenant.Id, ledger.Tenant.Id);
        await DeniedAsync(other.Tenant.Id, ledger.Tenant.Id);
        await ledger.ExecuteAsync($"update audit_anchors set base_sequence = 1000 where tenant_id = '{ledger.Tenant.Id}'");
        await DeniedAsync(ledger.Tenant.Id, ledger.Tenant.Id);
        Assert.Equal(await ledger.LinksAsync(), await ledger.CountAsync($"audit_entries where tenant_id = '{ledger.Tenant.Id}'"));
    }

    // The tenant's own making is sealed by its node at any moment, so the old ones come first only where it has not been yet.
    private static async Task SealOldAsync(Ledger ledger, int count)
    {
        await ledger.SealAsync();
        await ledger.ExecuteAsync($"delete from audit_anchors where tenant_id = '{ledger.Tenant.Id}'; delete from audit_chain where tenant_id = '{ledger.Tenant.Id}'; delete from audit_entries where tenant_id = '{ledger.Tenant.Id}'");
        await ledger.WriteAsync(count, Old);
        await ledger.SealAsync();
    }

    private static async Task PurgeAsync(Ledger ledger)
    {
        await using var scope = ledger.Tenant.SystemScope();
        await scope.Get<AuditRetention>().PurgeAsync(CancellationToken.None);
    }

    private async Task DeniedAsync(Guid boundTo, Guid tenant)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.Connections.App);
        await using var connection = await source.OpenForAsync(boundTo, CancellationToken.None);
        await using var purge = new NpgsqlCommand("select purge_audit_entries($1, 8)", connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant } } };
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => purge.ExecuteNonQueryAsync())).SqlState);
    }
}
