using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class Messaging
{
    private static void Protect(MigrationBuilder migration)
    {
        migration.IsolateByTenant("deliveries", AppRights.All);
        migration.IsolateByTenant("delivery_attempts", AppRights.Select | AppRights.Insert | AppRights.Delete);
        migration.IsolateByTenant("ticket_presences", AppRights.All);

        // Each step of the recursion is one descent of a partial index to the next tenant or lane, so the time grows with
        // their number and not with the number of rows.
        migration.LetRouterRead("outbox_events", "id, tenant_id, type, subject_kind, subject_id, subject_version, actor_id, silent, dispatched_at");
        migration.CreateRoutingFunction("tenants_with_pending_events()", "table (tenant_id uuid)", """
            with recursive tenants as (
              (select e.tenant_id from outbox_events e where e.dispatched_at is null order by e.tenant_id limit 1)
              union all
              select n.tenant_id from tenants t cross join lateral (
                select e.tenant_id from outbox_events e where e.dispatched_at is null and e.tenant_id > t.tenant_id order by e.tenant_id limit 1) n)
            select t.tenant_id from tenants t
            """);

        migration.LetRouterRead("deliveries", "tenant_id, channel, lane, status, next_attempt_at");
        migration.CreateRoutingFunction("due_delivery_lanes(at timestamptz, known text[])", "table (tenant_id uuid, channel text, lane text)", """
            with recursive lanes as (
              (select d.tenant_id, d.channel, d.lane, d.next_attempt_at from deliveries d
               where d.status = 'pending' order by d.tenant_id, d.channel, d.lane, d.next_attempt_at limit 1)
              union all
              select n.* from lanes l cross join lateral (
                select d.tenant_id, d.channel, d.lane, d.next_attempt_at from deliveries d
                where d.status = 'pending' and (d.tenant_id, d.channel, d.lane) > (l.tenant_id, l.channel, l.lane)
                order by d.tenant_id, d.channel, d.lane, d.next_attempt_at limit 1) n)
            select l.tenant_id, l.channel::text, l.lane::text from lanes l where l.next_attempt_at <= at and l.channel = any (known)
            """);

        migration.CreateRoutingFunction("live_events_since(since timestamptz, after_id uuid, take int)",
            "table (id uuid, tenant_id uuid, subject_kind text, subject_id uuid, subject_version int, type text, actor_id uuid, dispatched_at timestamptz)", """
            select e.id, e.tenant_id, e.subject_kind, e.subject_id, e.subject_version, e.type, e.actor_id, e.dispatched_at from outbox_events e
            where e.dispatched_at >= since and (e.dispatched_at, e.id) > (since, after_id) and not e.silent
            order by e.dispatched_at, e.id limit take
            """);

        migration.CreateRoutingFunction("tenant_ids()", "table (tenant_id uuid)", "select t.id from tenants t");
    }

    private static void Unprotect(MigrationBuilder migration) => migration.Sql("""
        drop function tenants_with_pending_events();
        drop function due_delivery_lanes(timestamptz, text[]);
        drop function live_events_since(timestamptz, uuid, int);
        drop function tenant_ids();
        drop policy router_select on outbox_events;
        """);
}
