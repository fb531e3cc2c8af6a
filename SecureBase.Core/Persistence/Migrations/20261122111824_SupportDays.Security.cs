using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class SupportDays
{
    private static void Protect(MigrationBuilder migration)
    {
        migration.IsolateByTenant("support_days", AppRights.All);
        migration.IsolateByTenant("support_day_changes", AppRights.Select | AppRights.Insert | AppRights.Delete, staff: null);

        migration.LetRouterRead("support_day_changes", "tenant_id, not_before");
        migration.CreateRoutingFunction("tenants_with_changed_tickets(at timestamptz)", "table (tenant_id uuid)", "select distinct c.tenant_id from support_day_changes c where c.not_before is null or c.not_before < at");

        // What a ticket counts for, and on which day: the one definition that reports and the purge share. Read under the reader's own row-level security.
        migration.Sql($"""
            create view ticket_measures with (security_invoker = true) as
            select m.tenant_id, m.ticket_id, (m.at at time zone 'UTC')::date as day,
              coalesce((select s.plan from sla_terms s where s.tenant_id = m.tenant_id and s.from_at <= m.at order by s.sequence desc limit 1),
                (select s.plan from sla_terms s where s.tenant_id = m.tenant_id order by s.sequence limit 1), o.plan) as plan,
              m.category, coalesce(m.agent_id, '00000000-0000-0000-0000-000000000000'::uuid) as agent_id, m.measure, m.amount, m.breached, m.not_before
            from (
              select tenant_id, id as ticket_id, created_at as at, category, assignee_id as agent_id, 'opened' as measure, null::integer as amount, null::boolean as breached, null::timestamptz as not_before
                from tickets
              union all
              select tenant_id, id, first_responded_at, category, assignee_id, 'answered', floor(extract(epoch from first_responded_at - created_at))::integer, null, null
                from tickets where first_responded_at is not null and merged_into_id is null
              union all
              select tenant_id, id, resolved_at, category, assignee_id, 'resolved', floor(extract(epoch from resolved_at - created_at))::integer, null, null
                from tickets where resolved_at is not null and merged_into_id is null
              union all
              select tenant_id, id, rated_at, category, assignee_id, 'rating', rating_score, null, null
                from tickets where rating_score is not null and rated_at is not null
              union all
              select t.tenant_id, t.id, e.at, t.category, e.actor_id, 'reply', null, null, null
                from tickets t join ticket_events e on e.tenant_id = t.tenant_id and e.ticket_id = t.id where e.type = 'staff-reply'
              union all
              -- A clock is decided when it ends in time or when its time runs out, which for one that runs lies ahead until then. No merge undoes a breach.
              select t.tenant_id, t.id, coalesce(c.breached_at, c.ended_at, c.due_at), t.category, t.assignee_id, c.metric, null, c.breached_at is not null or c.ended_at is null,
                  case when c.breached_at is null and c.ended_at is null then c.due_at end
                from tickets t join sla_clocks c on c.tenant_id = t.tenant_id and c.ticket_id = t.id
                where coalesce(c.breached_at, c.ended_at, c.due_at) is not null and (t.merged_into_id is null or c.breached_at is not null)) m
            join tenants o on o.id = m.tenant_id;
            grant select on ticket_measures to {RowSecurity.AppRole};
            """);

        migration.Sql("update sla_clocks set breached_at = coalesce(due_at, breach_told_at, ended_at, started_at) where state = 'breached';");

        // The tickets there are get their days with the first round.
        migration.Sql("insert into support_day_changes (id, tenant_id, ticket_id) select gen_random_uuid(), tenant_id, id from tickets;");
    }

    private static void Unprotect(MigrationBuilder migration) => migration.Sql("""
        drop view ticket_measures;
        drop function tenants_with_changed_tickets(timestamptz);
        """);
}
