using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class Factors
{
    private static void Protect(MigrationBuilder migration)
    {
        migration.Sql("update sessions set method = 'password', confirmed_at = created_at, last_seen_at = created_at;");

        migration.IsolateByTenant("authenticators", AppRights.All, staff: null);
        migration.IsolateByTenant("recovery_codes", AppRights.All, staff: null);
        migration.IsolateByTenant("passkeys", AppRights.All, staff: null);
        migration.IsolateByTenant("passkey_challenges", AppRights.Select | AppRights.Insert | AppRights.Delete, staff: null);
        migration.IsolateByTenant("sign_in_attempts", AppRights.All, staff: null);

        migration.Sql($"grant select, insert, update, delete on attempt_windows to {RowSecurity.AppRole};");
    }
}
