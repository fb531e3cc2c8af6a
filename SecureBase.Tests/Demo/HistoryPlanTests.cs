using System.Globalization;
using SecureBase.Core.Demo;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Tests.Demo;

public sealed class HistoryPlanTests
{
    private const ulong Seed = 20260401;
    private static readonly IReadOnlyList<Story> Stories = StoryBook.Load();

    // An ordinary day, a Sunday night, the first minutes of a year, both clock changes, a summer evening.
    public static TheoryData<string> Moments =>
        ["2026-11-18T13:47:00Z", "2026-11-22T02:10:00Z", "2027-01-01T06:20:00Z", "2026-03-29T01:15:00Z", "2026-11-01T06:30:00Z", "2026-08-02T20:00:00Z"];

    [Theory]
    [MemberData(nameof(Moments))]
    public void Make_AtAnyMoment_EveryTicketReplaysOnTheRealRules(string moment)
    {
        var now = Instant(moment);
        foreach (var (organisation, tickets) in HistoryPlan.Make(Stories, now, Seed))
        {
            Assert.Equal(organisation.Tickets, tickets.Count);
            Assert.Equal(tickets.Count, tickets.Select(t => t.Subject).Distinct().Count());
            Assert.Equal(tickets.Select(t => t.OpenedAt).Distinct().Order(), tickets.Select(t => t.OpenedAt));
            var states = tickets.Select(t => PlanReplay.Of(organisation, t, now)).ToList();
            Assert.Equal(organisation.Open.Total, states.Count(t => !t.IsDone));
            Assert.Equal(organisation.Open.Fresh, states.Count(t => !t.IsDone && t.AssigneeId is null));
            Assert.Equal(organisation.Open.Waiting, states.Count(t => t.Status == TicketStatus.WaitingCustomer));
            Assert.Equal(organisation.Open.InProgress, states.Count(t => t.Status == TicketStatus.InProgress));
            Assert.True(states.Max(t => t.UpdatedAt) > now - TimeSpan.FromHours(3), $"{organisation.Slug} is silent");
            Assert.DoesNotContain(states, t => t.Status == TicketStatus.Resolved && t.ResolvedAt < now - Ticket.SilenceBeforeClosing - TimeSpan.FromMinutes(20));
            Assert.InRange(states.Min(t => t.CreatedAt), now - TimeSpan.FromDays(366), now - TimeSpan.FromDays(300));
        }
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public void Make_LimitedPlan_KeepsItsQuotaInEveryMonthAndLeavesRoom(string moment)
    {
        var initech = DemoOrganisations.Initech;
        var counted = HistoryPlan.Make(Stories, Instant(moment), Seed)[initech].Where(t => t.CountsAgainstQuota)
            .GroupBy(t => Local(initech, t.OpenedAt).ToString("yyyy-MM", CultureInfo.InvariantCulture));
        Assert.All(counted, month => Assert.InRange(month.Count(), 0, PlanLimits.Of(initech.Plan).TicketsPerMonth!.Value - 2));
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public void Make_UnfinishedTickets_TellEachStoryOnce(string moment)
    {
        var now = Instant(moment);
        var open = HistoryPlan.Make(Stories, now, Seed).SelectMany(h => h.Value.Where(t => !PlanReplay.Of(h.Key, t, now).IsDone)).ToList();
        Assert.Equal(open.Count, open.Select(t => t.StoryKey).Distinct().Count());
    }

    [Fact]
    public void Make_SameMomentAndSeed_IsTheSameHistory()
    {
        var now = Instant("2026-11-18T13:47:00Z");
        Assert.Equal(Text(Seed), Text(Seed));
        Assert.NotEqual(Text(Seed), Text(Seed + 1));

        string Text(ulong seed) => string.Join('\n', HistoryPlan.Make(Stories, now, seed).SelectMany(h => h.Value)
            .Select(t => $"{t.OpenedAt:O} {t.Subject} {t.Description} {string.Join(' ', t.Acts)}"));
    }

    [Fact]
    public void Make_AYear_HasTheShapeOfWorkingPeople()
    {
        var now = Instant("2026-11-18T13:47:00Z");
        var histories = HistoryPlan.Make(Stories, now, Seed);
        foreach (var organisation in (DemoOrganisation[])[DemoOrganisations.Acme, DemoOrganisations.Globex])
        {
            var openings = histories[organisation].Select(t => Local(organisation, t.OpenedAt)).ToList();
            Assert.InRange(Share(openings, t => t.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday), 0.005, 0.12);
            Assert.InRange(Share(openings, t => t.Hour is >= 8 and < 19), 0.85, 0.995);
            var middle = now.AddDays(-182);
            Assert.InRange(Share(histories[organisation], t => t.OpenedAt > middle), 0.55, 0.75);
        }

        // Six days of thirty carry more than a fifth.
        var local = histories.SelectMany(h => h.Value.Select(t => Local(h.Key, t.OpenedAt))).ToList();
        Assert.InRange(Share(local, t => t.Day <= 3 || t.AddDays(3).Month != t.Month), 0.22, 0.4);

        var all = histories.SelectMany(h => h.Value.Select(t => (Organisation: h.Key, Ticket: PlanReplay.Of(h.Key, t, now)))).ToList();
        var answered = all.Where(t => t.Ticket.FirstRespondedAt is not null && t.Organisation.Plan != Plan.Standard).ToList();
        Assert.InRange(Share(answered, t => t.Ticket.FirstRespondedAt - t.Ticket.CreatedAt <= Promises.FirstResponse(t.Organisation.Plan, t.Ticket.Priority)), 0.88, 0.99);
        var reopened = histories.SelectMany(h => h.Value).Count(t => t.Acts.OfType<PlannedAct.Comment>().SkipWhile(c => c.Status != TicketStatus.Resolved).Any(c => !DemoOrganisations.Operator.People.Contains(c.By!)));
        Assert.InRange(reopened, 8, 40);
        var rated = all.Where(t => t.Ticket.RatingScore is not null).ToList();
        Assert.InRange((double)rated.Count / all.Count, 0.2, 0.5);
        Assert.InRange(Share(rated, t => t.Ticket.RatingScore >= 4), 0.7, 0.9);
        Assert.All(Enum.GetValues<TicketPriority>(), p => Assert.True(Share(all, t => t.Ticket.Priority == p) > 0.08, $"few are {p}"));
    }

    [Fact]
    public void People_OfEachOrganisation_FitItsPlanAndTheContract()
    {
        Assert.Equal(DemoOrganisations.All.Count, DemoOrganisations.All.Select(o => o.Slug).Distinct().Count());
        foreach (var organisation in DemoOrganisations.All)
        {
            Assert.Equal(organisation.People.Count, organisation.People.Select(p => p.Email).Distinct().Count());
            Assert.InRange(organisation.People.Count, 4, PlanLimits.Of(organisation.Plan).Users);
            Assert.All(organisation.People, p => Assert.Contains(p.Role, organisation.Kind == TenantKind.Operator ? Roles.Operator : Roles.Tenant));
            Assert.NotNull(organisation.Zone);
        }

        Assert.All(DemoOrganisations.Customers, o => Assert.All(Roles.Tenant, role => Assert.Contains(o.People, p => p.Email == $"{role}@{o.Slug}.test" && p.Role == role)));
    }

    private static double Share<T>(IReadOnlyCollection<T> items, Func<T, bool> which) => (double)items.Count(which) / items.Count;

    private static DateTime Local(DemoOrganisation organisation, DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, organisation.Zone).DateTime;

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
