using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence;

/// <summary>What the <c>app</c> role may do with a table, within its tenant.</summary>
[Flags]
public enum AppRights
{
    None = 0,
    Select = 1,
    Insert = 2,
    Update = 4,
    Delete = 8,
    /// <summary>Evidence: rows are written once and never changed or removed.</summary>
    AppendOnly = Select | Insert,
    All = Select | Insert | Update | Delete,
}

/// <summary>
/// Row-level security, written in the same migration as the table it protects. Policies compare with a scalar subselect,
/// so that the setting is read once per statement and an unset one means no rows (see the architecture notes).
/// </summary>
public static class RowSecurity
{
    public const string AppRole = "securebase_app";
    public const string StaffRole = "securebase_staff";
    /// <summary>Owns the definer functions that look across tenants before a tenant is known; they return ids only.</summary>
    public const string RouterRole = "securebase_router";

    private const string CurrentTenant = "(select nullif(current_setting('app.tenant_id', true), '')::uuid)";

    /// <summary>Forces row-level security on a tenant's table and grants the roles their rights.</summary>
    /// <param name="key">The column that names the tenant; <c>id</c> for the tenants table itself.</param>
    /// <param name="staff">Whether, or which columns, the read-only staff role sees: null for none, <c>"*"</c> for all.</param>
    /// <param name="visible">A further condition for reading by the app role, e.g. <c>not operator_only</c>.</param>
    public static void IsolateByTenant(this MigrationBuilder migration, string table, AppRights app, string? staff = "*", string key = "tenant_id", string? visible = null)
    {
        migration.Sql($"""
            alter table {table} enable row level security;
            alter table {table} force row level security;
            create policy owner_all on {table} to current_user using (true) with check (true);
            """);
        var own = $"{key} = {CurrentTenant}";
        if (app.HasFlag(AppRights.Select))
            migration.Sql($"create policy app_select on {table} for select to {AppRole} using ({own}{(visible is null ? "" : $" and {visible}")});");
        if (app.HasFlag(AppRights.Insert))
            migration.Sql($"create policy app_insert on {table} for insert to {AppRole} with check ({own});");
        if (app.HasFlag(AppRights.Update))
            migration.Sql($"create policy app_update on {table} for update to {AppRole} using ({own}) with check ({own});");
        if (app.HasFlag(AppRights.Delete))
            migration.Sql($"create policy app_delete on {table} for delete to {AppRole} using ({own});");
        if (app != AppRights.None)
            migration.Sql($"grant {Privileges(app)} on {table} to {AppRole};");
        if (staff is not null)
        {
            migration.Sql($"""
                create policy staff_select on {table} for select to {StaffRole} using (true);
                grant select {(staff == "*" ? "" : $"({staff})")} on {table} to {StaffRole};
                """);
        }
    }

    /// <summary>
    /// Lets the rows of a tenant go that is off-boarded, and of no other, from a table the app role may not delete from. Whether a
    /// tenant is off-boarded is a word in its row that the database itself guards (see the migration <c>TenantAdministration</c>).
    /// </summary>
    public static void LetOffboardingDelete(this MigrationBuilder migration, string table) =>
        migration.Sql($"""
            create policy app_offboarding on {table} for delete to {AppRole} using (tenant_id = {CurrentTenant} and {IsOffboarded});
            grant delete on {table} to {AppRole};
            """);

    /// <summary>True while the session's tenant is off-boarded; read once per statement.</summary>
    internal const string IsOffboarded = $"(select exists (select from tenants o where o.id = {CurrentTenant} and o.status = 'off-boarded'))";

    private static string Privileges(AppRights app) =>
        string.Join(", ", new[] { AppRights.Select, AppRights.Insert, AppRights.Update, AppRights.Delete }.Where(right => app.HasFlag(right)));

    /// <summary>Lets the router role, and so a definer function it owns, see some columns of a table's rows.</summary>
    public static void LetRouterRead(this MigrationBuilder migration, string table, string columns, string condition = "true") =>
        migration.Sql($"""
            create policy router_select on {table} for select to {RouterRole} using ({condition});
            grant select ({columns}) on {table} to {RouterRole};
            """);

    /// <summary>Creates a definer function owned by the router role and callable by the app role only.</summary>
    /// <remarks>Rights are granted before the function changes hands: the owner may become the router but does not inherit its rights.</remarks>
    /// <param name="signature">Name with parameters, e.g. <c>tenant_id_by_slug(wanted text)</c>.</param>
    public static void CreateRoutingFunction(this MigrationBuilder migration, string signature, string returns, string body, string language = "sql") =>
        migration.Sql($"""
            create function {signature} returns {returns} language {language} stable security definer
              set search_path = pg_catalog, public, pg_temp as $body$ {body} $body$;
            revoke all on function {signature} from public;
            grant execute on function {signature} to {AppRole};
            grant create on schema public to {RouterRole};
            alter function {signature} owner to {RouterRole};
            revoke create on schema public from {RouterRole};
            """);
}
