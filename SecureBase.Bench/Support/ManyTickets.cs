using Npgsql;

namespace SecureBase.Bench.Support;

/// <summary>
/// Multiplies one ticket, its tenant and its requester, all made by the product's services, into very many: a tenth of the tickets is open,
/// the others are closed. As the schema's owner, for no service makes a million of anything.
/// </summary>
internal static class ManyTickets
{
    /// <summary>In the subject of one ticket in five thousand.</summary>
    internal const string RareWord = "zephyr";

    internal static async Task FillAsync(string owner, Guid template, int tenants, int tickets, CancellationToken ct)
    {
        await using var source = new NpgsqlDataSourceBuilder(owner) { ConnectionStringBuilder = { CommandTimeout = 1_200 } }.Build();
        await using var connection = await source.OpenConnectionAsync(ct);
        await ExecuteAsync("create temporary table many_tenants as select n, gen_random_uuid() as id, gen_random_uuid() as person from generate_series(0, $1 - 1) n", tenants);
        await ExecuteAsync($"update many_tenants set (id, person) = (select tenant_id, requester_id from tickets where id = '{template}') where n = 0");
        await CloneAsync("tenants", $"o.id = (select tenant_id from tickets where id = '{template}')", "many_tenants m", "m.n > 0",
            "'id', m.id, 'slug', 'bench-' || m.n, 'name', 'Bench ' || m.n");
        await CloneAsync("people", $"o.id = (select requester_id from tickets where id = '{template}')", "many_tenants m", "m.n > 0",
            "'id', m.person, 'tenant_id', m.id");
        // Built at once at the end: a million rows would make them grow one by one.
        await ExecuteAsync("create temporary table plain_indexes as select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = 'tickets'::regclass and not indisunique");
        await ForEachIndexAsync("'drop index ' || i.name");
        await CloneAsync("tickets", $"o.id = '{template}'", $"generate_series(1, {tickets}) i join many_tenants m on m.n = i % {tenants}", "true", $"""
            'id', gen_random_uuid(), 'tenant_id', m.id, 'requester_id', m.person, 'number', 'BENCH-' || (i + 1000),
            'subject', (array['Peering drops', 'Egress doubled', 'Certificate expires', 'Quota reached', 'Backup is late', 'Login loops', 'Disk is full'])[1 + i % 7] || ' ' || i || case when i % 5000 = 0 then ' {RareWord}' else '' end,
            'description', repeat('Since this morning the gateway answers slowly. ', 4),
            'priority', (array['low', 'medium', 'high', 'critical'])[1 + (i / 7) % 4], 'category', (array['general', 'billing', 'technical', 'feature-request', 'security'])[1 + (i / 11) % 5],
            'status', case when i % 10 = 0 then (array['open', 'in-progress', 'waiting-customer'])[1 + (i / 10) % 3] else 'closed' end,
            'created_at', now() - interval '1 minute' * (i % 1000000), 'updated_at', now() - interval '1 minute' * (i % 1000000) + interval '30 seconds',
            'waiting_since', case when i % 10 = 0 and (i / 10) % 3 <> 2 then now() - interval '1 minute' * (i % 1000000) end,
            'next_due_at', case when i % 10 = 0 and (i / 10) % 3 <> 2 then now() + interval '1 second' * (i % 300000) end,
            'resolved_at', case when i % 10 <> 0 then now() - interval '1 minute' * (i % 1000000) + interval '20 seconds' end,
            'closed_at', case when i % 10 <> 0 then now() - interval '1 minute' * (i % 1000000) + interval '25 seconds' end
            """);
        await ExecuteAsync("set maintenance_work_mem = '256MB'");
        await ForEachIndexAsync("i.definition");
        await ExecuteAsync("vacuum analyze");

        Task ForEachIndexAsync(string statement) => ExecuteAsync($"do $$ declare i record; begin for i in select * from plain_indexes loop execute {statement}; end loop; end $$");

        async Task CloneAsync(string table, string which, string from, string where, string changes)
        {
            await using var names = new NpgsqlCommand("select string_agg(quote_ident(column_name), ',') from information_schema.columns where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER'", connection)
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = table } },
            };
            var columns = (string)(await names.ExecuteScalarAsync(ct))!;
            await ExecuteAsync($"insert into {table} ({columns}) select {string.Join(',', columns.Split(',').Select(c => "r." + c))} from {table} o, {from}, lateral jsonb_populate_record(o, jsonb_build_object({changes})) r where {which} and {where}");
        }

        async Task ExecuteAsync(string sql, params int[] values)
        {
#pragma warning disable CA2100 // Table names and constants of this file.
            await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = value });
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
