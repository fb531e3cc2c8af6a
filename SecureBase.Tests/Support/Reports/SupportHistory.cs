using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Demo;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Reports;

/// <summary>A tenant's support under a clock that is set, made by the product's own services.</summary>
internal sealed class SupportHistory(GivenTenant tenant, GivenPerson customer, GivenPerson agent, FakeTimeProvider clock)
{
    internal GivenTenant Tenant => tenant;
    internal GivenPerson Agent => agent;
    internal DateTimeOffset Now => clock.GetUtcNow();
    internal DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    internal static async Task<SupportHistory> BeginAsync(PortalFixture fixture, FakeTimeProvider clock, Plan plan = Plan.Government, string? name = null)
    {
        var tenant = await fixture.Given.TenantAsync(plan: plan);
        var agent = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent, name: name ?? "Priya");
        return new SupportHistory(tenant, await tenant.AdminAsync(), agent, clock);
    }

    internal void Pass(TimeSpan time) => clock.Advance(time);

    internal Task<TicketView> OpenAsync(TicketCategory category = TicketCategory.General, TicketPriority priority = TicketPriority.Medium) =>
        AsCustomerAsync(t => t.OpenAsync(new OpenTicket { Subject = "Something is wrong", Category = category, Priority = priority }, CancellationToken.None));

    internal Task ReplyAsync(TicketView ticket, TicketStatus? status = null) => AsAgentAsync(t => t.CommentAsync(ticket.Id, new AddComment { Body = "Looking.", Status = status }, CancellationToken.None));

    internal Task WriteAsync(TicketView ticket) => AsCustomerAsync(t => t.CommentAsync(ticket.Id, new AddComment { Body = "Again." }, CancellationToken.None));

    internal Task EditAsync(TicketView ticket, EditTicket edit) => AsAgentAsync(t => t.EditAsync(ticket.Id, edit, null, CancellationToken.None));

    internal Task SetAsync(TicketView ticket, TicketStatus status) => EditAsync(ticket, new EditTicket { Status = status });

    internal Task RateAsync(TicketView ticket, int score) => AsCustomerAsync(t => t.RateAsync(ticket.Id, new RateTicket { Score = score }, CancellationToken.None));

    internal Task<TicketView> MergeAsync(TicketView ticket, TicketView into) => RelateAsync(r => r.MergeAsync(ticket.Id, into.Number, CancellationToken.None));

    internal Task<TicketView> UnmergeAsync(TicketView ticket) => RelateAsync(r => r.UnmergeAsync(ticket.Id, CancellationToken.None));

    internal Task<TicketView> SplitAsync(TicketView ticket) => RelateAsync(r => r.SplitAsync(ticket.Id, null, "Another matter", CancellationToken.None));

    /// <summary>What the sweep does every second.</summary>
    internal async Task SweepAsync()
    {
        await using var scope = tenant.SystemScope();
        await At<SlaSweep>(scope).TellDueAsync(CancellationToken.None);
    }

    internal async Task<int> RollUpAsync()
    {
        await using var scope = tenant.SystemScope();
        return await At<SupportDays>(scope).RollUpAsync(CancellationToken.None);
    }

    internal async Task<int> PurgeAsync()
    {
        await using var scope = tenant.SystemScope();
        var unit = scope.Services.UnitOfWorkAt(clock);
        return await ActivatorUtilities.CreateInstance<TicketHousekeeping>(scope.Services, unit, ActivatorUtilities.CreateInstance<TicketService>(scope.Services, unit), clock).PurgeClosedAsync(CancellationToken.None);
    }

    /// <summary>The report on this tenant over three years about now.</summary>
    internal Task<SupportReport> ReportAsync(ReportDimension by = ReportDimension.Month) => ReportAsync(new ReportQuery { From = Today.AddDays(-700), To = Today.AddDays(300) }, by);

    internal async Task<SupportReport> ReportAsync(ReportQuery query, ReportDimension by)
    {
        await using var scope = agent.Scope();
        var report = await scope.Get<SupportReports>().ReadAsync(query with { Tenants = [tenant.Slug] }, by, CancellationToken.None);
        Assert.Null(report.Error);
        return report.Value;
    }

    internal async Task<ReportLine> LineAsync(ReportDimension by, string key) => Assert.Single((await ReportAsync(by)).Lines, l => l.Key == key);

    private async Task<T> AsCustomerAsync<T>(Func<TicketService, Task<Result<T>>> act)
    {
        await using var scope = customer.Scope();
        return Done(await act(At<TicketService>(scope)));
    }

    private async Task<T> AsAgentAsync<T>(Func<TicketService, Task<Result<T>>> act)
    {
        await using var scope = agent.Scope(tenant);
        return Done(await act(At<TicketService>(scope)));
    }

    private async Task<TicketView> RelateAsync(Func<TicketRelations, Task<Result<TicketView>>> act)
    {
        await using var scope = agent.Scope(tenant);
        return Done(await act(At<TicketRelations>(scope)));
    }

    private T At<T>(Scope scope) => ActivatorUtilities.CreateInstance<T>(scope.Services, scope.Services.UnitOfWorkAt(clock));

    private static T Done<T>(Result<T> result)
    {
        Assert.Null(result.Error);
        return result.Value;
    }
}
