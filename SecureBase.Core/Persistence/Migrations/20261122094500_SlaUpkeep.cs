using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

/// <summary>Each ticket says which terms its clocks know; the board reads in the order of an index; the sweep begins where somebody has waited longest.</summary>
[DbContext(typeof(SecureBaseDb))]
[Migration("20261122094500_SlaUpkeep")]
public partial class SlaUpkeep : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>(name: "terms_sequence", table: "tickets", type: "integer", nullable: false, defaultValue: 0);
        // With the first terms, so that whatever was missed since is made up for.
        migrationBuilder.Sql("update tickets t set terms_sequence = 1 where exists (select from sla_clocks c where c.tenant_id = t.tenant_id and c.ticket_id = t.id)");
        migrationBuilder.CreateIndex(name: "ix_tickets_tenant_id_terms_sequence", table: "tickets", columns: ["tenant_id", "terms_sequence"], filter: "resolved_at is null");
        migrationBuilder.CreateIndex(name: "ix_tickets_without_clocks", table: "tickets", column: "tenant_id", filter: "terms_sequence = 0");
        migrationBuilder.CreateIndex(name: "ix_sla_clocks_due_at_ticket_id", table: "sla_clocks", columns: ["due_at", "ticket_id"], filter: "ended_at is null and due_at is not null");
        RouteBy(migrationBuilder, "select c.tenant_id from sla_clocks c where c.ended_at is null and c.next_alert_at <= at group by c.tenant_id order by min(c.next_alert_at)");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        RouteBy(migrationBuilder, "select distinct c.tenant_id from sla_clocks c where c.ended_at is null and c.next_alert_at <= at");
        migrationBuilder.DropIndex(name: "ix_sla_clocks_due_at_ticket_id", table: "sla_clocks");
        migrationBuilder.DropIndex(name: "ix_tickets_without_clocks", table: "tickets");
        migrationBuilder.DropIndex(name: "ix_tickets_tenant_id_terms_sequence", table: "tickets");
        migrationBuilder.DropColumn(name: "terms_sequence", table: "tickets");
    }

    private static void RouteBy(MigrationBuilder migration, string body)
    {
        migration.Sql("drop function tenants_with_due_clocks(timestamptz);");
        migration.CreateRoutingFunction("tenants_with_due_clocks(at timestamptz)", "table (tenant_id uuid)", body);
    }
}
