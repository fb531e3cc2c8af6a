using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class TenantAdministration
{
    private const string Own = "tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)";

    private static void Protect(MigrationBuilder migration)
    {
        migration.IsolateByTenant("tenant_logos", AppRights.All, staff: null);
        migration.IsolateByTenant("tenant_exports", AppRights.All, staff: null);
        migration.IsolateByTenant("tenant_export_chunks", AppRights.All, staff: null);

        migration.LetRouterRead("tenant_exports", "tenant_id, finished_at, leased_until", "finished_at is null");
        migration.CreateRoutingFunction("tenants_with_due_exports(at timestamptz)", "table (tenant_id uuid)",
            "select e.tenant_id from tenant_exports e where e.finished_at is null and (e.leased_until is null or e.leased_until <= at) order by e.leased_until nulls first");

        // A customer's end takes a day at least, whatever the code that tries may believe: the app role alone can neither close a
        // tenant for good at once nor date the decision back, and so not make its rows deletable.
        migration.Sql($"""
            create function guard_tenant() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $guard$
            begin
              if current_user <> '{RowSecurity.AppRole}' then
                return new;
              end if;
              if new.slug is distinct from old.slug then
                raise exception 'A slug is never changed.' using errcode = 'check_violation';
              end if;
              if old.status = 'off-boarded' and new.status is distinct from old.status then
                raise exception 'An off-boarded tenant never comes back.' using errcode = 'check_violation';
              end if;
              if new.offboarding_at is distinct from old.offboarding_at and new.offboarding_at < now() + interval '23 hours' then
                raise exception 'A tenant leaves a day ahead at the earliest.' using errcode = 'check_violation';
              end if;
              if new.status = 'off-boarded' and old.status <> 'off-boarded' and (old.offboarding_at is null or old.offboarding_at > now()) then
                raise exception 'This tenant has no day on which it leaves, or that day has not come.' using errcode = 'check_violation';
              end if;
              return new;
            end $guard$;
            create trigger guard_tenant before update on tenants for each row execute function guard_tenant();
            """);

        migration.Sql($"""
            drop policy app_delete on tickets;
            create policy app_delete on tickets for delete to {RowSecurity.AppRole} using ({Own} and (status = 'closed' or {RowSecurity.IsOffboarded}));
            """);
        migration.LetOffboardingDelete("ticket_counters");
    }

    private static void Unprotect(MigrationBuilder migration) => migration.Sql($"""
        revoke delete on ticket_counters from {RowSecurity.AppRole};
        drop policy app_offboarding on ticket_counters;
        drop policy app_delete on tickets;
        create policy app_delete on tickets for delete to {RowSecurity.AppRole} using ({Own} and status = 'closed');
        drop trigger guard_tenant on tenants;
        drop function guard_tenant();
        drop function tenants_with_due_exports(timestamptz);
        drop policy router_select on tenant_exports;
        """);
}
