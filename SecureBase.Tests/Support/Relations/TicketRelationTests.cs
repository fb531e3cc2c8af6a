using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Relations;

public sealed class TicketRelationTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;
    private GivenPerson _priya = null!;

    public async Task InitializeAsync()
    {
        _acme = await fixture.Given.TenantAsync(plan: Plan.Standard);
        _ada = await _acme.PersonAsync(Roles.Admin, name: "Ada Lovelace");
        _priya = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent, name: "Priya");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Merge_ClosesTheStub_WhoseWordsAreReadInTheOther_ByBothSides()
    {
        var (stub, other) = (await _ada.OpenTicketAsync("Again", "It drops again."), await _ada.OpenTicketAsync("Drops", "It drops."));
        await CommentAsync(_ada, stub, "Third time today.");
        await NoteAsync(stub, "Known since Monday.");

        Assert.Equal(other.Number, (await MergeAsync(stub, $" {other.Number.ToLowerInvariant()} ")).Value.Number);

        var (after, target) = (await ReadAsync(stub), await ReadAsync(other));
        Assert.Equal((TicketStatus.Closed, other.Number, TicketStatus.Open, null), (after.Status, after.MergedInto, target.Status, target.MergedInto));
        await using var scope = _ada.Scope();
        var timeline = (await scope.Get<TicketService>().TimelineAsync(other.Id, CancellationToken.None)).Value;
        Assert.Equal([("It drops again.", stub.Number), ("Third time today.", stub.Number)], timeline.Where(e => e.Kind == TimelineKind.Comment).Select(e => (e.Body!, e.From!)));
        Assert.Equal((TicketEventType.Absorbed, stub.Number), timeline.Where(e => e.Kind == TimelineKind.Event).Select(e => (e.Type!.Value, e.RelatedNumber)).Last());
        Assert.DoesNotContain(timeline, e => e.Kind == TimelineKind.Note);
        Assert.Equal([(TicketRelation.MergedFrom, stub.Number)], await RelatedAsync(_ada, other));
        Assert.Equal([(TicketRelation.MergedInto, other.Number)], await RelatedAsync(_ada, stub));
        await using var desk = _priya.Scope();
        Assert.Equal(["Known since Monday."], (await desk.Get<StaffQueue>().NotesAsync(_acme.Id, other.Id, CancellationToken.None)).Value.Select(n => n.Body));
    }

    [Fact]
    public async Task Merge_BringsAnUnansweredMessage_ToATicketWhoseLastWordWasOurs()
    {
        var (stub, other) = (await _ada.OpenTicketAsync("Again"), await _ada.OpenTicketAsync("Drops"));
        await CommentAsync(_priya, other, "Does it still?", TicketStatus.WaitingCustomer);
        Assert.Null((await ReadAsync(other)).WaitingSince);

        Assert.True((await MergeAsync(stub, other.Number)).IsSuccess);

        var target = await ReadAsync(other);
        Assert.Equal(TicketStatus.Open, target.Status);
        var events = await EventsAsync(other);
        Assert.Equal([TicketEventType.Absorbed, TicketEventType.CustomerComment, TicketEventType.StatusChanged], events.TakeLast(3).Select(e => e.Type));
        Assert.Equal(events[^1].At, target.WaitingSince);
        Assert.Equal([(TicketEventType.Merged, null), (TicketEventType.StatusChanged, TicketStatus.Closed)], (await EventsAsync(stub)).TakeLast(2).Select(e => (e.Type, e.Status)));
    }

    [Fact]
    public async Task Merge_ThatReopensTheOther_TellsItWithTheDueTimeItHasThen()
    {
        var (stub, other) = (await _ada.OpenTicketAsync("Again"), await _ada.OpenTicketAsync("Drops"));
        await CommentAsync(_priya, other, "Mended.", TicketStatus.Resolved);
        Assert.Null((await ReadAsync(other)).NextDueAt);

        Assert.True((await MergeAsync(stub, other.Number)).IsSuccess);

        await using var scope = _acme.SystemScope();
        var told = await scope.Get<SecureBaseDb>().OutboxEvents.SingleAsync(e => e.SubjectId == other.Id && e.Type == SupportEvents.Reopened);
        var due = JsonNode.Parse(told.Data!)!["next_due_at"]?.GetValue<DateTimeOffset>();
        Assert.NotNull(due);
        Assert.Equal((await ReadAsync(other)).NextDueAt, due);
    }

    [Fact]
    public async Task Merge_OfAnAnsweredTicket_LeavesTheOthersClocksAlone()
    {
        var (stub, other) = (await _ada.OpenTicketAsync("Again"), await _ada.OpenTicketAsync("Drops"));
        await CommentAsync(_priya, stub, "Answered.", TicketStatus.InProgress);
        var before = await ReadAsync(other);

        Assert.True((await MergeAsync(stub, other.Number)).IsSuccess);

        Assert.Equal(before.WaitingSince, (await ReadAsync(other)).WaitingSince);
        Assert.DoesNotContain(await EventsAsync(other), e => e.Type is TicketEventType.CustomerComment or TicketEventType.StatusChanged);
    }

    [Fact]
    public async Task Merge_IsRefused_WhereItMakesNoSense_OrIsNotAllowed()
    {
        var (one, two, closed) = (await _ada.OpenTicketAsync("One"), await _ada.OpenTicketAsync("Two"), await _ada.OpenTicketAsync("Closed"));
        await EditAsync(closed, new EditTicket { Status = TicketStatus.Closed });
        var elsewhere = await (await (await fixture.Given.TenantAsync()).AdminAsync()).OpenTicketAsync("Elsewhere");

        Assert.Equal("into", (await MergeAsync(one, one.Number)).Error!.Fields[0].Field);
        Assert.Equal("into", (await MergeAsync(one, elsewhere.Number)).Error!.Fields[0].Field);
        Assert.Equal("into", (await MergeAsync(one, "")).Error!.Fields[0].Field);
        Assert.Equal("into", (await MergeAsync(one, "A\0")).Error!.Fields[0].Field);
        Assert.Equal("ticket_closed", (await MergeAsync(one, closed.Number)).Error!.Code);
        Assert.Equal("ticket_closed", (await MergeAsync(closed, one.Number)).Error!.Code);
        Assert.Equal(ErrorKind.NotFound, (await MergeAsync(elsewhere, one.Number)).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await MergeAsync(one, two.Number, _ada)).Error!.Kind);
        Assert.Equal(1, (await ReadAsync(one)).Version);

        Assert.True((await MergeAsync(one, two.Number)).IsSuccess);
        Assert.Equal("ticket_merged", (await MergeAsync(one, two.Number)).Error!.Code);
        Assert.Equal("ticket_merged", (await MergeAsync(two, one.Number)).Error!.Code);
        await using var scope = _ada.Scope();
        var tickets = scope.Get<TicketService>();
        Assert.Equal("ticket_merged", (await tickets.CommentAsync(one.Id, new AddComment { Body = "Hello?" }, CancellationToken.None)).Error!.Code);
        Assert.Equal("ticket_merged", (await tickets.ReopenAsync(one.Id, CancellationToken.None)).Error!.Code);
    }

    [Fact]
    public async Task Merge_InBothDirectionsAtOnce_HappensOnce()
    {
        var (one, two) = (await _ada.OpenTicketAsync("One"), await _ada.OpenTicketAsync("Two"));
        var both = await Task.WhenAll(MergeAsync(one, two.Number), MergeAsync(two, one.Number));
        Assert.Equal("ticket_merged", Assert.Single(both, m => !m.IsSuccess).Error!.Code);
        Assert.Single(new[] { await ReadAsync(one), await ReadAsync(two) }, t => t.MergedInto is null && t.Status == TicketStatus.Open);
    }

    [Fact]
    public async Task MergeOfAMerge_ReadsThroughBoth_AndUnmergeTakesOneBack()
    {
        var (one, two, three) = (await _ada.OpenTicketAsync("One", "First words."), await _ada.OpenTicketAsync("Two", "Second words."), await _ada.OpenTicketAsync("Three"));
        Assert.True((await MergeAsync(one, two.Number)).IsSuccess);
        Assert.True((await MergeAsync(two, three.Number)).IsSuccess);
        Assert.Equal([one.Number, two.Number], await FromAsync(three));

        await using (var scope = _priya.Scope(_acme))
        {
            var relations = scope.Get<TicketRelations>();
            var apart = (await relations.UnmergeAsync(two.Id, CancellationToken.None)).Value;
            Assert.Equal((TicketStatus.Open, null), (apart.Status, apart.MergedInto));
            Assert.Equal("ticket_not_merged", (await relations.UnmergeAsync(two.Id, CancellationToken.None)).Error!.Code);
        }

        Assert.Empty(await FromAsync(three));
        Assert.Equal([one.Number], await FromAsync(two));
        Assert.Equal((TicketEventType.Unmerged, two.Number), (await EventsAsync(three)).Select(e => (e.Type, e.RelatedNumber)).Last());
        await CommentAsync(_ada, two, "Here I am again.");
    }

    [Theory]
    [InlineData(TicketStatus.InProgress)]
    [InlineData(TicketStatus.WaitingCustomer)]
    [InlineData(TicketStatus.Resolved)]
    public async Task Unmerge_PutsBothBackWhereTheyStood_AndNobodyWaitsForWhatWentAway(TicketStatus stood)
    {
        var (stub, other) = (await _ada.OpenTicketAsync("Again"), await _ada.OpenTicketAsync("Drops"));
        await CommentAsync(_priya, other, "Answered.", stood);
        var (stubBefore, otherBefore) = (await ReadAsync(stub), await ReadAsync(other));
        Assert.True((await MergeAsync(stub, other.Number)).IsSuccess);
        Assert.NotNull((await ReadAsync(other)).WaitingSince);

        Assert.True((await UnmergeAsync(stub)).IsSuccess);

        var (stubAfter, otherAfter) = (await ReadAsync(stub), await ReadAsync(other));
        Assert.Equal((stubBefore.Status, stubBefore.WaitingSince, null), (stubAfter.Status, stubAfter.WaitingSince, stubAfter.ResolvedAt));
        Assert.Equal((stood, null, otherBefore.ResolvedAt), (otherAfter.Status, otherAfter.WaitingSince, otherAfter.ResolvedAt));
        Assert.Contains(await ClocksAsync(stub), c => c is { Metric: SlaMetric.NextResponse, EndedAt: null });
        var next = Assert.Single(await ClocksAsync(other), c => c.Metric == SlaMetric.NextResponse);
        Assert.Equal(SlaClockState.Met, next.State);
    }

    [Fact]
    public async Task MergedAndTakenBackAgainAndAgain_AnAnsweredTicketWaitsForNobody()
    {
        var (stub, other) = (await _ada.OpenTicketAsync("Again"), await _ada.OpenTicketAsync("Drops"));
        await CommentAsync(_priya, stub, "Answered.", TicketStatus.InProgress);
        for (var round = 0; round < 3; round++)
        {
            Assert.True((await MergeAsync(stub, other.Number)).IsSuccess);
            Assert.True((await UnmergeAsync(stub)).IsSuccess);
            Assert.Equal((TicketStatus.InProgress, null), (await ReadAsync(stub)) is var now ? (now.Status, now.WaitingSince) : default);
        }
        Assert.DoesNotContain(await ClocksAsync(stub), c => c.Metric == SlaMetric.NextResponse);
    }

    [Fact]
    public async Task Unmerge_LeavesAWaitThatIsSomebodyElses()
    {
        var (one, two, other) = (await _ada.OpenTicketAsync("One"), await _ada.OpenTicketAsync("Two"), await _ada.OpenTicketAsync("Drops"));
        await CommentAsync(_priya, other, "Answered.", TicketStatus.WaitingCustomer);
        Assert.True((await MergeAsync(one, other.Number)).IsSuccess);
        await CommentAsync(_ada, other, "And one more thing.");
        Assert.True((await MergeAsync(two, other.Number)).IsSuccess);
        var waiting = await ReadAsync(other);

        Assert.True((await UnmergeAsync(one)).IsSuccess);
        Assert.True((await UnmergeAsync(two)).IsSuccess);

        var after = await ReadAsync(other);
        Assert.Equal((TicketStatus.Open, waiting.WaitingSince), (after.Status, after.WaitingSince));
        Assert.Contains(await ClocksAsync(other), c => c is { Metric: SlaMetric.NextResponse, EndedAt: null });
    }

    [Fact]
    public async Task Unmerge_NeverCountsAsTheFirstReply()
    {
        var (stub, other) = (await _ada.OpenTicketAsync("Again"), await _ada.OpenTicketAsync("Drops"));
        await EditAsync(other, new EditTicket { Status = TicketStatus.WaitingCustomer });
        await EditAsync(other, new EditTicket { Status = TicketStatus.InProgress });
        Assert.True((await MergeAsync(stub, other.Number)).IsSuccess);

        Assert.True((await UnmergeAsync(stub)).IsSuccess);

        Assert.Null((await ReadAsync(other)).WaitingSince);
        Assert.Contains(await ClocksAsync(other), c => c is { Metric: SlaMetric.FirstResponse, EndedAt: null });
    }

    [Fact]
    public async Task Link_IsSeenFromBothSides_OnceHoweverOftenMade_AndGoesFromBoth()
    {
        var (one, two) = (await _ada.OpenTicketAsync("One"), await _ada.OpenTicketAsync("Two"));
        await using var scope = _priya.Scope(_acme);
        var relations = scope.Get<TicketRelations>();
        Assert.True((await relations.LinkAsync(one.Id, two.Number, CancellationToken.None)).IsSuccess);
        Assert.True((await relations.LinkAsync(two.Id, one.Number, CancellationToken.None)).IsSuccess);
        Assert.Equal([(TicketRelation.Related, two.Number)], await RelatedAsync(_ada, one));
        Assert.Equal([(TicketRelation.Related, one.Number)], await RelatedAsync(_ada, two));
        Assert.Equal(2, (await ReadAsync(one)).Version);
        Assert.Equal("number", (await relations.LinkAsync(one.Id, one.Number, CancellationToken.None)).Error!.Fields[0].Field);

        var link = (await relations.ListAsync(two.Id, CancellationToken.None)).Value.Single().LinkId!.Value;
        await using (var customer = _ada.Scope())
            Assert.Equal(ErrorKind.Forbidden, (await customer.Get<TicketRelations>().UnlinkAsync(one.Id, link, CancellationToken.None)).Error!.Kind);
        Assert.Equal(one.Number, (await relations.UnlinkAsync(two.Id, link, CancellationToken.None)).Value);
        Assert.Empty(await RelatedAsync(_ada, one));
        Assert.Equal(ErrorKind.NotFound, (await relations.UnlinkAsync(two.Id, link, CancellationToken.None)).Error!.Kind);
    }

    [Fact]
    public async Task Split_MakesATicketOfAMessage_ForItsAuthor_NotCountedAgainstThePlan()
    {
        var bo = await _acme.PersonAsync(Roles.Analyst, name: "Bo");
        var origin = await _ada.OpenTicketAsync("Drops", "It drops.", TicketPriority.High);
        await EditAsync(origin, new EditTicket { Tags = ["peering"], AssigneeId = _priya.Id });
        var message = await CommentAsync(bo, origin, "By the way: where are the invoices?");
        await using var scope = _priya.Scope(_acme);
        var relations = scope.Get<TicketRelations>();

        var split = (await relations.SplitAsync(origin.Id, message, " Where the invoices are ", CancellationToken.None)).Value;

        Assert.Equal(("Where the invoices are", "By the way: where are the invoices?", "Bo", TicketPriority.High, TicketStatus.Open), (split.Subject, split.Description, split.Requester.Name, split.Priority, split.Status));
        Assert.Equal(("Priya", "peering"), (split.Assignee!.Name, Assert.Single(split.Tags)));
        Assert.Equal([(TicketRelation.SplitInto, split.Number)], await RelatedAsync(_ada, origin));
        Assert.Equal([(TicketRelation.SplitFrom, origin.Number)], await RelatedAsync(_ada, split));
        Assert.Equal([TicketEventType.Created, TicketEventType.Split], (await EventsAsync(split)).Select(e => e.Type));
        Assert.Equal((TicketEventType.Split, split.Number), (await EventsAsync(origin)).Select(e => (e.Type, e.RelatedNumber)).Last());
        Assert.Equal(1, await scope.Get<TicketQuota>().UsedAsync(CancellationToken.None));

        var reply = await CommentAsync(_priya, origin, "Ours.");
        Assert.Equal("Ada Lovelace", (await relations.SplitAsync(origin.Id, reply, "Of our own words", CancellationToken.None)).Value.Requester.Name);
        Assert.Equal("It drops.", (await relations.SplitAsync(origin.Id, null, "Of the description", CancellationToken.None)).Value.Description);
        Assert.Equal(ErrorKind.NotFound, (await relations.SplitAsync(origin.Id, Guid.CreateVersion7(), "Of nothing", CancellationToken.None)).Error!.Kind);
        Assert.Equal(ErrorKind.Invalid, (await relations.SplitAsync(origin.Id, message, "ab", CancellationToken.None)).Error!.Kind);
        var merged = await bo.OpenTicketAsync("Another matter", "The words it was opened with.");
        Assert.True((await MergeAsync(merged, origin.Number)).IsSuccess);
        var again = (await relations.SplitAsync(origin.Id, merged.Id, "On its own again", CancellationToken.None)).Value;
        Assert.Equal(("The words it was opened with.", "Bo"), (again.Description, again.Requester.Name));
        await using var customer = _ada.Scope();
        Assert.Equal(ErrorKind.Forbidden, (await customer.Get<TicketRelations>().SplitAsync(origin.Id, message, "Mine", CancellationToken.None)).Error!.Kind);
    }

    private async Task<Result<TicketView>> MergeAsync(TicketView ticket, string into, GivenPerson? by = null)
    {
        await using var scope = (by ?? _priya).Scope(_acme);
        return await scope.Get<TicketRelations>().MergeAsync(ticket.Id, into, CancellationToken.None);
    }

    private async Task<Result<TicketView>> UnmergeAsync(TicketView ticket)
    {
        await using var scope = _priya.Scope(_acme);
        return await scope.Get<TicketRelations>().UnmergeAsync(ticket.Id, CancellationToken.None);
    }

    private async Task<IReadOnlyList<SlaClockView>> ClocksAsync(TicketView ticket)
    {
        await using var scope = _priya.Scope(_acme);
        return (await scope.Get<TicketClocks>().ReadAsync(ticket.Id, CancellationToken.None)).Value.Clocks;
    }

    private async Task<TicketView> ReadAsync(TicketView ticket)
    {
        await using var scope = _ada.Scope();
        return (await scope.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value;
    }

    private async Task EditAsync(TicketView ticket, EditTicket edit)
    {
        await using var scope = _priya.Scope(_acme);
        Assert.True((await scope.Get<TicketService>().EditAsync(ticket.Id, edit, null, CancellationToken.None)).IsSuccess);
    }

    private async Task<Guid> CommentAsync(GivenPerson by, TicketView ticket, string body, TicketStatus? status = null)
    {
        await using var scope = by.Scope(_acme);
        return (await scope.Get<TicketService>().CommentAsync(ticket.Id, new AddComment { Body = body, Status = status }, CancellationToken.None)).Value.Comment.Id;
    }

    private async Task NoteAsync(TicketView ticket, string text)
    {
        await using var scope = _priya.Scope(_acme);
        Assert.True((await scope.Get<TicketService>().NoteAsync(ticket.Id, text, CancellationToken.None)).IsSuccess);
    }

    private async Task<List<TicketEvent>> EventsAsync(TicketView ticket)
    {
        await using var scope = _acme.SystemScope();
        return await scope.Get<SecureBaseDb>().TicketEvents.AsNoTracking().Where(e => e.TicketId == ticket.Id).OrderBy(e => e.Sequence).ToListAsync();
    }

    private static async Task<IEnumerable<(TicketRelation, string)>> RelatedAsync(GivenPerson reader, TicketView ticket)
    {
        await using var scope = reader.Scope();
        return (await scope.Get<TicketRelations>().ListAsync(ticket.Id, CancellationToken.None)).Value.Select(r => (r.Relation, r.Ticket.Number));
    }

    private async Task<IEnumerable<string>> FromAsync(TicketView ticket)
    {
        await using var scope = _ada.Scope();
        return (await scope.Get<TicketService>().TimelineAsync(ticket.Id, CancellationToken.None)).Value.Select(e => e.From).OfType<string>();
    }
}
