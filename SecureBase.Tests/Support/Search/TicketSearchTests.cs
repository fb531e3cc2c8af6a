using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Search;

/// <summary>The same words find the same tickets, for a customer in its own tenant and for staff over all of them.</summary>
public sealed class TicketSearchTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;
    private GivenPerson _priya = null!;
    private TicketView _vpn = null!;
    private TicketView _bill = null!;
    private TicketView _done = null!;

    public async Task InitializeAsync()
    {
        _acme = await fixture.Given.TenantAsync();
        _ada = await _acme.AdminAsync();
        _priya = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent, name: "Priya Nair");
        await using var adas = _ada.Scope();
        var tickets = adas.Get<TicketService>();
        _vpn = (await tickets.OpenAsync(new OpenTicket { Subject = "Peering drops in prod-eu-1", Description = "Since 08:40 there is no route to 10.4.0.17. Größe 100 % o'clock.", Priority = TicketPriority.High, Tags = ["network", "vpn"] }, Ct)).Value;
        _bill = (await tickets.OpenAsync(new OpenTicket { Subject = "Egress charges doubled", Description = "A route to savings?", Category = TicketCategory.Billing, Tags = ["egress"] }, Ct)).Value;
        _done = (await tickets.OpenAsync(new OpenTicket { Subject = "Old question", Description = "Answered.", Tags = ["network"] }, Ct)).Value;
        await tickets.CommentAsync(_bill.Id, new AddComment { Body = "The flowlogs of s3 buckets show retransmissions." }, Ct);
        await tickets.CloseAsync(_done.Id, Ct);
        await using var priyas = _priya.Scope(_acme);
        await priyas.Get<TicketService>().EditAsync(_vpn.Id, new EditTicket { AssigneeId = _priya.Id }, null, Ct);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("peering", "vpn")]
    [InlineData("PEER", "vpn")]
    [InlineData("prod-eu-1", "vpn")]
    [InlineData("eu-1", "vpn")]
    [InlineData("10.4.0.17", "vpn")]
    [InlineData("größe", "vpn")]
    [InlineData("o'clock", "vpn")]
    [InlineData("100 %", "vpn")]
    [InlineData("route to", "vpn,bill")]
    [InlineData("\"route to 10\"", "vpn")]
    [InlineData("\"to route\"", "")]
    [InlineData("retransmissions doubled", "bill")]
    [InlineData("s3", "bill")]
    [InlineData("peering doubled", "")]
    [InlineData("network", "vpn,done")]
    [InlineData("tag:network", "vpn,done")]
    [InlineData("tag:network tag:vpn", "vpn")]
    [InlineData("tag:net", "")]
    [InlineData("status:open", "vpn,bill")]
    [InlineData("status:closed", "done")]
    [InlineData("status:active tag:network", "vpn")]
    [InlineData("assignee:priya", "vpn")]
    [InlineData("assignee:\"Priya Nair\"", "vpn")]
    [InlineData("assignee:none", "bill,done")]
    [InlineData("priority:high", "vpn")]
    [InlineData("category:bill route", "bill")]
    [InlineData("%", "vpn", false)]
    [InlineData("_", "", false)]
    [InlineData("'; drop table tickets; --", "", false)]
    [InlineData("a & b | !c <-> d:*", "", false)]
    public async Task Finds(string text, string expected, bool alikeForStaff = true)
    {
        Assert.Equal(expected, await OfCustomerAsync(text));
        var ofStaff = await OfStaffAsync(_priya, text);
        if (alikeForStaff)
            Assert.Equal(expected, ofStaff);
    }

    [Fact]
    public async Task Number_HoweverItIsWritten()
    {
        var (slug, digits) = (_vpn.Number.Split('-')[0], _vpn.Number.Split('-')[1]);
        foreach (var text in new[] { _vpn.Number, _vpn.Number.ToLowerInvariant(), "#" + _vpn.Number })
        {
            Assert.Equal("vpn", await OfCustomerAsync(text));
            Assert.Equal("vpn", await OfStaffAsync(_priya, text));
        }
        Assert.Contains("vpn", await OfCustomerAsync(digits), StringComparison.Ordinal);
        Assert.Contains("vpn", await OfStaffAsync(_priya, digits), StringComparison.Ordinal);
        Assert.NotEmpty(slug);
    }

    [Fact]
    public async Task AssigneeMe_IsWhoeverSearches()
    {
        var other = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent);
        Assert.Equal("vpn", await OfStaffAsync(_priya, "assignee:me"));
        Assert.Equal("", await OfStaffAsync(other, "assignee:me"));
    }

    [Fact]
    public async Task Api_TakesTheSameWords()
    {
        using var caller = fixture.Portal.Call((await _acme.ApiKeyAsync("tickets:read")).Text);
        var answer = await (await caller.GetAsync("/v1/support/tickets?q=" + Uri.EscapeDataString("tag:network status:open \"no route\""))).Content.ReadAsStringAsync();
        Assert.Contains(_vpn.Number, answer, StringComparison.Ordinal);
        Assert.DoesNotContain(_bill.Number, answer, StringComparison.Ordinal);
    }

    /// <summary>Over all tenants the words must not be looked for row by row, which row-level security could force.</summary>
    [Theory]
    [InlineData("select id from tickets where ticket_words(number, subject, description, tags) @@ 'peering'::tsquery", "ix_tickets_words")]
    [InlineData("select ticket_id from ticket_comments where words_of(body) @@ 'peering'::tsquery", "ix_ticket_comments_words")]
    public async Task Staff_AreAnsweredByTheIndexes(string sql, string index)
    {
        await using var staff = NpgsqlDataSource.Create(fixture.Database.Connections.Staff);
        await using var connection = await staff.OpenConnectionAsync();
        await using (var off = new NpgsqlCommand("set enable_seqscan = off", connection))
            await off.ExecuteNonQueryAsync();
#pragma warning disable CA2100 // The statements above.
        await using var explain = new NpgsqlCommand("explain " + sql, connection);
#pragma warning restore CA2100
        await using var reader = await explain.ExecuteReaderAsync();
        List<string> plan = [];
        while (await reader.ReadAsync())
            plan.Add(reader.GetString(0));
        Assert.Contains(plan, line => line.Contains("Bitmap Index Scan on " + index, StringComparison.Ordinal));
    }

    private async Task<string> OfCustomerAsync(string text)
    {
        await using var scope = _ada.Scope();
        var found = await scope.Get<TicketService>().ListAsync(new TicketQuery { Text = text }, Ct);
        return Names(found.Value.Items.Select(t => t.Id));
    }

    private async Task<string> OfStaffAsync(GivenPerson agent, string text)
    {
        await using var scope = agent.Scope();
        var found = await scope.Get<StaffQueue>().ListAsync(new QueueQuery { Tenants = [_acme.Slug], Tickets = new TicketQuery { Text = text, Sort = TicketSort.Created, PageNumber = 1 } }, Ct);
        return Names(found.Value.Items.Select(i => i.Ticket.Id));
    }

    private string Names(IEnumerable<Guid> ids) =>
        string.Join(',', new[] { (_vpn, "vpn"), (_bill, "bill"), (_done, "done") }.Where(t => ids.Contains(t.Item1.Id)).Select(t => t.Item2));
}
