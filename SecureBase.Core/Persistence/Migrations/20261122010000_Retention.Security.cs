using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class Retention
{
    // Only a closed ticket is ever deleted, whatever the code that tries may believe.
    private static void Protect(MigrationBuilder migration) => migration.Sql($"""
        drop policy app_delete on tickets;
        create policy app_delete on tickets for delete to {RowSecurity.AppRole}
          using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid) and status = 'closed');
        """);

    private static void Unprotect(MigrationBuilder migration) => migration.Sql($"""
        drop policy app_delete on tickets;
        create policy app_delete on tickets for delete to {RowSecurity.AppRole}
          using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
        """);
}
