using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class Webhooks
{
    private const string DueLanes = "due_delivery_lanes(at timestamptz, known text[])";

    // Each step of the recursion is one descent of a partial index to the next tenant or lane, so the time grows with
    // their number and not with the number of rows.
    private const string NextLanes = """
        with recursive lanes as (
          (select d.tenant_id, d.channel, d.lane, d.next_attempt_at from deliveries d
           where d.status = 'pending' order by d.tenant_id, d.channel, d.lane, d.next_attempt_at limit 1)
          union all
          select n.* from lanes l cross join lateral (
            select d.tenant_id, d.channel, d.lane, d.next_attempt_at from deliveries d
            where d.status = 'pending' and (d.tenant_id, d.channel, d.lane) > (l.tenant_id, l.channel, l.lane)
            order by d.tenant_id, d.channel, d.lane, d.next_attempt_at limit 1) n)
        """;

    private static void Protect(MigrationBuilder migration)
    {
        migration.IsolateByTenant("delivery_lanes", AppRights.All);
        migration.IsolateByTenant("delivery_tallies", AppRights.All);
        // What customers' own systems were sent and answered is theirs: staff see how it went, not what it was.
        migration.IsolateByTenant("delivery_exchanges", AppRights.Select | AppRights.Insert | AppRights.Delete, staff: null);
        migration.IsolateByTenant("delivery_payloads", AppRights.Select | AppRights.Insert | AppRights.Delete, staff: null);
        migration.IsolateByTenant("webhooks", AppRights.All, staff: "id, tenant_id, origin, description, events, scheme, ordered, rate_limit, status, disabled_reason, disabled_at, deleted_at, created_at, version");
        migration.IsolateByTenant("webhook_recoveries", AppRights.All);
        migration.IsolateByTenant("published_events", AppRights.Select | AppRights.Insert | AppRights.Delete, staff: null);

        migration.LetRouterRead("delivery_lanes", "tenant_id, channel, lane, paused, held_until, failing_since, last_failed_at, exhausted");
        migration.LetRouterRead("webhook_recoveries", "tenant_id, status");
        migration.Sql("drop function due_delivery_lanes(timestamptz, text[]);");
        migration.CreateRoutingFunction(DueLanes, "table (tenant_id uuid, channel text, lane text)", $"""
            {NextLanes}
            select l.tenant_id, l.channel::text, l.lane::text from lanes l
            left join delivery_lanes s on s.tenant_id = l.tenant_id and s.channel = l.channel and s.lane = l.lane
            where l.next_attempt_at <= at and l.channel = any (known) and not coalesce(s.paused, false) and coalesce(s.held_until <= at, true)
            """);
        migration.CreateRoutingFunction("tenants_with_failing_lanes()", "table (tenant_id uuid)", """
            select distinct l.tenant_id from delivery_lanes l
            where l.failing_since is not null and (l.exhausted >= 100 or l.last_failed_at - l.failing_since >= interval '5 days')
            """);
        migration.CreateRoutingFunction("tenants_with_recoveries()", "table (tenant_id uuid)", "select distinct r.tenant_id from webhook_recoveries r where r.status = 'running'");
    }

    private static void Unprotect(MigrationBuilder migration)
    {
        migration.Sql("""
            drop function tenants_with_recoveries();
            drop function tenants_with_failing_lanes();
            drop function due_delivery_lanes(timestamptz, text[]);
            """);
        migration.CreateRoutingFunction(DueLanes, "table (tenant_id uuid, channel text, lane text)", $"""
            {NextLanes}
            select l.tenant_id, l.channel::text, l.lane::text from lanes l where l.next_attempt_at <= at and l.channel = any (known)
            """);
    }
}
