using System.Net;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Core.Tenants.Offboarding;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Rows;

#pragma warning disable CA2100 // Statements over every table there is are made of the model's names.

namespace SecureBase.Tests.Tenants;

/// <summary>A tenant's end: not before its day, then all of it, nothing of anybody else's, and only for a tenant the database itself knows to be off-boarded.</summary>
public sealed class TenantOffboardingTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly PortalFixture _fixture = new();
    /// <summary>Where workers go on with what was done before.</summary>
    private static readonly string[] MovingByThemselves = ["audit_chain", "audit_anchors", "outbox_events", "deliveries", "delivery_attempts"];

    private GivenPerson _platform = null!;

    private string Superuser => _fixture.Database.SuperuserConnectionString;

    public async Task InitializeAsync()
    {
        await _fixture.InitializeAsync();
        _platform = await (await _fixture.Given.OperatorAsync()).AdminAsync();
    }

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task AtItsDay_TheDoorsCloseAndEveryRowGoes_AndOthersKeepTheirs()
    {
        var (leaving, staying) = (await PlantAsync(), await PlantAsync());
        await LeaveAsync(leaving.TenantId);
        var neighbour = await Fingerprint.OfAsync(_fixture.Database, staying.TenantId, MovingByThemselves);

        Assert.True(await RunAsync(leaving.TenantId));

        foreach (var table in TenantModel.Entities.Select(TenantModel.Table).Except(ErasurePlan.Kept.Keys))
            Assert.True(await CountAsync($"select count(*) from {table} where tenant_id = '{leaving.TenantId}'") == 0, $"{table} still has rows of a tenant that was off-boarded.");
        Assert.Equal(neighbour, await Fingerprint.OfAsync(_fixture.Database, staying.TenantId, MovingByThemselves));
        Assert.Equal(("off-boarded", true), ((string)(await ScalarAsync($"select status from tenants where id = '{leaving.TenantId}'"))!, (bool)(await ScalarAsync($"select erased_at is not null from tenants where id = '{leaving.TenantId}'"))!));
        Assert.True(await CountAsync($"select count(*) from audit_entries where tenant_id = '{leaving.TenantId}'") >= 3);
        Assert.Equal(1L, await CountAsync($"select count(*) from audit_entries where tenant_id = '{Tenant.OperatorId}' and action = 'tenant.offboarded' and subject_id = '{leaving.TenantId}' and (details->'rows'->>'tickets')::int = 1 and (details->'rows'->>'internal_notes')::int = 1"));
        Assert.False(await RunAsync(leaving.TenantId));
    }

    [Fact]
    public async Task BeforeItsDay_NothingIsTouched_AndItCanBeCancelled()
    {
        var acme = await _fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        await using var scope = _platform.Scope();
        var tenants = scope.Get<TenantService>();
        var scheduled = (await tenants.ScheduleOffboardingAsync(acme.Slug, Ct)).Value;
        Assert.InRange(scheduled.OffboardingAt!.Value - _fixture.Portal.Clock.GetUtcNow(), TimeSpan.FromDays(29.9), TimeSpan.FromDays(30));
        Assert.Equal("offboarding_scheduled", (await tenants.ScheduleOffboardingAsync(acme.Slug, Ct)).Error?.Code);
        var before = await Fingerprint.OfAsync(_fixture.Database, acme.Id, MovingByThemselves);
        Assert.False(await RunAsync(acme.Id));
        Assert.Equal(before, await Fingerprint.OfAsync(_fixture.Database, acme.Id, MovingByThemselves));
        using (var browser = await ada.SignInAsync())
            Assert.Contains("This portal closes on", await (await browser.GetAsync("/home")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        Assert.Null((await tenants.CancelOffboardingAsync(acme.Slug, Ct)).Value.OffboardingAt);
        Assert.Equal("offboarding_not_scheduled", (await tenants.CancelOffboardingAsync(acme.Slug, Ct)).Error?.Code);
        Assert.False(await RunAsync(acme.Id));
    }

    [Fact]
    public async Task InterruptedAnywhere_ItGoesOn_AndTheOperatorIsToldOnce()
    {
        var leaving = await PlantAsync();
        await LeaveAsync(leaving.TenantId);
        // The last table to go cannot be emptied: all before it are, and the rest is done the next time.
        var last = ErasurePlan.Tables(TenantModel.Model)[^1];
        await ScalarAsync($"create function stop() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$; create trigger stop before delete on {last} for each row execute function stop()");
        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(leaving.TenantId));
        Assert.Equal("off-boarded", await ScalarAsync($"select status from tenants where id = '{leaving.TenantId}'"));
        await ScalarAsync($"drop trigger stop on {last}");
        Assert.True(await RunAsync(leaving.TenantId));
        Assert.Equal(1L, await CountAsync($"select count(*) from audit_entries where tenant_id = '{Tenant.OperatorId}' and action = 'tenant.offboarded' and subject_id = '{leaving.TenantId}'"));
    }

    [Fact]
    public async Task Afterwards_TheAddressLeadsNowhere_AndIsNeverGivenOutAgain()
    {
        var acme = await _fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var key = (await acme.ApiKeyAsync("tickets:read")).Text;
        await ada.OpenTicketAsync();
        using var browser = await ada.SignInAsync();
        await LeaveAsync(acme.Id);
        Assert.True(await RunAsync(acme.Id));

        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/home")).StatusCode);
        using var program = _fixture.Portal.Call(key);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/v1/support/tickets")).StatusCode);
        await using var scope = _platform.Scope();
        var tenants = scope.Get<TenantService>();
        Assert.Equal("slug_taken", (await tenants.CreateAsync(new NewTenant(acme.Slug, "Somebody else", Plan.Standard, null), Ct)).Error?.Code);
        Assert.Equal("tenant_off_boarded", (await tenants.ResumeAsync(acme.Slug, Ct)).Error?.Code);
        Assert.Equal("tenant_off_boarded", (await tenants.CancelOffboardingAsync(acme.Slug, Ct)).Error?.Code);
        Assert.Contains((await scope.Get<TenantOverview>().ListAsync(new TenantListQuery { View = TenantListView.OffBoarded, PageNumber = 1 }, Ct)).Value.Items, t => t.Slug == acme.Slug);
        Assert.NotNull((await scope.Get<TenantOverview>().DetailAsync(acme.Slug, Ct)).Value.Tenant.ErasedAt);
    }

    [Theory]
    [InlineData("delete from tickets where tenant_id = '{0}'")]
    [InlineData("delete from ticket_counters where tenant_id = '{0}'")]
    public async Task AppRole_DeletesNothingItMayNot_OfATenantThatStays(string delete)
    {
        var planted = await PlantAsync();
        await ScalarAsync($"update tickets set status = 'open', closed_at = null where tenant_id = '{planted.TenantId}'");
        Assert.Equal(0, await AsAppAsync(planted.TenantId, delete.Replace("{0}", planted.TenantId.ToString(), StringComparison.Ordinal)));
        // Nor when another tenant is the one that left.
        var other = await PlantAsync();
        await LeaveAsync(other.TenantId);
        Assert.True(await RunAsync(other.TenantId));
        Assert.Equal(0, await AsAppAsync(planted.TenantId, delete.Replace("{0}", planted.TenantId.ToString(), StringComparison.Ordinal)));
    }

    /// <summary>Whoever holds the app role and lies about a tenant's end is stopped by the database, whose clock decides.</summary>
    [Theory]
    [InlineData("update tenants set status = 'off-boarded'", "no day on which it leaves")]
    [InlineData("update tenants set offboarding_at = now()", "a day ahead")]
    [InlineData("update tenants set offboarding_at = now() - interval '1 day', status = 'off-boarded'", "a day ahead")]
    [InlineData("update tenants set slug = 'another-slug'", "slug is never changed")]
    public async Task AppRole_CannotMakeATenantLeaveAtOnce(string update, string why)
    {
        var acme = await _fixture.Given.TenantAsync();
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => AsAppAsync(acme.Id, update));
        Assert.Equal(PostgresErrorCodes.CheckViolation, refusal.SqlState);
        Assert.Contains(why, refusal.MessageText, StringComparison.Ordinal);
        Assert.Equal("active", await ScalarAsync($"select status from tenants where id = '{acme.Id}'"));
    }

    [Fact]
    public async Task AppRole_CannotBringATenantBack()
    {
        var acme = await _fixture.Given.TenantAsync();
        await LeaveAsync(acme.Id);
        Assert.True(await RunAsync(acme.Id));
        await Assert.ThrowsAsync<PostgresException>(() => AsAppAsync(acme.Id, "update tenants set status = 'active'"));
    }

    private async Task<RowPlanter> PlantAsync()
    {
        var planter = new RowPlanter(Superuser, Guid.CreateVersion7());
        await planter.PlantAllAsync();
        await ScalarAsync($"update tenants set offboarding_at = null, erased_at = null where id = '{planter.TenantId}'");
        return planter;
    }

    // The waiting period is over: only the owner of the database can bring that about.
    private Task<object?> LeaveAsync(Guid tenantId) => ScalarAsync($"update tenants set offboarding_at = now() - interval '1 second' where id = '{tenantId}'");

    private async Task<bool> RunAsync(Guid tenantId)
    {
        var directory = (TenantDirectory)_fixture.Portal.Services.GetService(typeof(TenantDirectory))!;
        directory.Forget(tenantId);
        await using var scope = _fixture.Portal.ScopeFor((await directory.FindAsync(tenantId, Ct))!, SystemActor.Instance);
        return await scope.Get<TenantErasure>().RunAsync(Ct);
    }

    private async Task<int> AsAppAsync(Guid tenantId, string sql)
    {
        await using var source = NpgsqlDataSource.Create(_fixture.Database.Connections.App);
        await using var connection = await source.OpenForAsync(tenantId, Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }

    private Task<object?> ScalarAsync(string sql) => Sql.ScalarAsync(Superuser, sql);

    private async Task<long> CountAsync(string sql) => (long)(await ScalarAsync(sql))!;
}
