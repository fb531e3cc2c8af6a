using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class ServiceLevels
{
    private static void Protect(MigrationBuilder migration)
    {
        migration.IsolateByTenant("sla_versions", AppRights.AppendOnly);
        migration.IsolateByTenant("sla_terms", AppRights.AppendOnly);
        // They go with their ticket.
        migration.IsolateByTenant("sla_clocks", AppRights.Select | AppRights.Insert | AppRights.Update);
        migration.LetOffboardingDelete("sla_versions");
        migration.LetOffboardingDelete("sla_terms");

        migration.LetRouterRead("sla_clocks", "tenant_id, ended_at, next_alert_at", "ended_at is null and next_alert_at is not null");
        migration.CreateRoutingFunction("tenants_with_due_clocks(at timestamptz)", "table (tenant_id uuid)",
            "select distinct c.tenant_id from sla_clocks c where c.ended_at is null and c.next_alert_at <= at");
    }

    private static void Unprotect(MigrationBuilder migration) => migration.Sql("drop function tenants_with_due_clocks(timestamptz);");
}
