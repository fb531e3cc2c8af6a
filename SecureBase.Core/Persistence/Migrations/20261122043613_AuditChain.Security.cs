using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

public partial class AuditChain
{
    private static void Protect(MigrationBuilder migration)
    {
        // Which transaction wrote an entry is no part of what it says: it only leads the sealer to what it has not seen.
        migration.Sql("""
            alter table audit_entries add column written_in xid8 not null default pg_current_xact_id();
            create index ix_audit_entries_written_in on audit_entries (tenant_id, written_in, id);
            alter table audit_chain add column complete_before xid8 not null default '0';
            """);
        migration.IsolateByTenant("audit_chain", AppRights.AppendOnly);
        migration.IsolateByTenant("audit_anchors", AppRights.AppendOnly);

        // Seals and the secrets of cookie keys are sealed anew when master keys are exchanged; nothing else of their rows changes.
        migration.Sql($"""
            create policy app_update on audit_anchors for update to {RowSecurity.AppRole}
              using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
              with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
            grant update (seal) on audit_anchors to {RowSecurity.AppRole};
            grant update (xml) on data_protection_keys to {RowSecurity.AppRole};
            """);

        migration.LetRouterRead("audit_entries", "id, tenant_id, at, written_in");
        migration.LetRouterRead("audit_chain", "tenant_id, sequence, entry_id, complete_before");
        migration.LetRouterRead("audit_anchors", "tenant_id, base_sequence");
        migration.CreateRoutingFunction("tenants_with_unsealed_entries()", "table (tenant_id uuid)", """
            select t.id from tenants t where exists (
              select from audit_entries e
              where e.tenant_id = t.id and e.written_in >= coalesce((
                  select case when c.complete_before > pg_snapshot_xmax(pg_current_snapshot()) then '0'::xid8 else c.complete_before end
                  from audit_chain c where c.tenant_id = t.id order by c.sequence desc limit 1), '0'::xid8)
                and not exists (select from audit_chain c where c.tenant_id = e.tenant_id and c.entry_id = e.id))
            """);
        Purge(migration);
    }

    // Only what is past its time by the database's own clock, and only behind an anchor that says so, whatever the code that asks may believe.
    private static void Purge(MigrationBuilder migration) => migration.Sql($"""
        create policy router_delete on audit_entries for delete to {RowSecurity.RouterRole} using (at < now() - interval '2555 days');
        create policy router_delete on audit_chain for delete to {RowSecurity.RouterRole}
          using (exists (select from audit_anchors a where a.tenant_id = audit_chain.tenant_id and a.base_sequence >= audit_chain.sequence));
        grant delete on audit_entries, audit_chain to {RowSecurity.RouterRole};

        create function purge_audit_entries(wanted uuid, through bigint) returns integer language plpgsql volatile security definer
          set search_path = pg_catalog, public, pg_temp as $body$
        declare
          entries integer;
          links integer;
        begin
          if wanted is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
            raise exception 'Audit entries are purged in the session''s own tenant only.' using errcode = 'insufficient_privilege';
          end if;
          delete from audit_entries e using audit_chain c where e.tenant_id = wanted and c.tenant_id = wanted and c.sequence <= through and e.id = c.entry_id;
          get diagnostics entries = row_count;
          delete from audit_chain c where c.tenant_id = wanted and c.sequence <= through;
          get diagnostics links = row_count;
          if entries <> links then
            raise exception 'Audit entries are purged after their time of keeping and behind an anchor only.' using errcode = 'insufficient_privilege';
          end if;
          return entries;
        end $body$;
        revoke all on function purge_audit_entries(uuid, bigint) from public;
        grant execute on function purge_audit_entries(uuid, bigint) to {RowSecurity.AppRole};
        grant create on schema public to {RowSecurity.RouterRole};
        alter function purge_audit_entries(uuid, bigint) owner to {RowSecurity.RouterRole};
        revoke create on schema public from {RowSecurity.RouterRole};
        """);

    private static void Unprotect(MigrationBuilder migration) => migration.Sql($"""
        drop function purge_audit_entries(uuid, bigint);
        drop function tenants_with_unsealed_entries();
        drop policy router_delete on audit_entries;
        drop policy router_select on audit_entries;
        revoke all on audit_entries from {RowSecurity.RouterRole};
        revoke select (id, tenant_id, at, written_in) on audit_entries from {RowSecurity.RouterRole};
        revoke update (xml) on data_protection_keys from {RowSecurity.AppRole};
        drop index ix_audit_entries_written_in;
        alter table audit_entries drop column written_in;
        """);
}
