using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Presence;

/// <summary>Someone else on the ticket right now.</summary>
/// <param name="ExpiresAt">When they count as gone unless their page says otherwise.</param>
public sealed record PresentPerson(Guid PersonId, string Name, ActorKind Kind, PresenceState State, DateTimeOffset ExpiresAt);

/// <summary>
/// Who is viewing or typing on a ticket of this scope's tenant. Staff see everyone; customers see their colleagues, and of
/// staff only that they are typing a reply. A change is signalled live under the kind <see cref="Kind"/> with the ticket's id.
/// </summary>
public sealed class PresenceService(NpgsqlDataSource source, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, TimeProvider clock)
{
    /// <summary>Kind of the live signals.</summary>
    public const string Kind = "presence";

    /// <summary>How often an open page says that it is still there.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>How long a page that fell silent still counts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(25);

    private const string Show = """
        with before as (
          select state from ticket_presences
          where tenant_id = $1 and ticket_id = $2 and person_id = $3 and page_id = $4 and expires_at > $9),
        now as (
          insert into ticket_presences (tenant_id, ticket_id, person_id, page_id, person_tenant_id, person_name, person_kind, state, expires_at)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $10)
          on conflict (tenant_id, ticket_id, person_id, page_id) do update set state = excluded.state, person_name = excluded.person_name, expires_at = excluded.expires_at)
        select state from before
        """;

    private const string Leave = """
        delete from ticket_presences
        where tenant_id = $1 and ticket_id = $2 and person_id = $3 and page_id = $4 returning state
        """;

    /// <summary>The caller's page is open on the ticket. Call it on every change and each <see cref="Heartbeat"/>.</summary>
    /// <param name="pageId">The page, chosen by the caller once.</param>
    public async Task<Result<Done>> ShowAsync(Guid ticketId, Guid pageId, PresenceState state, CancellationToken ct)
    {
        var me = caller.Actor;
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        if (state == PresenceState.Noting && !caller.Can(SupportPermissions.Work))
            return Error.Forbidden(SupportPermissions.Work);
        var now = clock.GetUtcNow();
        await using var connection = await source.OpenForAsync(tenant.Tenant.Id, ct);
        try
        {
            await using var show = new NpgsqlCommand(Show, connection)
            {
                Parameters =
                {
                    Of(tenant.Tenant.Id), Of(ticketId), Of(me.PersonId), Of(pageId), Of(me.TenantId), Of(me.Name), Of(WireName.Of(me.Kind)), Of(WireName.Of(state)),
                    Of(now), Of(now + Lifetime),
                },
            };
            var before = await show.ExecuteScalarAsync(ct) is string known ? WireName.Parse<PresenceState>(known) : (PresenceState?)null;
            if (before != state)
                await SignalAsync(connection, ticketId, [before, state], ct);
            return Done.Value;
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return SupportErrors.TicketNotFound;
        }
    }

    /// <summary>The caller's page has left the ticket.</summary>
    public async Task LeaveAsync(Guid ticketId, Guid pageId, CancellationToken ct)
    {
        await using var connection = await source.OpenForAsync(tenant.Tenant.Id, ct);
        await using var leave = new NpgsqlCommand(Leave, connection) { Parameters = { Of(tenant.Tenant.Id), Of(ticketId), Of(caller.Actor.PersonId), Of(pageId) } };
        if (await leave.ExecuteScalarAsync(ct) is string state)
            await SignalAsync(connection, ticketId, [WireName.Parse<PresenceState>(state)], ct);
    }

    /// <summary>Deletes rows of pages that fell silent an hour ago or more; nobody has seen them since <see cref="Lifetime"/>.</summary>
    public async Task ForgetGoneAsync(CancellationToken ct)
    {
        var gone = clock.GetUtcNow() - TimeSpan.FromHours(1);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.TicketPresences.Where(p => p.ExpiresAt <= gone).ExecuteDeleteAsync(ct);
    }

    /// <summary>The others on the ticket, each once with the strongest thing they do, by name.</summary>
    public async Task<IReadOnlyList<PresentPerson>> WhoAsync(Guid ticketId, CancellationToken ct)
    {
        var me = caller.Actor;
        if (!caller.Can(SupportPermissions.Read))
            return [];
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.TicketPresences.AsNoTracking().Where(p => p.TicketId == ticketId && p.PersonId != me.PersonId && p.ExpiresAt > now).ToListAsync(ct);
        return EachOnce(rows.Where(p => me.Kind == ActorKind.Agent || IsForCustomers(p.PersonKind, p.State)));
    }

    /// <summary>Each person of one ticket's pages once, with the strongest thing they do, by name.</summary>
    internal static IReadOnlyList<PresentPerson> EachOnce(IEnumerable<TicketPresence> pages) =>
    [
        .. pages.GroupBy(p => p.PersonId)
            .Select(own => own.MaxBy(p => p.State)!)
            .OrderBy(p => p.PersonName, StringComparer.CurrentCulture)
            .Select(p => new PresentPerson(p.PersonId, p.PersonName, p.PersonKind, p.State, p.ExpiresAt)),
    ];

    private async Task SignalAsync(NpgsqlConnection connection, Guid ticketId, IEnumerable<PresenceState?> states, CancellationToken ct)
    {
        var audience = states.Any(s => s is { } state && IsForCustomers(caller.Actor.Kind, state)) ? LiveAudience.Everyone : LiveAudience.Staff;
        var signal = new LiveSignal(tenant.Tenant.Id, Kind, ticketId, 0, audience) { ActorId = caller.Actor.PersonId };
        foreach (var payload in LiveSignalCodec.Encode(signal.TenantId, [signal]))
        {
            await using var notify = new NpgsqlCommand("select pg_notify($1, $2)", connection) { Parameters = { Of(FanOut.LiveChannel), Of(payload) } };
            await notify.ExecuteNonQueryAsync(ct);
        }
    }

    private static bool IsForCustomers(ActorKind who, PresenceState state) => who != ActorKind.Agent || state == PresenceState.Typing;

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
