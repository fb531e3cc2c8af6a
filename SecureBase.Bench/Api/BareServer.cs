using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Bench.Api;

/// <summary>
/// The peer the API is measured against: a minimal endpoint that checks the same key the same way and sends the same
/// statements with bare Npgsql. No EF, no pipeline, no fan-out behind it.
/// </summary>
internal static class BareServer
{
    private const string NextNumber = """
        insert into ticket_counters (tenant_id, last) values ($1, 1)
        on conflict (tenant_id) do update set last = ticket_counters.last + 1 returning last
        """;

    private const string InsertTicket = """
        insert into tickets (id, assignee_id, assignee_name, category, closed_at, comment_count, created_at, description, event_count, first_responded_at, number, priority,
          requester_id, requester_name, resolved_at, status, subject, tags, tenant_id, updated_at, version, waiting_since)
        values ($1, null, null, 'general', null, 0, $2, $3, 1, null, $4, $5, $6, $7, null, 'open', $8, '{}', $9, $2, 1, $2)
        """;

    private const string InsertEvent = """
        insert into ticket_events (id, actor_id, actor_kind, actor_name, actor_tenant_id, assignee_name, at, priority, sequence, status, tenant_id, ticket_id, type)
        values ($1, $2, 'customer', $3, $4, null, $5, $6, 1, 'open', $4, $7, 'created')
        """;

    private const string InsertAudit = """
        insert into audit_entries (id, action, actor_id, actor_kind, actor_name, actor_tenant_id, at, details, operator_only, outcome, remote_address, subject_id, subject_kind, tenant_id, trace_id)
        values ($1, 'ticket.created', $2, 'customer', $3, $4, $5, $6::jsonb, false, 'done', '127.0.0.1', $7, 'ticket', $4, $8)
        """;

    private const string InsertOutbox = """
        insert into outbox_events (id, actor_id, data, dispatched_at, occurred_at, silent, subject_id, subject_kind, subject_version, tenant_id, type)
        values ($1, $2, $3::jsonb, now(), $4, false, $5, 'ticket', 1, $6, 'ticket.created') returning position
        """;

