using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class DeskWork
{
    private static void Protect(MigrationBuilder migration)
    {
        migration.IsolateByTenant("macros", AppRights.All, staff: null);
        migration.IsolateByTenant("saved_views", AppRights.All, staff: null);
        migration.IsolateByTenant("ticket_links", AppRights.Select | AppRights.Insert | AppRights.Delete);
    }
}
