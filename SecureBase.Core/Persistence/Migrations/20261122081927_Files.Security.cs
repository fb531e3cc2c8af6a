using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class Files
{
    private static void Protect(MigrationBuilder migration)
    {
        // Staff read files as everybody does, inside the tenant's scope: the view over all tenants has no business with their bytes.
        migration.IsolateByTenant("files", AppRights.All, staff: null);
        migration.IsolateByTenant("file_chunks", AppRights.All, staff: null);
        migration.IsolateByTenant("ticket_attachments", AppRights.All, staff: null);

        migration.LetRouterRead("files", "tenant_id, state, leased_until, received_at", "state = 'scanning'");
        migration.CreateRoutingFunction("tenants_with_files_to_scan(at timestamptz)", "table (tenant_id uuid)",
            "select f.tenant_id from files f where f.state = 'scanning' and (f.leased_until is null or f.leased_until <= at) group by f.tenant_id order by min(f.received_at)");
    }

    private static void Unprotect(MigrationBuilder migration) => migration.Sql("""
        drop function tenants_with_files_to_scan(timestamptz);
        drop policy router_select on files;
        """);
}
