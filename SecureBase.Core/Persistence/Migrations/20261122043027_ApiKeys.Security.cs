using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class ApiKeys
{
    private static void Protect(MigrationBuilder migration)
    {
        migration.IsolateByTenant("request_allowances", AppRights.All, staff: null);

        // A key is found by the secret that a rotation replaced too, while its grace lasts.
        migration.Sql($"grant select (previous_hash) on api_keys to {RowSecurity.RouterRole}; drop function api_key_route(bytea);");
        migration.CreateRoutingFunction("api_key_route(wanted bytea)", "table (tenant_id uuid, key_id uuid)", """
            select k.tenant_id, k.id from api_keys k where k.hash = wanted
            union all
            select k.tenant_id, k.id from api_keys k where k.previous_hash = wanted
            """);
    }

    private static void Unprotect(MigrationBuilder migration)
    {
        migration.Sql($"revoke select (previous_hash) on api_keys from {RowSecurity.RouterRole}; drop function api_key_route(bytea);");
        migration.CreateRoutingFunction("api_key_route(wanted bytea)", "table (tenant_id uuid, key_id uuid)",
            "select k.tenant_id, k.id from api_keys k where k.hash = wanted");
    }
}
