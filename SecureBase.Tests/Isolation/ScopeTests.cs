using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Isolation;

/// <summary>A scope works for one tenant and one person, and cannot be talked out of it.</summary>
public sealed class ScopeTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task ASecondTenant_IsRefusedAndTheFirstStays()
    {
        var acme = await fixture.Given.TenantAsync();
        var globex = await fixture.Given.TenantAsync();
        await using var scope = acme.SystemScope();
        var context = scope.Get<TenantContext>();

        context.Enter(acme.Info with { Name = "Renamed meanwhile" });
        Assert.Throws<InvalidOperationException>(() => context.Enter(globex.Info));

        Assert.Equal(acme.Id, context.TenantId);
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync();
        Assert.Equal(acme.Id, db.TenantId);
    }

    [Fact]
    public async Task ASecondPerson_IsRefusedAndTheFirstStays()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var ben = await acme.AdminAsync();
        await using var scope = ada.Scope();
        var caller = scope.Get<Caller>();

        caller.Become(ada.Actor with { Name = "Ada, renamed" });
        Assert.Throws<InvalidOperationException>(() => caller.Become(ben.Actor));
        Assert.Throws<InvalidOperationException>(() => caller.Become(ada.Actor with { TenantId = Guid.CreateVersion7() }));

        Assert.Equal(ada.Id, caller.Actor.PersonId);
    }

    [Fact]
    public async Task WithoutATenant_NothingIsShownAndNothingAdded()
    {
        await (await (await fixture.Given.TenantAsync()).AdminAsync()).OpenTicketAsync();
        await using var scope = Scope.For(fixture.Portal.Services, tenant: null, actor: null);
        Assert.Throws<InvalidOperationException>(() => scope.Get<TenantContext>().Tenant);
        Assert.Throws<InvalidOperationException>(() => scope.Get<Caller>().Actor);
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync();
        Assert.Empty(await db.Tickets.IgnoreQueryFilters().ToListAsync());
        Assert.Empty(await db.Tenants.IgnoreQueryFilters().ToListAsync());
    }

    [Fact]
    public async Task TheViewOverAllTenants_IsForStaffAndReadOnly()
    {
        var customer = await (await fixture.Given.TenantAsync()).AdminAsync();
        await using (var nobodys = Scope.For(fixture.Portal.Services, customer.Tenant.Info, actor: null))
            Assert.Throws<InvalidOperationException>(() => nobodys.Get<IDbContextFactory<StaffDb>>().CreateDbContext());
        await using (var customers = customer.Scope())
            Assert.Throws<InvalidOperationException>(() => customers.Get<IDbContextFactory<StaffDb>>().CreateDbContext());

        await using var staffs = (await (await fixture.Given.OperatorAsync()).AdminAsync()).Scope();
        await using var db = await staffs.Get<IDbContextFactory<StaffDb>>().CreateDbContextAsync();
        Assert.Contains(customer.Tenant.Id, await db.Tenants.Select(t => t.Id).ToListAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.SaveChangesAsync());
        Assert.Throws<InvalidOperationException>(() => db.SaveChanges());
    }
}
