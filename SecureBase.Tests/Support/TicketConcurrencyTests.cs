using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

/// <summary>Fifty at one ticket at once, over HTTP and in the admin area.</summary>
public sealed class TicketConcurrencyTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const int Customers = 20;
    private const int Agents = 10;
    private const int Editors = 20;

    [Fact]
    public async Task FiftyWriters_EachCommentIsThereOnce_AndEachConflictIsReported()
    {
        var acme = await fixture.Given.TenantAsync();
        var ticket = await (await acme.AdminAsync()).OpenTicketAsync();
        var agent = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent);
        using var api = fixture.Portal.Call((await acme.ApiKeyAsync("tickets:read", "tickets:write")).Text);
        var address = $"/v1/support/tickets/{ticket.Id}";
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var customers = Enumerable.Range(0, Customers).Select(i => AfterAsync(async () =>
        {
            using var answer = await api.PostJsonAsync($"{address}/comments", new { body = $"customer {i}" });
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        })).ToList();
        var agents = Enumerable.Range(0, Agents).Select(i => AfterAsync(async () =>
        {
            await using var scope = agent.Scope(acme);
            Assert.Null((await scope.Get<TicketService>().CommentAsync(ticket.Id, new AddComment { Body = $"agent {i}" }, CancellationToken.None)).Error);
        })).ToList();
        // Every editor has seen the first version; whoever comes after any other change must hear of it.
        var editors = Enumerable.Range(0, Editors).Select(i => AnswerAfterAsync(async () =>
        {
            using var answer = await api.SendAsync(HttpMethod.Patch, address, JsonContent.Create(new { subject = $"Subject {i}" }), ("If-Match", "\"1\""));
            return answer.StatusCode;
        })).ToList();
        begin.SetResult();
        await Task.WhenAll([.. customers, .. agents, .. editors]);

        var answers = await Task.WhenAll(editors);
        var won = answers.Count(a => a == HttpStatusCode.OK);
        Assert.InRange(won, 0, 1);
        Assert.Equal(Editors - won, answers.Count(a => a == HttpStatusCode.PreconditionFailed));
        await using var read = acme.SystemScope();
        var written = await read.Get<SecureBaseDb>().TicketComments.Where(c => c.TicketId == ticket.Id).Select(c => c.Body).ToListAsync();
        Assert.Equal([.. Enumerable.Range(0, Customers).Select(i => $"customer {i}"), .. Enumerable.Range(0, Agents).Select(i => $"agent {i}")], written.OrderByDescending(b => b[0]).ThenBy(b => int.Parse(b.Split(' ')[1], CultureInfo.InvariantCulture)));
        var after = (await read.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value;
        Assert.Equal((Customers + Agents, 1 + Customers + Agents + won), (after.CommentCount, after.Version));
        Assert.Equal(won == 1, after.Subject.StartsWith("Subject ", StringComparison.Ordinal));
        await AssertClocksAreThoseOfTheEventsAsync(read, ticket.Id);

        async Task AfterAsync(Func<Task> act)
        {
            await begin.Task;
            await act();
        }

        async Task<HttpStatusCode> AnswerAfterAsync(Func<Task<HttpStatusCode>> act)
        {
            await begin.Task;
            return await act();
        }
    }

    /// <summary>What is stored as due is what the events give when they are read anew.</summary>
    private static async Task AssertClocksAreThoseOfTheEventsAsync(Scope scope, Guid ticketId)
    {
        var stored = await scope.Get<SecureBaseDb>().TicketClocks.Where(c => c.TicketId == ticketId).OrderBy(c => c.Metric).ThenBy(c => c.Cycle).Select(c => new { c.Metric, c.Cycle, c.DueAt }).ToListAsync();
        var computed = (await scope.Get<TicketClocks>().ReadAsync(ticketId, CancellationToken.None)).Value.Clocks;
        Assert.Equal(computed.Select(c => (c.Metric, c.Cycle, c.DueAt)).Order(), stored.Select(c => (c.Metric, c.Cycle, c.DueAt)));
    }
}
