using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class Foundation
{
    private static void Protect(MigrationBuilder migration)
    {
        migration.IsolateByTenant("tenants", AppRights.Select | AppRights.Insert | AppRights.Update, key: "id");
        migration.IsolateByTenant("people", AppRights.All, staff: "id, tenant_id, kind, display_name, email, role, created_at");
        migration.IsolateByTenant("person_claims", AppRights.All, staff: null);
        migration.IsolateByTenant("person_logins", AppRights.All, staff: null);
        migration.IsolateByTenant("person_tokens", AppRights.All, staff: null);
        migration.IsolateByTenant("sessions", AppRights.All, staff: null);
        migration.IsolateByTenant("api_keys", AppRights.All, staff: null);
        migration.IsolateByTenant("access_changes", AppRights.Select | AppRights.Insert | AppRights.Delete, staff: null);
        migration.IsolateByTenant("audit_entries", AppRights.AppendOnly, visible: "not operator_only");
        migration.IsolateByTenant("idempotent_requests", AppRights.Select | AppRights.Insert | AppRights.Delete, staff: null);
        migration.IsolateByTenant("outbox_events", AppRights.All);
        migration.IsolateByTenant("drafts", AppRights.All, staff: null);
        migration.IsolateByTenant("ticket_counters", AppRights.Select | AppRights.Insert | AppRights.Update, staff: null);
        migration.IsolateByTenant("tickets", AppRights.All);
        migration.IsolateByTenant("ticket_comments", AppRights.AppendOnly);
        migration.IsolateByTenant("ticket_events", AppRights.AppendOnly);
        migration.IsolateByTenant("internal_notes", AppRights.Insert);

        migration.Sql($"grant select, insert on data_protection_keys to {RowSecurity.AppRole};");

        migration.Sql($"""grant select on "__EFMigrationsHistory" to {RowSecurity.AppRole};""");

        migration.LetRouterRead("tenants", "id, slug");
        migration.CreateRoutingFunction("tenant_id_by_slug(wanted text)", "uuid", "select id from tenants where slug = wanted");

        migration.LetRouterRead("api_keys", "id, tenant_id, hash");
        migration.CreateRoutingFunction("api_key_route(wanted bytea)", "table (tenant_id uuid, key_id uuid)",
            "select k.tenant_id, k.id from api_keys k where k.hash = wanted");

        migration.LetRouterRead("access_changes", "id, tenant_id, subject, subject_id, at");
        migration.CreateRoutingFunction("recent_access_changes(since timestamptz)", "table (id uuid, tenant_id uuid, subject varchar, subject_id uuid)",
            "select c.id, c.tenant_id, c.subject, c.subject_id from access_changes c where c.at >= since");
    }
}
