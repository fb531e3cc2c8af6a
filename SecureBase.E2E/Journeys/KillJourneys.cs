using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;

namespace SecureBase.E2E.Journeys;

/// <summary>Power cuts: the portal, then its PostgreSQL, then both are ended by <c>kill -9</c> while programs write through the API.</summary>
public sealed class KillJourneys
{
    private const int Writers = 4;
    private const int Enough = 40;

    [Fact]
    public async Task What_was_acknowledged_is_there_exactly_once_whatever_was_killed()
    {
        await using var folder = new DataFolder();
        await using var portal = await PortalServer.StartAsync(new Dictionary<string, string> { ["SecureBase__DataDirectory"] = folder.Path });
        await using var product = new Product(folder.Connections, folder.MasterKey);
        var acme = await new Given(product).TenantAsync("acme-powercut");
        using var writing = new Writing(portal, await acme.ApiKeyAsync("tickets:read", "tickets:write"));
        var writers = Enumerable.Range(0, Writers).Select(writing.RunAsync).ToList();
        await writing.AcknowledgedAsync(Enough);

        // The portal alone: its server runs on, and the next portal takes it over.
        var server = folder.ServerProcess;
        await portal.KillAsync();
        Assert.Equal(server, folder.ServerProcess);
        await portal.StartAsync();
        Assert.Equal(server, folder.ServerProcess);
        await writing.AcknowledgedAsync(Enough);

        // The server alone: the portal brings it back.
        await PortalServer.SignalAsync("KILL", server!.Value);
        await writing.AcknowledgedAsync(Enough);
        Assert.NotEqual(server, folder.ServerProcess);

        // Both, as when the machine goes down.
        server = folder.ServerProcess;
        await portal.KillAsync();
        await PortalServer.SignalAsync("KILL", server!.Value);
        await portal.StartAsync();
        await writing.AcknowledgedAsync(Enough);
        writing.Stop();
        await Task.WhenAll(writers);
        Assert.True(writing.Interrupted >= 3, $"Only {writing.Interrupted} requests were under way when something was killed: nothing was shown.");

        // A repeat of any request is answered from what the first one left.
        foreach (var (key, acknowledged) in writing.Tickets.Concat(writing.Comments))
            Assert.Equal(acknowledged, await writing.RepeatAsync(key));

        var tickets = await CountsAsync(folder, "select t.id, count(*), (select count(*) from audit_entries a where a.subject_id = t.id and a.action = 'ticket.created'),"
            + " (select count(*) from outbox_events o where o.subject_id = t.id and o.type = 'ticket.created'), (select count(*) from ticket_comments c where c.ticket_id = t.id),"
            + " (select count(*) from audit_entries a where a.subject_id = t.id and a.action = 'ticket.commented'), (select count(*) from outbox_events o where o.subject_id = t.id and o.type = 'ticket.commented')"
            + " from tickets t group by t.id");
        Assert.Equal(writing.Tickets.Values.Select(a => a.Id).Order(), tickets.Keys.Order());
        Assert.Equal(writing.Tickets.Count, writing.Tickets.Values.Select(a => a.Id).Distinct().Count());
        Assert.All(tickets, ticket => Assert.Equal([1, 1, 1, 1, 1, 1], ticket.Value));
        var comments = await CountsAsync(folder, "select id, count(*) from ticket_comments group by id");
        Assert.Equal(writing.Comments.Values.Select(a => a.Id).Order(), comments.Keys.Order());
    }

    private static async Task<Dictionary<Guid, long[]>> CountsAsync(DataFolder folder, string sql)
    {
        await using var source = NpgsqlDataSource.Create(folder.Connections.Owner!);
#pragma warning disable CA2100 // Written above.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        Dictionary<Guid, long[]> counts = [];
        while (await reader.ReadAsync())
            counts.Add(reader.GetGuid(0), [.. Enumerable.Range(1, reader.FieldCount - 1).Select(reader.GetInt64)]);
        return counts;
    }

    private sealed record Request(string Path, string Body);

    /// <summary>An answer of 201, as far as a repeat must give it again.</summary>
    private sealed record Acknowledged(Guid Id, string Answer);

    /// <summary>Programs as they should be: each sends a request with a key until it is acknowledged, then the next.</summary>
    private sealed class Writing(PortalServer portal, CreatedApiKey key) : IDisposable
    {
        private readonly HttpMessageInvoker _client = Loopback.Client(portal.Port);
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentDictionary<string, Request> _requests = new();
        private int _interrupted;

        public ConcurrentDictionary<string, Acknowledged> Tickets { get; } = new();

        public ConcurrentDictionary<string, Acknowledged> Comments { get; } = new();

        public int Interrupted => _interrupted;

        /// <summary>Opens tickets and comments on each, until stopped.</summary>
        public async Task RunAsync(int writer)
        {
            for (var i = 0; !_stop.IsCancellationRequested; i++)
            {
                var name = $"{writer}-{i}";
                var ticket = await InsistAsync($"ticket-{name}", new("/v1/support/tickets", $$"""{"subject":"Power cut {{name}}","description":"Written while things die."}"""));
                Tickets[$"ticket-{name}"] = ticket;
                Comments[$"comment-{name}"] = await InsistAsync($"comment-{name}", new($"/v1/support/tickets/{ticket.Id}/comments", """{"body":"And commented on."}"""));
            }
        }

        /// <summary>Waits until so many more requests were acknowledged.</summary>
        public Task AcknowledgedAsync(int more)
        {
            var goal = Tickets.Count + Comments.Count + more;
            return Until.TrueAsync($"{goal} requests are acknowledged", () => Tickets.Count + Comments.Count >= goal, seconds: 180);
        }

        public void Stop() => _stop.Cancel();

        /// <summary>Sends an acknowledged request again; the answer must be the stored one.</summary>
        public async Task<Acknowledged> RepeatAsync(string name)
        {
            using var answer = await SendAsync(name, _requests[name]);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            Assert.Equal("true", Assert.Single(answer.Headers.GetValues("Idempotency-Replayed")));
            return await ReadAsync(answer);
        }

        public void Dispose()
        {
            _client.Dispose();
            _stop.Dispose();
        }

        private async Task<Acknowledged> InsistAsync(string name, Request request)
        {
            _requests[name] = request;
            while (true)
            {
                try
                {
                    using var answer = await SendAsync(name, request);
                    if (answer.StatusCode == HttpStatusCode.Created)
                        return await ReadAsync(answer);
                    // The server is away, or the request of before still holds the key.
                    Assert.True(answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                }
                catch (Exception cut) when (cut is HttpRequestException or IOException)
                {
                    // No word whether it was done: exactly what the key is for.
                }
                Interlocked.Increment(ref _interrupted);
                await Until.TrueAsync("the portal is ready again", async () => await Loopback.StatusAsync(_client, "/health/ready") == HttpStatusCode.OK, seconds: 180);
            }
        }

        private async Task<HttpResponseMessage> SendAsync(string name, Request request)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, "http://api.localhost" + request.Path)
            {
                Content = new StringContent(request.Body, Encoding.UTF8, "application/json"),
                Headers = { Authorization = new("Bearer", key.Text) },
            };
            message.Headers.Add("Idempotency-Key", name);
            return await _client.SendAsync(message, CancellationToken.None);
        }

        private static async Task<Acknowledged> ReadAsync(HttpResponseMessage answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            using var json = JsonDocument.Parse(text);
            return new Acknowledged(json.RootElement.GetProperty("id").GetGuid(), text);
        }
    }
}
