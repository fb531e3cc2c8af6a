using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Bulk;
using SecureBase.Core.Support.Sla;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Bulk;

public sealed class BulkTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private readonly List<int> _progress = [];
    private GivenTenant _acme = null!;
    private GivenTenant _globex = null!;
    private GivenPerson _ada = null!;
    private GivenPerson _gus = null!;
    private GivenPerson _priya = null!;

    public async Task InitializeAsync()
    {
        (_acme, _globex) = (await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync());
        (_ada, _gus) = (await _acme.AdminAsync(), await _globex.AdminAsync());
        _priya = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent, name: "Priya");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Run_ChangesTicketsOfSeveralTenants_KeepsGoingPastOneThatCannot_AndUndoesExactlyWhatItDid()
    {
        var (one, two, closed, mine) = (await _ada.OpenTicketAsync("One"), await _gus.OpenTicketAsync("Two"), await _ada.OpenTicketAsync("Closed"), await _gus.OpenTicketAsync("Mine"));
        await EditAsync(closed, _acme, new EditTicket { Status = TicketStatus.Closed });
        await EditAsync(mine, _globex, new EditTicket { AssigneeId = _priya.Id });
        BulkTarget[] targets = [At(_acme, one), At(_globex, two), At(_acme, closed), At(_globex, mine)];

        var made = await RunAsync(targets, new BulkChange { AssigneeId = _priya.Id });

        Assert.Equal([true, true, false, false], made.Select(o => o.IsChanged));
        Assert.Equal([null, null, "ticket_closed", null], made.Select(o => o.Error?.Code));
        Assert.Equal([1, 2, 3, 4], _progress);
        Assert.Equal("Priya", (await ReadAsync(two, _globex)).Assignee?.Name);

        await EditAsync(two, _globex, new EditTicket { Priority = TicketPriority.High });
        await using var scope = _priya.Scope();
        var undone = (await scope.Get<BulkService>().UndoAsync(made, _ => Task.CompletedTask, CancellationToken.None)).Value;
        Assert.Equal([(one.Id, null), (two.Id, ErrorKind.Stale)], undone.Select(o => (o.Target.TicketId, o.Error?.Kind)));
        Assert.Null((await ReadAsync(one, _acme)).Assignee);
        Assert.Equal(("Priya", TicketPriority.High), ((await ReadAsync(two, _globex)).Assignee?.Name, (await ReadAsync(two, _globex)).Priority));
        Assert.Equal("Priya", (await ReadAsync(mine, _globex)).Assignee?.Name);
    }

    [Fact]
    public async Task Tags_AreAddedAndTakenAway_TheOthersStay_AndUndoBringsEachItsOwnBack()
    {
        var (one, two) = (await _ada.OpenTicketAsync("One"), await _ada.OpenTicketAsync("Two"));
        await EditAsync(one, _acme, new EditTicket { Tags = ["old", "vault"] });
        await EditAsync(two, _acme, new EditTicket { Tags = ["peering"] });

        var made = await RunAsync([At(_acme, one), At(_acme, two)], new BulkChange { AddTags = ["vault", "sev1"], RemoveTags = ["old"] });

        Assert.Equal(["vault", "sev1"], (await ReadAsync(one, _acme)).Tags);
        Assert.Equal(["peering", "vault", "sev1"], (await ReadAsync(two, _acme)).Tags);
        await using var scope = _priya.Scope();
        Assert.All((await scope.Get<BulkService>().UndoAsync(made, _ => Task.CompletedTask, CancellationToken.None)).Value, o => Assert.Null(o.Error));
        Assert.Equal(["old", "vault"], (await ReadAsync(one, _acme)).Tags);
        Assert.Equal(["peering"], (await ReadAsync(two, _acme)).Tags);
    }

    [Fact]
    public async Task Closing_IsUndoneToTheStatusEachHad()
    {
        var (open, waiting) = (await _ada.OpenTicketAsync("Open"), await _ada.OpenTicketAsync("Waiting"));
        await EditAsync(waiting, _acme, new EditTicket { Status = TicketStatus.WaitingCustomer });
        var made = await RunAsync([At(_acme, open), At(_acme, waiting)], new BulkChange { Status = TicketStatus.Closed });
        Assert.Equal([TicketStatus.Closed, TicketStatus.Closed], new[] { (await ReadAsync(open, _acme)).Status, (await ReadAsync(waiting, _acme)).Status });

        await using var scope = _priya.Scope();
        await scope.Get<BulkService>().UndoAsync(made, _ => Task.CompletedTask, CancellationToken.None);

        Assert.Equal([TicketStatus.Open, TicketStatus.WaitingCustomer], new[] { (await ReadAsync(open, _acme)).Status, (await ReadAsync(waiting, _acme)).Status });
    }

    [Fact]
    public async Task Undo_PutsBackSinceWhenEachWaited_AndStartsTheClockOfWhoeverWaitsAgain()
    {
        var (waiting, resolved) = (await _ada.OpenTicketAsync("Waiting"), await _ada.OpenTicketAsync("Resolved"));
        await EditAsync(resolved, _acme, new EditTicket { Status = TicketStatus.Resolved });
        var (before, resolvedBefore) = (await ReadAsync(waiting, _acme), await ReadAsync(resolved, _acme));
        var made = await RunAsync([At(_acme, waiting), At(_acme, resolved)], new BulkChange { Status = TicketStatus.Closed });
        Assert.Null((await ReadAsync(waiting, _acme)).WaitingSince);

        await using var scope = _priya.Scope();
        Assert.All((await scope.Get<BulkService>().UndoAsync(made, _ => Task.CompletedTask, CancellationToken.None)).Value, o => Assert.Null(o.Error));

        var (after, resolvedAfter) = (await ReadAsync(waiting, _acme), await ReadAsync(resolved, _acme));
        Assert.Equal((before.Status, before.WaitingSince, null), (after.Status, after.WaitingSince, after.ResolvedAt));
        Assert.Equal((TicketStatus.Resolved, resolvedBefore.ResolvedAt), (resolvedAfter.Status, resolvedAfter.ResolvedAt));
        await using var inside = _priya.Scope(_acme);
        var clocks = (await inside.Get<TicketClocks>().ReadAsync(waiting.Id, CancellationToken.None)).Value.Clocks;
        Assert.Equal(
            [(SlaMetric.FirstResponse, true), (SlaMetric.NextResponse, false), (SlaMetric.Resolution, false)],
            clocks.Select(c => (c.Metric, c.EndedAt is not null)));
        Assert.NotNull(after.NextDueAt);
    }

    [Fact]
    public async Task Undo_OfAReopening_ClosesAgain_AlongWithTheOtherFields()
    {
        var done = await _ada.OpenTicketAsync("Done");
        await EditAsync(done, _acme, new EditTicket { Status = TicketStatus.Closed });
        var before = await ReadAsync(done, _acme);
        var made = await RunAsync([At(_acme, done)], new BulkChange { Status = TicketStatus.InProgress, AssigneeId = _priya.Id });
        Assert.Equal("Priya", (await ReadAsync(done, _acme)).Assignee?.Name);

        await using var scope = _priya.Scope();
        Assert.Null(Assert.Single((await scope.Get<BulkService>().UndoAsync(made, _ => Task.CompletedTask, CancellationToken.None)).Value).Error);

        var after = await ReadAsync(done, _acme);
        Assert.Equal((TicketStatus.Closed, null, before.ResolvedAt), (after.Status, after.Assignee, after.ResolvedAt));
    }

    [Fact]
    public async Task Closing_TakesOtherFieldsAlong_AndWhatUndoNamesCanBeSentAsAnEdit()
    {
        var (one, done) = (await _ada.OpenTicketAsync("One"), await _ada.OpenTicketAsync("Done"));
        await EditAsync(done, _acme, new EditTicket { Status = TicketStatus.Closed });

        var closed = Assert.Single(await RunAsync([At(_acme, one)], new BulkChange { Status = TicketStatus.Closed, AssigneeId = _priya.Id, AddTags = ["vault"] }));
        var opened = Assert.Single(await RunAsync([At(_acme, done)], new BulkChange { Status = TicketStatus.InProgress, AssigneeId = _priya.Id }));

        Assert.Equal((null, null), (closed.Error, opened.Error));
        Assert.Equal((TicketStatus.Closed, "Priya", "vault"), await ReadAsync(one, _acme) is var now ? (now.Status, now.Assignee?.Name, now.Tags.Single()) : default);
        await EditAsync(one, _acme, closed.Undo!);
        await EditAsync(done, _acme, opened.Undo!);
        Assert.Equal((TicketStatus.Open, null, 0), await ReadAsync(one, _acme) is var back ? (back.Status, back.Assignee?.Name, back.Tags.Count) : default);
        Assert.Equal((TicketStatus.Closed, null), await ReadAsync(done, _acme) is var shut ? (shut.Status, shut.Assignee?.Name) : default);
    }

    [Fact]
    public async Task Run_IsForStaff_OnTicketsThatAre_AndHasAnEnd()
    {
        var one = await _ada.OpenTicketAsync("One");
        await using (var customer = _ada.Scope())
            Assert.Equal(ErrorKind.Forbidden, (await customer.Get<BulkService>().RunAsync([At(_acme, one)], new BulkChange { Priority = TicketPriority.Low }, _ => Task.CompletedTask, CancellationToken.None)).Error!.Kind);
        var made = await RunAsync([new BulkTarget(_globex.Slug, one.Id, one.Number), new BulkTarget("no-such-tenant", one.Id, one.Number)], new BulkChange { Priority = TicketPriority.Low });
        Assert.All(made, o => Assert.Equal(ErrorKind.NotFound, o.Error!.Kind));
        Assert.Equal(TicketPriority.Medium, (await ReadAsync(one, _acme)).Priority);
        await using var scope = _priya.Scope();
        var many = Enumerable.Range(0, BulkService.Most + 1).Select(_ => new BulkTarget(_acme.Slug, Guid.CreateVersion7(), "X-1")).ToList();
        Assert.Equal(ErrorKind.Invalid, (await scope.Get<BulkService>().RunAsync(many, new BulkChange(), _ => Task.CompletedTask, CancellationToken.None)).Error!.Kind);
    }

    private static BulkTarget At(GivenTenant tenant, TicketView ticket) => new(tenant.Slug, ticket.Id, ticket.Number);

    private async Task<IReadOnlyList<BulkOutcome>> RunAsync(IReadOnlyList<BulkTarget> targets, BulkChange change)
    {
        await using var scope = _priya.Scope();
        return (await scope.Get<BulkService>().RunAsync(targets, change, done =>
        {
            _progress.Add(done);
            return Task.CompletedTask;
        }, CancellationToken.None)).Value;
    }

    private async Task EditAsync(TicketView ticket, GivenTenant tenant, EditTicket edit)
    {
        await using var scope = _priya.Scope(tenant);
        Assert.True((await scope.Get<TicketService>().EditAsync(ticket.Id, edit, null, CancellationToken.None)).IsSuccess);
    }

    private async Task<TicketView> ReadAsync(TicketView ticket, GivenTenant tenant)
    {
        await using var scope = _priya.Scope(tenant);
        return (await scope.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value;
    }
}
