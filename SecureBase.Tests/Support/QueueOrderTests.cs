using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

/// <summary>The queue's first page stays quick however many tickets there are, and its total says where counting ended.</summary>
public sealed class QueueOrderTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory]
    [InlineData(TicketSort.Waiting, "ix_tickets_waiting_since_updated_at_id")]
    [InlineData(TicketSort.Due, "ix_tickets_next_due_at_updated_at_id")]
    public async Task UnfinishedTickets_AreReadInTheOrderOfAnIndex_WithoutSorting(TicketSort sort, string index)
    {
        await using var scope = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent)).Scope();
        await using var db = await scope.Get<IDbContextFactory<StaffDb>>().CreateDbContextAsync(Ct);
        await db.Database.OpenConnectionAsync(Ct);
        // A small table is read faster as a whole: what is asked is whether the index can do it.
        await db.Database.ExecuteSqlRawAsync("set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; set enable_incremental_sort = off", Ct);
        foreach (var statuses in new TicketStatus[][] { [TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer], [TicketStatus.Open, TicketStatus.InProgress], [TicketStatus.WaitingCustomer] })
        {
            var query = new TicketQuery { Statuses = statuses, Sort = sort };
            var plan = await ExplainAsync(db.Tickets.Where(query, Guid.Empty, db).Order(query).Take(25));
            Assert.Contains($"using {index} on", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Orders_PutWhatWaitsFirst_AndWhatWaitsForNobodyLast()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var priya = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent);
        var (low, asked, high) = (await ada.OpenTicketAsync("Low"), await ada.OpenTicketAsync("Asked"), await ada.OpenTicketAsync("High"));
        await using (var inside = priya.Scope(acme))
        {
            var tickets = inside.Get<TicketService>();
            await tickets.EditAsync(low.Id, new EditTicket { Priority = TicketPriority.Low }, null, Ct);
            await tickets.EditAsync(high.Id, new EditTicket { Priority = TicketPriority.Critical }, null, Ct);
            await tickets.CommentAsync(asked.Id, new AddComment { Body = "Which one?", Status = TicketStatus.WaitingCustomer }, Ct);
        }
        Assert.Equal(["Low", "High", "Asked"], await ListAsync(priya, acme, TicketSort.Waiting, TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer));
        Assert.Equal(["High", "Low", "Asked"], await ListAsync(priya, acme, TicketSort.Due, TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer));
        Assert.Equal(["Asked"], await ListAsync(priya, acme, TicketSort.Waiting, TicketStatus.WaitingCustomer));
        Assert.Equal(["Low", "High", "Asked"], await ListAsync(priya, acme, TicketSort.Waiting));
    }

    [Fact]
    public async Task Total_IsExactUpToTheBound_AndAMinimumBeyond()
    {
        var acme = await fixture.Given.TenantAsync();
        var ticket = await (await acme.AdminAsync()).OpenTicketAsync("One of many");
        await MultiplyAsync(ticket.Id, StaffQueue.MostTotalled + 4);
        var priya = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent);

        Assert.Equal((100, StaffQueue.MostTotalled, true), await PageAsync(1));
        Assert.Equal((100, StaffQueue.MostTotalled, true), await PageAsync(10));
        Assert.Equal((5, StaffQueue.MostTotalled + 5, false), await PageAsync(11));
        Assert.Equal((0, StaffQueue.MostTotalled + 5, false), await PageAsync(12));
        Assert.Equal((1, 1, false), await PageAsync(1, $"\"{ticket.Number}\""));

        async Task<(int, int, bool)> PageAsync(int number, string? text = null)
        {
            await using var scope = priya.Scope();
            var page = (await scope.Get<StaffQueue>().ListAsync(new QueueQuery
            {
                Tenants = [acme.Slug],
                Tickets = new TicketQuery { Statuses = [TicketStatus.Open], Sort = TicketSort.Waiting, Text = text, Limit = 100, PageNumber = number },
            }, Ct)).Value;
            return (page.Items.Count, page.Total!.Value, page.TotalIsMinimum);
        }
    }

    private static async Task<IEnumerable<string>> ListAsync(GivenPerson person, GivenTenant tenant, TicketSort sort, params TicketStatus[] statuses)
    {
        await using var scope = person.Scope();
        var page = await scope.Get<StaffQueue>().ListAsync(new QueueQuery { Tenants = [tenant.Slug], Tickets = new TicketQuery { Statuses = statuses, Sort = sort, PageNumber = 1 } }, Ct);
        return page.Value.Items.Select(i => i.Ticket.Subject);
    }

    private static async Task<string> ExplainAsync(IQueryable<Ticket> tickets)
    {
        await using var command = tickets.CreateDbCommand();
#pragma warning disable CA2100 // What EF Core wrote, with its parameters.
        command.CommandText = "explain (costs off) " + command.CommandText;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Ct);
        List<string> lines = [];
        while (await reader.ReadAsync(Ct))
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    // As the schema's superuser, for no service makes a thousand of anything at once.
    private async Task MultiplyAsync(Guid ticket, int copies)
    {
        await using var connection = new NpgsqlConnection(fixture.Database.SuperuserConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand("""
            insert into tickets select r.* from tickets o, generate_series(1, $2) i,
              lateral jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'number', 'MANY-' || i)) r
            where o.id = $1
            """, connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = ticket }, new NpgsqlParameter<int> { TypedValue = copies } },
        };
        await command.ExecuteNonQueryAsync(Ct);
    }
}
