using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class People
{
    private static void Protect(MigrationBuilder migration)
    {
        migration.IsolateByTenant("invitations", AppRights.All, staff: null);
        migration.IsolateByTenant("one_time_links", AppRights.All, staff: null);
        // Staff assign tickets to those who still work here.
        migration.Sql($"grant select (deactivated_at) on people to {RowSecurity.StaffRole};");
    }
}