    private const string List = """
        select id, assignee_id, assignee_name, category, closed_at, comment_count, created_at, description, event_count, first_responded_at, number, priority,
          requester_id, requester_name, resolved_at, status, subject, tags, tenant_id, updated_at, version, waiting_since
        from tickets where tenant_id = $1 order by created_at desc, id desc limit 26
        """;

    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(json => WireJson.Configure(json.SerializerOptions));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(PersistenceFeature.DataSource(builder.Configuration["BARE_DATABASE"]!));
        builder.Services.AddSingleton<IFreshness, Fresh>();
        builder.Services.AddSingleton<ApiKeyDirectory>();
        var app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        app.MapPost("/v1/support/tickets", async (HttpRequest request, OpenTicket body, ApiKeyDirectory keys, NpgsqlDataSource source, TimeProvider clock, CancellationToken ct) =>
            await KeyAsync(request, keys, ct) is { } key ? Results.Json(await CreateAsync(source, key, body, clock.GetUtcNow(), ct), WireJson.Options, statusCode: 201) : Results.Unauthorized());
        app.MapGet("/v1/support/tickets", async (HttpRequest request, ApiKeyDirectory keys, NpgsqlDataSource source, CancellationToken ct) =>
            await KeyAsync(request, keys, ct) is { } key ? Results.Json(await ListAsync(source, key, ct), WireJson.Options) : Results.Unauthorized());
        await app.RunAsync();
    }

    private static async Task<LiveApiKey?> KeyAsync(HttpRequest request, ApiKeyDirectory keys, CancellationToken ct) =>
        request.Headers.Authorization.ToString() is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var text] ? await keys.FindAsync(text, mayLookUp: null, ct) : null;

    private static async Task<TicketView> CreateAsync(NpgsqlDataSource source, LiveApiKey key, OpenTicket request, DateTimeOffset at, CancellationToken ct)
    {
        int number;
        await using (var connection = await source.OpenConnectionAsync(ct))
        await using (var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("begin"),
                new NpgsqlBatchCommand("select set_config('app.tenant_id', $1, true), set_config('synchronous_commit', 'off', true)") { Parameters = { Of(key.TenantId.ToString()) } },
                new NpgsqlBatchCommand(NextNumber) { Parameters = { Of(key.TenantId) } },
                new NpgsqlBatchCommand("commit"),
            },
        })
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            await reader.NextResultAsync(ct);
            await reader.ReadAsync(ct);
            number = reader.GetInt32(0);
        }

        var view = new TicketView
        {
            Id = Guid.CreateVersion7(at), Number = $"BENCH-{number}", Subject = request.Subject!, Description = request.Description ?? "", Priority = request.Priority ?? TicketPriority.Medium,
            Category = TicketCategory.General, Status = TicketStatus.Open, Tags = [], Requester = new PersonRef(key.PersonId, key.PersonName), CreatedAt = at, UpdatedAt = at, CommentCount = 0, Version = 1, WaitingSince = at,
        };
        var priority = WireName.Of(view.Priority);
        await using var work = await source.OpenForAsync(key.TenantId, ct);
        await using var transaction = await work.BeginTransactionAsync(ct);
        await using (var inserts = new NpgsqlBatch(work)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(InsertTicket) { Parameters = { Of(view.Id), Of(at.UtcDateTime), Of(view.Description), Of(view.Number), Of(priority), Of(key.PersonId), Of(key.PersonName), Of(view.Subject), Of(key.TenantId) } },
                new NpgsqlBatchCommand(InsertEvent) { Parameters = { Of(Guid.CreateVersion7(at)), Of(key.PersonId), Of(key.PersonName), Of(key.TenantId), Of(at.UtcDateTime), Of(priority), Of(view.Id) } },
                new NpgsqlBatchCommand(InsertAudit) { Parameters = { Of(Guid.CreateVersion7(at)), Of(key.PersonId), Of(key.PersonName), Of(key.TenantId), Of(at.UtcDateTime), Of($$"""{"number":"{{view.Number}}"}"""), Of(view.Id), Of("") } },
                new NpgsqlBatchCommand(InsertOutbox) { Parameters = { Of(Guid.CreateVersion7(at)), Of(key.PersonId), Of(JsonSerializer.Serialize(view, WireJson.Options)), Of(at.UtcDateTime), Of(view.Id), Of(key.TenantId) } },
            },
        })
            await inserts.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return view;
    }

    private static async Task<Page<TicketView>> ListAsync(NpgsqlDataSource source, LiveApiKey key, CancellationToken ct)
    {
        await using var connection = await source.OpenForAsync(key.TenantId, ct);
        await using var command = new NpgsqlCommand(List, connection) { Parameters = { Of(key.TenantId) } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<TicketView> items = [];
        while (await reader.ReadAsync(ct))
        {
            items.Add(new TicketView
            {
                Id = reader.GetGuid(0), Assignee = reader.IsDBNull(1) ? null : new PersonRef(reader.GetGuid(1), reader.GetString(2)), Category = WireName.Parse<TicketCategory>(reader.GetString(3)),
                CommentCount = reader.GetInt32(5), CreatedAt = reader.GetFieldValue<DateTimeOffset>(6), Description = reader.GetString(7), Number = reader.GetString(10), Priority = WireName.Parse<TicketPriority>(reader.GetString(11)),
                Requester = new PersonRef(reader.GetGuid(12), reader.GetString(13)), ResolvedAt = reader.IsDBNull(14) ? null : reader.GetFieldValue<DateTimeOffset>(14), Status = WireName.Parse<TicketStatus>(reader.GetString(15)),
                Subject = reader.GetString(16), Tags = reader.GetFieldValue<string[]>(17), UpdatedAt = reader.GetFieldValue<DateTimeOffset>(19), Version = reader.GetInt32(20),
                WaitingSince = reader.IsDBNull(21) ? null : reader.GetFieldValue<DateTimeOffset>(21),
            });
        }
        var next = items.Count > 25 ? new Cursor(items[24].CreatedAt, items[24].Id).ToString() : null;
        return new Page<TicketView>([.. items.Take(25)], next);
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private sealed class Fresh : IFreshness
    {
        public bool IsFresh => true;
    }
}
