using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class SlaUpkeep
{
    // Only the first terms, so that whatever was missed since is made up for.
    private static void KnowTerms(MigrationBuilder migration) =>
        migration.Sql("update tickets t set terms_sequence = 1 where exists (select from sla_clocks c where c.tenant_id = t.tenant_id and c.ticket_id = t.id)");

    private static void BeginWithWhoeverWaitsLongest(MigrationBuilder migration) =>
        RouteBy(migration, "select c.tenant_id from sla_clocks c where c.ended_at is null and c.next_alert_at <= at group by c.tenant_id order by min(c.next_alert_at)");

    private static void BeginAnywhere(MigrationBuilder migration) =>
        RouteBy(migration, "select distinct c.tenant_id from sla_clocks c where c.ended_at is null and c.next_alert_at <= at");

    private static void RouteBy(MigrationBuilder migration, string body)
    {
        migration.Sql("drop function tenants_with_due_clocks(timestamptz);");
        migration.CreateRoutingFunction("tenants_with_due_clocks(at timestamptz)", "table (tenant_id uuid)", body);
    }
}
