using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Persistence;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Scheduling;

public sealed class TenantRoundsTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private TenantRounds Rounds => fixture.Portal.Services.GetRequiredService<TenantRounds>();

    [Fact]
    public async Task Visit_OneTenantFails_ServesTheOthersAndSaysSo()
    {
        GivenTenant[] tenants = [await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync()];
        await tenants[0].SuspendAsync();
        List<Guid> visited = [];

        var failure = await Assert.ThrowsAsync<AggregateException>(() => Rounds.VisitAsync((services, _) =>
        {
            var tenant = services.GetRequiredService<TenantContext>().Tenant;
            if (tenant.Id == tenants[1].Id)
                throw new InvalidDataException("This tenant's work fails.");
            visited.Add(tenant.Id);
            return Task.CompletedTask;
        }, CancellationToken.None));

        Assert.IsType<InvalidDataException>(Assert.Single(failure.InnerExceptions));
        Assert.Single(visited, tenants[0].Id);
        Assert.Single(visited, tenants[2].Id);
        Assert.Contains(fixture.Portal.Log.All, r => r.Text.Contains(tenants[1].Id.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Visit_SeesOneTenantAtATime_AsTheProduct()
    {
        var (acme, globex) = (await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync());
        await (await acme.AdminAsync()).OpenTicketAsync();
        await (await globex.AdminAsync()).OpenTicketAsync();

        await Rounds.VisitAsync(async (services, ct) =>
        {
            var tenant = services.GetRequiredService<TenantContext>().Tenant.Id;
            Assert.Equal(SystemActor.Instance, services.GetRequiredService<Caller>().Actor);
            Assert.All(await services.GetRequiredService<SecureBaseDb>().Tickets.IgnoreQueryFilters().ToListAsync(ct), ticket => Assert.Equal(tenant, ticket.TenantId));
        }, CancellationToken.None);
    }

    [Fact]
    public async Task Visit_Cancelled_EndsBeforeTheNextTenant()
    {
        await fixture.Given.TenantAsync();
        await fixture.Given.TenantAsync();
        using var stop = new CancellationTokenSource();
        var visits = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Rounds.VisitAsync(async (_, _) =>
        {
            visits++;
            await stop.CancelAsync();
        }, stop.Token));

        Assert.Equal(1, visits);
    }

    [Fact]
    public async Task Visit_OfSomeAtOnce_LetsNoTenantWaitForAnother()
    {
        Guid[] tenants = [(await fixture.Given.TenantAsync()).Id, (await fixture.Given.TenantAsync()).Id];
        var together = new TaskCompletionSource();
        var arrived = 0;

        await Rounds.VisitAsync(tenants, async (_, ct) =>
        {
            if (Interlocked.Increment(ref arrived) == tenants.Length)
                together.SetResult();
            await together.Task.WaitAsync(TimeSpan.FromSeconds(30), ct);
        }, CancellationToken.None, atOnce: 2);

        Assert.Equal(tenants.Length, arrived);
    }
}
