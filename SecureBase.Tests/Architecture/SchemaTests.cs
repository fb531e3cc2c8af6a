using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Rows;

namespace SecureBase.Tests.Architecture;

/// <summary>What the catalogue says of the migrated database: who may do what, and that no table escapes its tenant.</summary>
public sealed class SchemaTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string[] TenantTables = [.. TenantModel.Entities.Select(TenantModel.Table)];

    /// <summary>Tables without a tenant, and why.</summary>
    private static readonly Dictionary<string, string> GlobalTables = new(TenantModel.Global)
    {
        ["__EFMigrationsHistory"] = "names of migrations",
    };

    /// <summary>Unique indexes over tenants, and why.</summary>
    private static readonly Dictionary<string, string> UniqueOverTenants = new()
    {
        ["ix_tenants_slug"] = "the directory itself: a slug names one tenant",
        ["ix_api_keys_hash"] = "looked up before the tenant is known; 256 random bits, so nobody learns of another's by a clash",
        ["ix_api_keys_previous_hash"] = "the secret a rotation replaced, looked up the same way",
        ["pk_person_tokens"] = "what Identity's store finds by; the foreign key binds user_id to the row's tenant",
    };

    /// <summary>Indexes that do not begin with the tenant, and why.</summary>
    private static readonly Dictionary<string, string> IndexesOverTenants = new(UniqueOverTenants)
    {
        ["ix_files_to_scan"] = "the scanning looks for tenants with files that wait, through a function that returns ids",
        ["ix_ticket_comments_words"] = "staff search all tenants at once; under a tenant's row-level security it is never used",
        ["ix_tickets_words"] = "staff search all tenants at once; under a tenant's row-level security it is never used",
        ["ix_access_changes_at"] = "every node reads the changes of all tenants by time, ids only",
        ["ix_outbox_events_dispatched_at"] = "live signals are replayed over all tenants by time, ids only; retention",
        ["ix_sla_clocks_due_at_ticket_id"] = "the staff's board of clocks over all tenants",
        ["ix_sla_clocks_next_alert_at"] = "the sweep finds the tenants in which a clock is due, ids only",
        ["ix_tickets_next_due_at"] = "the staff's queue over all tenants",
        ["ix_tickets_next_due_at_updated_at_id"] = "the staff's queue over all tenants",
        ["ix_tickets_waiting_since_updated_at_id"] = "the staff's queue over all tenants",
        ["ix_tickets_team_id"] = "the staff's queue over all tenants",
        ["ix_tickets_resolved_at"] = "the staff's queue over all tenants",
        ["ix_tickets_status_waiting_since"] = "the staff's queue over all tenants",
    };

    /// <summary>Text that definer functions may return: words of the contract and opaque ids, never what somebody wrote.</summary>
    private static readonly string[] WordsOfTheContract = ["subject", "subject_kind", "type", "channel", "lane"];

    [Fact]
    public void Model_HasNoChangeWithoutMigration()
    {
        using var db = new SecureBaseDb(new DbContextOptionsBuilder<SecureBaseDb>().UseNpgsql("Host=none").Options, tenantId: null);
        Assert.False(db.Database.HasPendingModelChanges(), "Add a migration.");
    }

    [Fact]
    public async Task Tables_AreAllKnown() => Assert.Empty((await NamesAsync(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition")).Except(TenantTables).Except(GlobalTables.Keys));

    [Fact]
    public async Task TenantTables_ForceRowSecurity() => Assert.Empty(TenantTables.Except(await NamesAsync(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and relforcerowsecurity")));

    [Fact]
    public async Task Policies_NameTheirRoleAndTheTenant()
    {
        var broken = await NamesAsync("""
            select p.tablename || '.' || p.policyname from pg_policies p
            where schemaname <> 'public' or permissive <> 'PERMISSIVE' or cardinality(p.roles) <> 1 or p.roles[1] not in ('securebase_owner', 'securebase_app', 'securebase_staff', 'securebase_router')
              or (p.roles[1] = 'securebase_app' and (p.cmd = 'ALL'
                or (p.cmd <> 'INSERT' and p.qual not like '%current_setting(''app.tenant_id''%')
                or (p.cmd in ('INSERT', 'UPDATE') and p.with_check not like '%current_setting(''app.tenant_id''%')))
              or (p.roles[1] in ('securebase_staff', 'securebase_router') and p.cmd <> 'SELECT' and not (p.policyname = 'router_delete' and p.cmd = 'DELETE' and p.tablename in ('audit_entries', 'audit_chain')))
            """);
        Assert.Empty(broken);
        Assert.Empty(TenantTables.Except(await NamesAsync("select tablename from pg_policies where policyname = 'owner_all' and roles[1] = 'securebase_owner'")));
        Assert.Empty(TenantTables.Except(await NamesAsync("select tablename from pg_policies where roles[1] = 'securebase_app'")));
    }

    [Fact]
    public async Task ForeignKeys_CarryTheTenant()
    {
        var keys = await RowsAsync("""
            select c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,
              (select array_agg(a.attname::text order by k.n) from unnest(c.conkey) with ordinality k(attnum, n) join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum),
              (select array_agg(a.attname::text order by k.n) from unnest(c.confkey) with ordinality k(attnum, n) join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.attnum)
            from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace
            """, r => (Name: r.GetString(0), From: r.GetString(1), To: r.GetString(2), Columns: r.GetFieldValue<string[]>(3), Principal: r.GetFieldValue<string[]>(4)));
        Assert.NotEmpty(keys);
        Assert.Empty(keys.Where(k => TenantTables.Contains(k.To) && !k.Columns.Zip(k.Principal).Contains(("tenant_id", k.To == "tenants" ? "id" : "tenant_id"))).Select(k => k.Name));
    }

    [Fact]
    public async Task UniqueIndexes_CarryTheTenant()
    {
        // The key `id` alone is what Identity's stores look up by; it is random, and rows behind it are guarded.
        var broken = await NamesAsync("""
            select i.indexrelid::regclass::text from pg_index i join pg_class t on t.oid = i.indrelid
            where t.relnamespace = 'public'::regnamespace and i.indisunique and exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and not a.attisdropped)
              and not exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnum = any (i.indkey))
              and not (i.indisprimary and (select array_agg(a.attname::text) from pg_attribute a where a.attrelid = t.oid and a.attnum = any (i.indkey)) = array['id'])
            """);
        Assert.Empty(broken.Except(UniqueOverTenants.Keys));
    }

    [Fact]
    public async Task Indexes_BeginWithTheTenant()
    {
        var broken = await NamesAsync("""
            select i.indexrelid::regclass::text from pg_index i join pg_class t on t.oid = i.indrelid
            join pg_attribute own on own.attrelid = t.oid and own.attname = 'tenant_id' and not own.attisdropped
            where t.relnamespace = 'public'::regnamespace and not i.indisprimary and i.indkey[0] <> own.attnum
            """);
        Assert.Empty(broken.Except(IndexesOverTenants.Keys));
    }

    [Fact]
    public async Task Roles_BypassNothingAndInheritNothing()
    {
        Assert.Equal(4, (await NamesAsync("select rolname from pg_roles where rolname like 'securebase%'")).Count);
        Assert.Empty(await NamesAsync("select rolname from pg_roles where rolname like 'securebase%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)"));
        Assert.Equal(["securebase_router"], await NamesAsync("select rolname from pg_roles where rolname like 'securebase%' and not rolcanlogin"));
        Assert.Empty(await NamesAsync("select pg_get_userbyid(member) from pg_auth_members where pg_get_userbyid(member) in ('securebase_app', 'securebase_staff', 'securebase_router')"));
    }

    [Fact]
    public async Task Tables_GiveNoRightToEverybody_NorAnyThatIgnoresRows()
    {
        Assert.Empty(await NamesAsync("select table_name || ' ' || privilege_type from information_schema.table_privileges where table_schema in ('public', 'quartz') and grantee = 'PUBLIC'"));
        Assert.Empty(await NamesAsync("""
            select table_name || ' ' || grantee || ' ' || privilege_type from information_schema.table_privileges
            where table_schema = 'public' and grantee in ('securebase_app', 'securebase_staff', 'securebase_router') and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')
            """));
        Assert.Empty(await NamesAsync("select c.relname || ' is owned by ' || pg_get_userbyid(relowner) from pg_class c where relnamespace = 'public'::regnamespace and pg_get_userbyid(relowner) <> 'securebase_owner'"));
        Assert.Equal("f f f", await TextAsync("select has_schema_privilege('securebase_app', 'public', 'create')::text::char || ' ' || has_schema_privilege('securebase_staff', 'public', 'create')::text::char || ' ' || has_schema_privilege('securebase_router', 'public', 'create')::text::char"));
    }

    [Theory]
    [InlineData("internal_notes", "insert")]
    [InlineData("audit_entries", "insert,select")]
    [InlineData("ticket_comments", "insert,select")]
    [InlineData("ticket_events", "insert,select")]
    [InlineData("audit_chain", "insert,select")]
    [InlineData("audit_anchors", "insert,select,update")]
    [InlineData("data_protection_keys", "insert,select,update")]
    [InlineData("__EFMigrationsHistory", "select")]
    public async Task AppRole_HasOnlyTheRightsOfEvidence(string table, string rights) => Assert.Equal(rights, await TextAsync($"""
        select string_agg(r, ',' order by r) from unnest(array['select', 'insert', 'update', 'delete']) r
        where has_table_privilege('securebase_app', 'public."{table}"', r) or (r <> 'delete' and has_any_column_privilege('securebase_app', 'public."{table}"', r))
        """));

    [Fact]
    public async Task StaffRole_ReadsOnly_AndNoSecrets()
    {
        Assert.Empty(await NamesAsync("""
            select c.relname::text from pg_class c where c.relnamespace in ('public'::regnamespace, 'quartz'::regnamespace) and c.relkind in ('r', 'p')
              and (has_table_privilege('securebase_staff', c.oid, 'insert, update, delete, truncate') or has_any_column_privilege('securebase_staff', c.oid, 'insert, update'))
            """));
        Assert.Empty(await NamesAsync("""
            select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_column_privilege('securebase_staff', c.oid, a.attnum, 'select')
              and (c.relname in ('sessions', 'api_keys', 'person_tokens', 'person_logins', 'person_claims', 'drafts', 'idempotent_requests', 'data_protection_keys')
                or a.attname ~ '(hash|secret|stamp|token|password)')
              and not (c.relname = 'deliveries' and a.attname = 'lease_token') and not (c.relname in ('audit_chain', 'audit_anchors') and a.attname ~ '_hash$')
            """));
    }

    [Fact]
    public async Task DefinerFunctions_AreTheRoutersAlone_AndReturnIds()
    {
        var functions = await RowsAsync("""
            select p.proname::text, pg_get_userbyid(p.proowner)::text, coalesce(array_to_string(p.proconfig, ';'), ''), has_function_privilege('public', p.oid, 'execute'), has_function_privilege('securebase_staff', p.oid, 'execute'),
              case when p.proretset and p.proallargtypes is not null
                then (select array_agg(format_type(t.type, null) || ' ' || p.proargnames[t.n] order by t.n) from unnest(p.proallargtypes) with ordinality t(type, n) where p.proargmodes[t.n] = 't')
                else array[format_type(p.prorettype, null) || ' ' || p.proname] end, p.provolatile::text
            from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace
            """, r => (Name: r.GetString(0), Owner: r.GetString(1), Config: r.GetString(2), Public: r.GetBoolean(3), Staff: r.GetBoolean(4), Returns: r.GetFieldValue<string[]>(5), Volatility: r.GetString(6)));
        Assert.NotEmpty(functions);
        Assert.All(functions, f =>
        {
            Assert.True(f is { Owner: "securebase_router", Public: false, Staff: false } && f.Volatility == (f.Name == "purge_audit_entries" ? "v" : "s"), f.Name);
            Assert.Equal("search_path=pg_catalog, public, pg_temp", f.Config);
            Assert.All(f.Returns, column => Assert.True(IsIdOrInstant(column), $"{f.Name} returns {column}"));
        });
        Assert.Empty(await NamesAsync("select proname from pg_proc where prosecdef and pronamespace not in ('public'::regnamespace, 'pg_catalog'::regnamespace)"));
    }

    [Fact]
    public async Task Router_ReadsOnlyColumnsItsFunctionsNeed() => Assert.Empty(await NamesAsync("""
        select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_column_privilege('securebase_router', c.oid, a.attnum, 'select')
          and format_type(a.atttypid, null) not in ('uuid', 'timestamp with time zone', 'integer', 'bigint', 'boolean')
          and (c.relname, a.attname) not in (('tenants', 'slug'), ('api_keys', 'hash'), ('api_keys', 'previous_hash'), ('access_changes', 'subject'), ('outbox_events', 'type'), ('outbox_events', 'subject_kind'),
            ('deliveries', 'channel'), ('deliveries', 'lane'), ('deliveries', 'status'), ('delivery_lanes', 'channel'), ('delivery_lanes', 'lane'), ('webhook_recoveries', 'status'), ('files', 'state'), ('audit_entries', 'written_in'), ('audit_chain', 'complete_before'))
        """));

    [Fact]
    public async Task Views_RunAsTheirReader_AndPartitionsAreReachedThroughTheirParent()
    {
        Assert.Empty(await NamesAsync("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm') and (relkind = 'm' or coalesce(array_to_string(reloptions, ','), '') not like '%security_invoker=true%')"));
        Assert.Empty(await NamesAsync("""
            select c.relname || ' ' || r from pg_class c, unnest(array['securebase_app', 'securebase_staff', 'securebase_router']) r
            where c.relispartition and c.relkind = 'r' and has_table_privilege(r, c.oid, 'select, insert, update, delete')
            """));
    }

    private static bool IsIdOrInstant(string column) =>
        column.Split(' ', 2)[0] is "uuid" or "integer" || column.StartsWith("timestamp with time zone ", StringComparison.Ordinal)
        || WordsOfTheContract.Any(word => column == "text " + word || column == "character varying " + word);

    private Task<List<string>> NamesAsync(string sql) => RowsAsync(sql, r => r.GetString(0));

    private async Task<string> TextAsync(string sql) => (await NamesAsync(sql)).Single();

    private async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = new NpgsqlConnection(postgres.Database.SuperuserConnectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // Written in this file.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }
}
