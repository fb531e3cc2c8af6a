using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Auditing;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Auditing;

/// <summary>A tenant's audit log and chain, as its own services write them and as a superuser tampers with them.</summary>
internal sealed class Ledger(PortalFactory portal, TestDatabase database, GivenTenant tenant)
{
    public GivenTenant Tenant => tenant;

    public static async Task<Ledger> OpenAsync(PortalFixture fixture) => new(fixture.Portal, fixture.Database, await fixture.Given.TenantAsync());

    /// <summary>Entries that no use case made: many at once, each of its own words.</summary>
    /// <param name="at">An SQL expression over <c>n</c>, 1 and up.</param>
    public Task WriteAsync(int count, string at = "now()") => ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $$"""
        insert into audit_entries (id, tenant_id, at, actor_tenant_id, actor_id, actor_name, actor_kind, action, subject_kind, subject_id, outcome, remote_address, trace_id, details, operator_only)
        select gen_random_uuid(), '{{tenant.Id}}', {{at}}, '{{tenant.Id}}', gen_random_uuid(), 'Person ' || n, 'customer', 'test.written', 'test', gen_random_uuid(), 'done', '192.0.2.' || n % 250, md5(n::text),
          jsonb_build_object('n', n, 'word', 'été "quoted"', 'amount', 1.50), n % 7 = 0
        from generate_series(1, {{count}}) n
        """));

    /// <summary>Seals everything that is committed, whoever is at work beside it.</summary>
    public Task SealAsync() => SealAsync(portal);

    public Task SealAsync(PortalFactory node) => Until.TrueAsync("everything is sealed", async () =>
        await node.Services.GetRequiredService<AuditSealer>().SealAsync(tenant.Id, CancellationToken.None) == SealTurn.Idle
        && await CountAsync($"audit_entries e where e.tenant_id = '{tenant.Id}' and not exists (select from audit_chain c where c.tenant_id = e.tenant_id and c.entry_id = e.id)") == 0, seconds: 180);

    /// <summary>Seals on until the sealer knows that everything before is finished, whatever other tests have open in the same server.</summary>
    public async Task SettleAsync()
    {
        while (await CountAsync($"audit_entries where tenant_id = '{tenant.Id}' and written_in >= (select complete_before from audit_chain where tenant_id = '{tenant.Id}' order by sequence desc limit 1)") > 0)
        {
            await WriteAsync(1);
            await SealAsync();
        }
    }

    public Task<AuditVerification> VerifyAsync() => portal.Services.GetRequiredService<AuditVerifier>().VerifyAsync(tenant.Id, null, CancellationToken.None);

    /// <summary>The only fault there is.</summary>
    public async Task<AuditFault> TheFaultAsync()
    {
        var result = await VerifyAsync();
        Assert.True(result.Faults.Count == 1, $"Expected one fault, found {result.Faults.Count}: {string.Join(" | ", result.Faults.Select(f => f.Message))}");
        return result.Faults[0];
    }

    public async Task AssertIntactAsync(long links)
    {
        var result = await VerifyAsync();
        Assert.True(result.Intact, string.Join(" | ", result.Faults.Select(f => f.Message)));
        Assert.Equal(links, result.Links);
    }

    public async Task AnchorAsync()
    {
        await using var scope = tenant.SystemScope();
        await scope.Get<AuditAnchoring>().AnchorAsync(CancellationToken.None);
    }

    /// <summary>As the database's superuser, for whom neither grants nor policies count.</summary>
    public Task ExecuteAsync(string sql) => Sql.ExecuteAsync(database.SuperuserConnectionString, sql);

    public async Task<long> CountAsync(string from) => (long)(await Sql.ScalarAsync(database.SuperuserConnectionString, $"select count(*) from {from}"))!;

    public Task<long> LinksAsync() => CountAsync($"audit_chain where tenant_id = '{tenant.Id}'");

    /// <summary>The entry of a link.</summary>
    public async Task<Guid> EntryAsync(long sequence) =>
        (Guid)(await Sql.ScalarAsync(database.SuperuserConnectionString, string.Create(CultureInfo.InvariantCulture, $"select entry_id from audit_chain where tenant_id = '{tenant.Id}' and sequence = {sequence}")))!;
}
