using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Demo;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Sla;

/// <summary>A desk at which tickets are opened, answered and swept under a clock that is set, in a future that the process's own sweep does not reach.</summary>
internal sealed class ClockDesk(PortalFixture fixture, FakeTimeProvider clock)
{
    /// <summary>A Tuesday.</summary>
    internal static readonly DateTimeOffset Start = new(2036, 3, 4, 9, 0, 0, TimeSpan.Zero);

    internal FakeTimeProvider Clock => clock;

    internal async Task<TicketView> OpenAsync(GivenTenant tenant, TicketPriority priority)
    {
        await using var scope = (await tenant.AdminAsync()).Scope();
        return (await At<TicketService>(scope).OpenAsync(new OpenTicket { Subject = "Egress doubled", Priority = priority }, CancellationToken.None)).Value;
    }

    internal Task<TicketView> OpenSilentlyAsync(GivenTenant tenant, TicketPriority priority) =>
        SilentlyAsync(tenant, tickets => tickets.OpenAsync(new OpenTicket { Subject = "Long ago", Priority = priority }, CancellationToken.None));

    /// <summary>As the demo and an import write what was before.</summary>
    internal async Task<T> SilentlyAsync<T>(GivenTenant tenant, Func<TicketService, Task<Result<T>>> act)
    {
        var admin = await tenant.AdminAsync();
        await using var scope = tenant.Portal.Services.GetRequiredService<IServiceScopeFactory>().EnterSilently(tenant.Info, admin.Actor);
        return (await act(ActivatorUtilities.CreateInstance<TicketService>(scope.ServiceProvider, scope.ServiceProvider.UnitOfWorkAt(clock)))).Value;
    }

    internal async Task StaffAsync<T>(GivenTenant tenant, Func<TicketService, Task<Result<T>>> act, TimeProvider? at = null)
    {
        await using var scope = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent)).Scope(tenant);
        Assert.Null((await act(At<TicketService>(scope, at))).Error);
    }

    internal async Task CustomerAsync<T>(GivenTenant tenant, Func<TicketService, Task<Result<T>>> act)
    {
        await using var scope = (await tenant.AdminAsync()).Scope();
        Assert.Null((await act(At<TicketService>(scope))).Error);
    }

    /// <returns>How many clocks were looked at.</returns>
    internal async Task<int> SweepAsync(GivenTenant tenant, TimeProvider? at = null)
    {
        await using var scope = tenant.SystemScope();
        return await At<SlaSweep>(scope, at).TellDueAsync(CancellationToken.None);
    }

    /// <summary>As if the tenant were on another plan by now.</summary>
    /// <returns>How many tickets were brought up to date.</returns>
    internal async Task<int> RenewAsync(GivenTenant tenant, Plan plan, TimeProvider? at = null)
    {
        await using var scope = Scope.For(tenant.Portal.Services, tenant.Info with { Plan = plan }, SystemActor.Instance);
        return await At<SlaSweep>(scope, at).RenewAsync(CancellationToken.None);
    }

    internal static async Task<TicketView> ReadAsync(GivenTenant tenant, Guid id)
    {
        await using var scope = tenant.SystemScope();
        return (await scope.Get<TicketService>().GetAsync(id, CancellationToken.None)).Value;
    }

    internal static async Task<List<(SlaMetric, int, DateTimeOffset?)>> DueAsync(GivenTenant tenant, Guid id)
    {
        await using var scope = tenant.SystemScope();
        var rows = await scope.Get<SecureBaseDb>().TicketClocks.Where(c => c.TicketId == id).ToListAsync();
        return [.. rows.OrderBy(c => c.Metric).ThenBy(c => c.Cycle).Select(c => (c.Metric, c.Cycle, c.DueAt))];
    }

    internal static async Task<(int Warnings, int Breaches)> ToldAsync(GivenTenant tenant)
    {
        await using var scope = tenant.SystemScope();
        var types = await scope.Get<SecureBaseDb>().OutboxEvents.Select(e => e.Type).ToListAsync();
        return (types.Count(t => t == SupportEvents.SlaWarning), types.Count(t => t == SupportEvents.SlaBreached));
    }

    /// <summary>A service whose changes happen at the instant of the given clock, or of the desk's.</summary>
    internal T At<T>(Scope scope, TimeProvider? at = null) => ActivatorUtilities.CreateInstance<T>(scope.Services, scope.Services.UnitOfWorkAt(at ?? clock));
}
