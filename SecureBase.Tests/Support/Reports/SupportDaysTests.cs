using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Reports;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Reports;

/// <summary>The daily roll-ups over real tickets, in a future that the portal's own clock does not reach.</summary>
public sealed class SupportDaysTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    /// <summary>A Tuesday.</summary>
    private static readonly DateTimeOffset Start = new(2036, 3, 4, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Start);

    [Fact]
    public async Task ADaysWork_IsCountedWithTruePercentiles()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        var tickets = new[] { await acme.OpenAsync(TicketCategory.Billing), await acme.OpenAsync(), await acme.OpenAsync() };
        foreach (var (ticket, minutes) in tickets.Zip([10, 10, 40]))
        {
            acme.Pass(TimeSpan.FromMinutes(minutes));
            await acme.ReplyAsync(ticket);
        }
        acme.Pass(TimeSpan.FromHours(1));
        await acme.SetAsync(tickets[0], TicketStatus.Resolved);
        await acme.RateAsync(tickets[0], 5);
        await acme.RollUpAsync();

        var totals = (await acme.ReportAsync()).Totals;
        Assert.Equal((3, 1, 3, (int?)2), (totals.Opened, totals.Resolved, totals.Replies, totals.OpenNow));
        // 600, 1,200 and 3,600 seconds; the percentiles lie between the last two.
        Assert.Equal(new ReportTimes(3, 1_200, 3_120, 3_360), totals.FirstResponse);
        Assert.Equal(new ReportTimes(1, 7_200, 7_200, 7_200), totals.Resolution);
        Assert.Equal((new ReportClocks(3, 0), new ReportClocks(1, 0)), (totals.FirstResponseSla, totals.ResolutionSla));
        Assert.Equal(new ReportRatings(1, 1, 5), totals.Ratings);
        Assert.Equal((1, 1), await acme.LineAsync(ReportDimension.Category, "billing") is var billing ? (billing.Opened, billing.Resolved) : default);
        Assert.Equal(3, (await acme.LineAsync(ReportDimension.Day, "2036-03-04")).Opened);
        Assert.Equal(3, (await acme.LineAsync(ReportDimension.Week, "2036-03-03")).Opened);
        Assert.Equal(3, (await acme.LineAsync(ReportDimension.Plan, "government")).Opened);
        Assert.Equal((acme.Tenant.Info.Name, 3), await acme.LineAsync(ReportDimension.Tenant, acme.Tenant.Slug) is var line ? (line.Name, line.Opened) : default);
        Assert.Equal(("Priya", 3, 0), await acme.LineAsync(ReportDimension.Agent, acme.Agent.Id.ToString()) is var priya ? (priya.Name, priya.Replies, priya.Opened) : default);
        Assert.Equal((3, (int?)2), await acme.LineAsync(ReportDimension.Agent, "none") is var nobody ? (nobody.Opened, nobody.OpenNow) : default);
    }

    [Fact]
    public async Task ALateClock_IsABreach_OnTheDayItsTimeRanOut_WithOrWithoutAnEnd()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        acme.Pass(TimeSpan.FromHours(14));
        // 23:00; due at 23:30, and its resolution at 01:00.
        var ticket = await acme.OpenAsync(priority: TicketPriority.Critical);
        await acme.RollUpAsync();
        Assert.Equal(new ReportClocks(0, 0), (await acme.ReportAsync()).Totals.Sla);

        acme.Pass(TimeSpan.FromMinutes(31));
        await acme.SweepAsync();
        await acme.RollUpAsync();
        Assert.Equal(1, (await acme.LineAsync(ReportDimension.Day, "2036-03-04")).FirstResponseSla.BreachRate);

        acme.Pass(TimeSpan.FromDays(2));
        await acme.SweepAsync();
        await acme.ReplyAsync(ticket);
        await acme.RollUpAsync();
        Assert.Equal((new ReportClocks(0, 1), new ReportClocks(0, 0)), await acme.LineAsync(ReportDimension.Day, "2036-03-04") is var due ? (due.FirstResponseSla, due.ResolutionSla) : default);
        Assert.Equal((new ReportClocks(0, 0), new ReportClocks(0, 1)), await acme.LineAsync(ReportDimension.Day, "2036-03-05") is var next ? (next.FirstResponseSla, next.ResolutionSla) : default);
        Assert.Equal((1, new ReportClocks(0, 0)), await acme.LineAsync(ReportDimension.Day, "2036-03-06") is var answered ? (answered.FirstResponse.Count, answered.Sla) : default);
    }

    [Fact]
    public async Task ALaterTarget_TakesABreachBack_UntilItRunsOutToo()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        acme.Pass(TimeSpan.FromHours(14));
        var ticket = await acme.OpenAsync(priority: TicketPriority.Critical);
        acme.Pass(TimeSpan.FromHours(25));
        await acme.SweepAsync();
        await acme.RollUpAsync();
        Assert.Equal(1, (await acme.LineAsync(ReportDimension.Day, "2036-03-05")).ResolutionSla.Breached);

        // 00:00 two days later; low leaves 32 hours for a resolution, 8 for a first response.
        await acme.EditAsync(ticket, new EditTicket { Priority = TicketPriority.Low });
        await acme.RollUpAsync();
        Assert.Equal((1, 0), await acme.LineAsync(ReportDimension.Day, "2036-03-05") is var eased ? (eased.FirstResponseSla.Breached, eased.ResolutionSla.Breached) : default);

        // It was told once and is not told again: it counts nevertheless.
        acme.Pass(TimeSpan.FromHours(20));
        await acme.SweepAsync();
        await acme.RollUpAsync();
        Assert.Equal(1, (await acme.LineAsync(ReportDimension.Day, "2036-03-06")).ResolutionSla.Breached);
    }

    [Fact]
    public async Task WhatIsReopened_HandedOn_OrRatedAgain_CountsAsItStands()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        var quinn = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent, name: "Quinn");
        var ticket = await acme.OpenAsync();
        await acme.SetAsync(ticket, TicketStatus.Resolved);
        await acme.RateAsync(ticket, 1);
        await acme.RollUpAsync();
        Assert.Equal(1, (await acme.LineAsync(ReportDimension.Day, "2036-03-04")).Resolved);

        acme.Pass(TimeSpan.FromDays(1));
        await acme.WriteAsync(ticket);
        await acme.EditAsync(ticket, new EditTicket { AssigneeId = quinn.Id, Category = TicketCategory.Security });
        await acme.RollUpAsync();
        Assert.Equal((0, 0), await acme.LineAsync(ReportDimension.Day, "2036-03-04") is var open ? (open.Resolved, open.Resolution.Count) : default);
        Assert.Equal(1, (await acme.LineAsync(ReportDimension.Agent, quinn.Id.ToString())).Opened);
        Assert.DoesNotContain((await acme.ReportAsync(ReportDimension.Category)).Lines, l => l.Key == "general");

        acme.Pass(TimeSpan.FromDays(1));
        await acme.SetAsync(ticket, TicketStatus.Resolved);
        await acme.RateAsync(ticket, 4);
        await acme.RollUpAsync();
        Assert.Equal((1, (long?)172_800), await acme.LineAsync(ReportDimension.Day, "2036-03-06") is var again ? (again.Resolved, again.Resolution.MedianSeconds) : default);
        Assert.Equal(new ReportRatings(1, 1, 4), (await acme.ReportAsync()).Totals.Ratings);
    }

    [Fact]
    public async Task AMergedTicket_CountsAsOpenedOnly_UntilItIsOnItsOwnAgain_AndASplitOneFromItsSplit()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        var (stub, other) = (await acme.OpenAsync(), await acme.OpenAsync());
        await acme.ReplyAsync(stub);
        await acme.MergeAsync(stub, other);
        await acme.RollUpAsync();
        var merged = (await acme.ReportAsync()).Totals;
        Assert.Equal((2, 0, 1, 0, 0), (merged.Opened, merged.Resolved, merged.Replies, merged.FirstResponse.Count, merged.Sla.Met));

        await acme.UnmergeAsync(stub);
        acme.Pass(TimeSpan.FromDays(1));
        await acme.SplitAsync(stub);
        await acme.RollUpAsync();
        Assert.Equal((3, 1), (await acme.ReportAsync()).Totals is var apart ? (apart.Opened, apart.FirstResponse.Count) : default);
        Assert.Equal(1, (await acme.LineAsync(ReportDimension.Day, "2036-03-05")).Opened);
    }

    [Fact]
    public async Task APurge_TakesTheTickets_AndLeavesTheReportsAsTheyWere()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        var stays = await acme.OpenAsync();
        foreach (var minutes in new[] { 5, 10, 20 })
        {
            var ticket = await acme.OpenAsync();
            acme.Pass(TimeSpan.FromMinutes(minutes));
            await acme.ReplyAsync(ticket, TicketStatus.Resolved);
            await acme.RateAsync(ticket, minutes / 5);
            await acme.SetAsync(ticket, TicketStatus.Closed);
            acme.Pass(TimeSpan.FromDays(40));
        }
        await acme.RollUpAsync();
        var query = new ReportQuery { From = new(2036, 1, 1), To = new(2036, 12, 31) };
        var before = await acme.ReportAsync(query, ReportDimension.Day);

        // The first is due 90 days after it was closed, the others not yet.
        Assert.Equal(1, await acme.PurgeAsync());
        Assert.Equivalent(before, await acme.ReportAsync(query, ReportDimension.Day), strict: true);
        // What lives on the same day is counted anew, what is gone stays.
        await acme.ReplyAsync(stays);
        await acme.RollUpAsync();
        Assert.Equal((4, 3), (await acme.ReportAsync(query, ReportDimension.Day)).Totals is var after ? (after.Opened, after.Ratings.Count) : default);
        var full = await acme.ReportAsync(query, ReportDimension.Day);

        acme.Pass(TimeSpan.FromDays(200));
        Assert.Equal(2, await acme.PurgeAsync());
        Assert.Equivalent(full, await acme.ReportAsync(query, ReportDimension.Day), strict: true);
        await using var scope = acme.Tenant.SystemScope();
        Assert.Equal(1, await scope.Get<SecureBaseDb>().Tickets.CountAsync());
        Assert.Equal((3, 0), ((await scope.Get<SecureBaseDb>().SupportDays.Where(d => d.IsKept).SumAsync(d => d.Opened)), await acme.RollUpAsync()));
    }

    [Fact]
    public async Task APurgeThatFails_SetsNothingAside()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        var ticket = await acme.OpenAsync();
        await acme.SetAsync(ticket, TicketStatus.Closed);
        await acme.RollUpAsync();
        acme.Pass(TimeSpan.FromDays(91));
        await using (var scope = acme.Tenant.SystemScope())
        {
            var (days, db) = (scope.Get<SupportDays>(), scope.Get<SecureBaseDb>());
            await using var transaction = await db.Database.BeginTransactionAsync();
            Assert.Contains(new DateOnly(2036, 3, 4), await days.KeepAsync(db, [ticket.Id], acme.Now, CancellationToken.None));
            await transaction.RollbackAsync();
        }
        Assert.Equal(1, (await acme.ReportAsync()).Totals.Opened);
    }

    [Fact]
    public async Task SeveralNodesAtOnce_CountEachTicketOnce()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        for (var i = 0; i < 6; i++)
            await acme.ReplyAsync(await acme.OpenAsync());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => acme.RollUpAsync()));
        Assert.Equal((6, 6), (await acme.ReportAsync()).Totals is var totals ? (totals.Opened, totals.Replies) : default);
        Assert.Equal(0, await acme.RollUpAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task AnyHistory_CountedAsItGoes_IsWhatItsEventsSay(int seed)
    {
        var random = new Random(seed);
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        List<TicketView> tickets = [await acme.OpenAsync(), await acme.OpenAsync()];
        for (var step = 0; step < 80; step++)
        {
            acme.Pass(TimeSpan.FromSeconds(random.Next(1, 60_000)));
            var (ticket, other) = (await NowAsync(acme, tickets[random.Next(tickets.Count)]), await NowAsync(acme, tickets[random.Next(tickets.Count)]));
            var isOver = ticket.Status == TicketStatus.Closed;
            switch (random.Next(11))
            {
                case 0: tickets.Add(await acme.OpenAsync(random.Next(2) == 0 ? TicketCategory.Billing : TicketCategory.Security, (TicketPriority)random.Next(4))); break;
                case 1 or 2 when !isOver: await acme.ReplyAsync(ticket, random.Next(4) switch { 0 => TicketStatus.Resolved, 1 => TicketStatus.WaitingCustomer, _ => null }); break;
                case 3 when !isOver: await acme.WriteAsync(ticket); break;
                case 4 when !isOver: await acme.SetAsync(ticket, random.Next(2) == 0 ? TicketStatus.Resolved : TicketStatus.WaitingCustomer); break;
                case 5 when ticket.Status == TicketStatus.Resolved: await acme.RateAsync(ticket, random.Next(1, 6)); break;
                case 6 when !isOver: await acme.EditAsync(ticket, new EditTicket { AssigneeId = random.Next(2) == 0 ? acme.Agent.Id : Guid.Empty }); break;
                case 7 when !isOver: await acme.EditAsync(ticket, new EditTicket { Priority = (TicketPriority)random.Next(4) }); break;
                case 8 when ticket.MergedInto is not null && _clock.GetUtcNow() < ticket.ResolvedAt + Ticket.ReopenWindow: await acme.UnmergeAsync(ticket); break;
                case 8 when !isOver && other.Status != TicketStatus.Closed && other.Id != ticket.Id && random.Next(2) == 0: await acme.MergeAsync(ticket, other); break;
                case 9: await acme.SweepAsync(); break;
                case 10: await acme.RollUpAsync(); break;
            }
        }
        await acme.SweepAsync();
        await acme.RollUpAsync();

        var events = await EventFigures.ReadAsync(acme);
        foreach (var by in new[] { ReportDimension.Day, ReportDimension.Week, ReportDimension.Month, ReportDimension.Category, ReportDimension.Agent, ReportDimension.Plan })
        {
            var report = await acme.ReportAsync(by);
            Assert.Equal(events.Line(by, report.Totals with { Key = "all" }), report.Totals);
            Assert.All(report.Lines, line => Assert.Equal(events.Line(by, line), line));
            Assert.Equal(report.Totals.Opened, report.Lines.Sum(l => l.Opened));
        }
    }

    [Fact]
    public async Task TheSchedule_CountsWhereSomethingChanged()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        await acme.OpenAsync();
        await ActivatorUtilities.CreateInstance<RollUpSupportDaysJob>(fixture.Portal.Services, _clock).Execute(null!, CancellationToken.None);
        Assert.Equal(1, (await acme.ReportAsync()).Totals.Opened);
        Assert.Equal(0, await acme.RollUpAsync());
    }

    [Fact]
    public async Task AnothersTickets_AreNotCounted()
    {
        var (acme, globex) = (await SupportHistory.BeginAsync(fixture, _clock), await SupportHistory.BeginAsync(fixture, _clock));
        await globex.OpenAsync();
        await globex.RollUpAsync();
        await acme.OpenAsync();
        await acme.RollUpAsync();
        Assert.Equal((1, 1), ((await acme.ReportAsync()).Totals.Opened, (await globex.ReportAsync()).Totals.Opened));
    }

    private static async Task<TicketView> NowAsync(SupportHistory acme, TicketView ticket)
    {
        await using var scope = acme.Tenant.SystemScope();
        return (await scope.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value;
    }
}
