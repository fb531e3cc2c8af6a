using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

/// <summary>Every role tries every act of the support desk on a customer's ticket: the table of the product contract, section 2, tried out.</summary>
public sealed class PermissionMatrixTests(PermissionMatrixTests.Desk desk) : IClassFixture<PermissionMatrixTests.Desk>
{
    // Staff open no tickets in a customer's name; only they assign, tag, set priority or any status, write notes and see the queue.
    private const string Table = """
                       admin  manager  analyst  viewer  agent  lead  platform_admin
        list           yes    yes      yes      yes     yes    yes   yes
        read           yes    yes      yes      yes     yes    yes   yes
        draft          yes    yes      yes      yes     yes    yes   yes
        open           yes    yes      yes      -       -      -     -
        comment        yes    yes      yes      -       yes    yes   yes
        edit           yes    yes      yes      -       yes    yes   yes
        reopen         yes    yes      yes      -       yes    yes   yes
        close          yes    yes      -        -       yes    yes   yes
        assign         -      -        -        -       yes    yes   yes
        priority       -      -        -        -       yes    yes   yes
        tags           -      -        -        -       yes    yes   yes
        status         -      -        -        -       yes    yes   yes
        resolve        -      -        -        -       yes    yes   yes
        note           -      -        -        -       yes    yes   yes
        read-notes     -      -        -        -       yes    yes   yes
        queue          -      -        -        -       yes    yes   yes
        enter          -      -        -        -       yes    yes   yes
        """;

    public static TheoryData<string, string, bool> Cells()
    {
        var cells = new TheoryData<string, string, bool>();
        var lines = Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        foreach (var line in lines.Skip(1))
        {
            foreach (var (role, cell) in lines[0].Zip(line.Skip(1)))
                cells.Add(role, line[0], cell == "yes");
        }
        return cells;
    }

    [Fact]
    public void Table_NamesEveryRole() =>
        Assert.Equal([.. Roles.Tenant, .. Roles.Operator], Cells().Select(cell => (string)((object[])cell)[0]).Distinct());

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Role_Tries_Act(string role, string act, bool allowed)
    {
        var person = desk.People[role];
        var ticket = await desk.People[Roles.Admin].OpenTicketAsync();
        if (act == "reopen")
            await ResolveAsync(ticket);
        var before = await VersionAsync(ticket);
        await using var scope = person.Scope(desk.Acme);
        var refusals = await RefusalsAsync(person);

        var error = await TryAsync(scope, act, ticket, role);

        if (allowed)
        {
            Assert.Null(error);
            Assert.Equal(refusals, await RefusalsAsync(person));
        }
        else
        {
            Assert.Equal(ErrorKind.Forbidden, error?.Kind);
            Assert.Equal(before, await VersionAsync(ticket));
            Assert.Equal(refusals + 1, await RefusalsAsync(person));
        }
    }

    private async Task<Error?> TryAsync(Scope scope, string act, TicketView ticket, string role)
    {
        var ct = CancellationToken.None;
        var tickets = scope.Get<TicketService>();
        return act switch
        {
            "list" => (await tickets.ListAsync(new TicketQuery(), ct)).Error ?? (await tickets.CountAsync(ticket.CreatedAt, ct)).Error,
            "read" => (await tickets.GetAsync(ticket.Id, ct)).Error ?? (await tickets.TimelineAsync(ticket.Id, ct)).Error ?? (await tickets.CommentsAsync(ticket.Id, 10, null, ct)).Error,
            "draft" => await DraftAsync(role, ticket, ct),
            "open" => (await tickets.OpenAsync(new OpenTicket { Subject = "Another one" }, ct)).Error,
            "comment" => (await tickets.CommentAsync(ticket.Id, new AddComment { Body = "A word" }, ct)).Error,
            "edit" => (await tickets.EditAsync(ticket.Id, new EditTicket { Subject = "A better subject" }, null, ct)).Error,
            "reopen" => (await tickets.ReopenAsync(ticket.Id, ct)).Error,
            "close" => (await tickets.CloseAsync(ticket.Id, ct)).Error,
            "assign" => (await tickets.EditAsync(ticket.Id, new EditTicket { AssigneeId = desk.People[Roles.Agent].Id }, null, ct)).Error,
            "priority" => (await tickets.EditAsync(ticket.Id, new EditTicket { Priority = TicketPriority.Critical }, null, ct)).Error,
            "tags" => (await tickets.EditAsync(ticket.Id, new EditTicket { Tags = ["network"] }, null, ct)).Error,
            "status" => (await tickets.EditAsync(ticket.Id, new EditTicket { Status = TicketStatus.InProgress }, null, ct)).Error,
            "resolve" => (await tickets.CommentAsync(ticket.Id, new AddComment { Body = "Done", Status = TicketStatus.Resolved }, ct)).Error,
            "note" => (await tickets.NoteAsync(ticket.Id, "Among ourselves", ct)).Error,
            "read-notes" => (await scope.Get<StaffQueue>().NotesAsync(desk.Acme.Id, ticket.Id, ct)).Error,
            "queue" => (await scope.Get<StaffQueue>().ListAsync(new QueueQuery(), ct)).Error,
            "enter" => await EnterAsync(scope, ct),
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "Unknown act"),
        };
    }

    private async Task<Error?> DraftAsync(string role, TicketView ticket, CancellationToken ct)
    {
        await using var own = desk.People[role].Scope();
        var drafts = own.Get<DraftService>();
        await drafts.KeepAsync($"ticket/{ticket.Id}/reply", role, ct);
        Assert.Equal(role, await drafts.FindAsync($"ticket/{ticket.Id}/reply", ct));
        return null;
    }

    private async Task<Error?> EnterAsync(Scope scope, CancellationToken ct)
    {
        var entered = await scope.Get<StaffAccess>().EnterAsync(desk.Acme.Slug, ct);
        if (entered.IsSuccess)
            await entered.Value.DisposeAsync();
        return entered.Error;
    }

    private async Task ResolveAsync(TicketView ticket)
    {
        await using var staff = desk.People[Roles.Agent].Scope(desk.Acme);
        Assert.True((await staff.Get<TicketService>().EditAsync(ticket.Id, new EditTicket { Status = TicketStatus.Resolved }, null, CancellationToken.None)).IsSuccess);
    }

    private async Task<int> VersionAsync(TicketView ticket)
    {
        await using var scope = desk.Acme.SystemScope();
        return (await scope.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value.Version;
    }

    private async Task<int> RefusalsAsync(GivenPerson person)
    {
        await using var scope = desk.Acme.SystemScope();
        return scope.Get<SecureBaseDb>().AuditEntries.Count(e => e.ActorId == person.Id && e.Outcome == AuditOutcome.Refused);
    }

    /// <summary>One person of each role.</summary>
    public sealed class Desk : IAsyncLifetime
    {
        private readonly PortalFixture _portal = new();

        public GivenTenant Acme { get; private set; } = null!;
        public Dictionary<string, GivenPerson> People { get; } = [];

        public async Task InitializeAsync()
        {
            await _portal.InitializeAsync();
            Acme = await _portal.Given.TenantAsync();
            var provider = await _portal.Given.OperatorAsync();
            foreach (var role in Roles.Tenant)
                People[role] = await Acme.PersonAsync(role);
            foreach (var role in Roles.Operator)
                People[role] = await provider.PersonAsync(role);
        }

        public Task DisposeAsync() => _portal.DisposeAsync();
    }
}
