using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Support.Sla;
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
    public async Task ALateReply_IsABreach_OnTheDayItCame()
    {
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        var ticket = await acme.OpenAsync(priority: TicketPriority.Critical);
        acme.Pass(TimeSpan.FromDays(1));
        await acme.ReplyAsync(ticket);
        await acme.RollUpAsync();
        Assert.Equal(new ReportClocks(0, 0), (await acme.LineAsync(ReportDimension.Day, "2036-03-04")).Sla);
        Assert.Equal(1, (await acme.LineAsync(ReportDimension.Day, "2036-03-05")).FirstResponseSla.BreachRate);
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
            Assert.Single(await days.KeepAsync(db, [ticket.Id], CancellationToken.None));
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
    public async Task AnyHistory_CountedAsItGoes_SaysWhatTheTicketsSay(int seed)
    {
        var random = new Random(seed);
        var acme = await SupportHistory.BeginAsync(fixture, _clock);
        List<TicketView> tickets = [await acme.OpenAsync()];
        for (var step = 0; step < 60; step++)
        {
            acme.Pass(TimeSpan.FromMinutes(random.Next(1, 900)));
            var ticket = await NowAsync(acme, tickets[random.Next(tickets.Count)]);
            var isOver = ticket.Status == TicketStatus.Closed;
            switch (random.Next(7))
            {
                case 0: tickets.Add(await acme.OpenAsync(random.Next(2) == 0 ? TicketCategory.Billing : TicketCategory.Security, (TicketPriority)random.Next(4))); break;
                case 1 when !isOver: await acme.ReplyAsync(ticket, random.Next(2) == 0 ? TicketStatus.Resolved : null); break;
                case 2 when !isOver: await acme.WriteAsync(ticket); break;
                case 3 when !isOver: await acme.SetAsync(ticket, TicketStatus.Resolved); break;
                case 4 when ticket.Status == TicketStatus.Resolved: await acme.RateAsync(ticket, random.Next(1, 6)); break;
                case 5 when !isOver: await acme.EditAsync(ticket, new EditTicket { AssigneeId = random.Next(2) == 0 ? acme.Agent.Id : Guid.Empty }); break;
                case 6: await acme.RollUpAsync(); break;
            }
        }
        await acme.RollUpAsync();
        var totals = (await acme.ReportAsync()).Totals;
        var byDay = (await acme.ReportAsync(ReportDimension.Day)).Lines.ToDictionary(l => l.Key);

        await using var scope = acme.Tenant.SystemScope();
        var db = scope.Get<SecureBaseDb>();
        var rows = await db.Tickets.AsNoTracking().ToListAsync();
        var clocks = await db.TicketClocks.AsNoTracking().Where(c => c.EndedAt != null).ToListAsync();
        Assert.Equal(rows.Count, totals.Opened);
        Assert.Equal(await db.TicketEvents.CountAsync(e => e.Type == TicketEventType.StaffReply), totals.Replies);
        Assert.Equal(Times(rows.Where(t => t.FirstRespondedAt is not null).Select(t => t.FirstRespondedAt!.Value - t.CreatedAt)), totals.FirstResponse);
        Assert.Equal(Times(rows.Where(t => t.IsDone).Select(t => t.ResolvedAt!.Value - t.CreatedAt)), totals.Resolution);
        Assert.Equal((clocks.Count(c => c.State != SlaClockState.Breached), clocks.Count(c => c.State == SlaClockState.Breached)), (totals.Sla.Met, totals.Sla.Breached));
        Assert.Equal((rows.Count(t => t.RatingScore is not null), rows.Count(t => t.RatingScore >= 4)), (totals.Ratings.Count, totals.Ratings.Satisfied));
        foreach (var day in rows.GroupBy(t => t.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)))
            Assert.Equal(day.Count(), byDay[day.Key].Opened);
        foreach (var day in rows.Where(t => t.IsDone).GroupBy(t => t.ResolvedAt!.Value.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)))
            Assert.Equal(day.Count(), byDay[day.Key].Resolved);
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

    // By its definition: the value at (n - 1) · p of the sorted ones, between two by its share.
    private static ReportTimes Times(IEnumerable<TimeSpan> spans)
    {
        var sorted = spans.Select(s => Math.Floor(s.TotalSeconds)).Order().ToList();
        return sorted.Count == 0 ? new ReportTimes(0, null, null, null) : new ReportTimes(sorted.Count, At(.5), At(.9), At(.95));

        long At(double p)
        {
            var place = (sorted.Count - 1) * p;
            var below = (int)place;
            var above = Math.Min(below + 1, sorted.Count - 1);
            return (long)Math.Round(sorted[below] + ((sorted[above] - sorted[below]) * (place - below)));
        }
    }
}
