using System.Globalization;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using SecureBase.Tests.Isolation.Rows;

#pragma warning disable CA2100 // Statements over every table there is are made of the model's names.

namespace SecureBase.Tests.Isolation.Attacks;

/// <summary>What SQL can try over a connection of the app role. Only the database itself stands in its way.</summary>
internal static class SqlAttacks
{
    internal static readonly IReadOnlyList<Attack> All =
    [
        Sql("sql select", on => on.SqlAsync($"select count(*) from {on.Table} where {on.OwnerColumn} = $1", on.VictimId)),
        Sql("sql select everything", on => on.SqlAsync($"select count(*) from {on.Table} where {on.OwnerColumn} is distinct from $1", on.ActingAs ?? (object)DBNull.Value)),
        Sql("sql select by key", on => on.SqlAsync($"select count(*) from {on.Table} where {KeyIs(on)}", on.Theirs.Key!)),
        Sql("sql select for update", on => on.SqlAsync($"with taken as (select {on.OwnerColumn} as row from {on.Table} where {on.OwnerColumn} = $1 for update) select count(row) from taken", on.VictimId)),
        Sql("sql select, row security switched off", on => on.SqlAsync($"set local row_security = off; select count(*) from {on.Table} where {on.OwnerColumn} <> '{on.AttackerId}'")),
        Sql("sql copy out", CopyOutAsync),
        Sql("sql leaky function", PeekAsync),
        Sql("sql update", on => on.SqlAsync($"update {on.Table} set {on.OwnerColumn} = {on.OwnerColumn} where {on.OwnerColumn} = $1", on.VictimId)),
        Sql("sql update, taking a row", on => on.SqlAsync($"update {on.Table} set {on.OwnerColumn} = $1 where {on.OwnerColumn} = $2", on.OrStranger(on.AttackerId), on.VictimId)),
        Sql("sql update, giving a row away", on => on.SqlAsync($"update {on.Table} set {on.OwnerColumn} = $1 where {on.OwnerColumn} <> $2", on.OrStranger(on.VictimId), on.VictimId)),
        Sql("sql delete", on => on.SqlAsync($"delete from {on.Table} where {on.OwnerColumn} = $1", on.VictimId)),
        Sql("sql merge", on => on.SqlAsync($"merge into {on.Table} t using (values ($1::uuid)) v (id) on t.{on.OwnerColumn} = v.id when matched then delete", on.VictimId)),
        new("sql insert", Locks.RowSecurity, on => on.InsertAsync(on.NewRowOfVictim())),
        new("sql upsert over a row", Locks.RowSecurity, UpsertAsync),
        new("sql copy in", Locks.RowSecurity, CopyInAsync),
        new("sql insert with a foreign key", Locks.Keys, ForeignKeyAsync),
    ];

    private static Attack Sql(string name, Func<Assault, Task<long>> touched) =>
        new(name, Locks.RowSecurity, async on => await touched(on) > 0 ? Outcome.Leaked : Outcome.Held);

    private static string KeyIs(Assault on) => string.Join(" and ", on.Entity.FindPrimaryKey()!.Properties
        .Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"{RowPlanter.Quote(TenantModel.Column(p))} = ${i + 1}")));

    private static async Task<Outcome> UpsertAsync(Assault on)
    {
        var owner = TenantModel.Owner(on.Entity);
        var key = on.Entity.FindPrimaryKey()!.Properties;
        var row = Assault.With(on.AttackersOwn.Another(on.Entity), [.. key.Select(p => (p, on.Theirs[p]))]);
        if (key.Any(TenantModel.IsMadeByDatabase))
            return Outcome.NoOccasion;
        var columns = string.Join(", ", key.Select(p => RowPlanter.Quote(TenantModel.Column(p))));
        return await on.InsertAsync(row, $"on conflict ({columns}) do update set {RowPlanter.Quote(TenantModel.Column(owner))} = excluded.{RowPlanter.Quote(TenantModel.Column(owner))}");
    }

    private static async Task<Outcome> ForeignKeyAsync(Assault on)
    {
        var worst = Outcome.NoOccasion;
        foreach (var key in on.Entity.GetForeignKeys())
        {
            var references = key.Properties.Select((p, i) => (Property: p, Principal: key.PrincipalKey.Properties[i])).Where(r => r.Property != TenantModel.Owner(on.Entity)).ToList();
            if (references.Count == 0)
                continue;
            var theirs = on.Victim[key.PrincipalEntityType];
            var row = Assault.With(on.AttackersOwn.Another(on.Entity), [.. references.Select(r => (r.Property, theirs[r.Principal]))]);
            var outcome = await new Attack("sql insert with a foreign key", Locks.Keys, a => a.InsertAsync(row)).RunAsync(on);
            worst = outcome == Outcome.Leaked || worst == Outcome.NoOccasion ? outcome : worst;
        }
        return worst;
    }

    private static async Task<Outcome> CopyInAsync(Assault on)
    {
        var row = on.NewRowOfVictim();
        var columns = string.Join(", ", TenantModel.Written(on.Entity).Select(p => RowPlanter.Quote(TenantModel.Column(p))));
        var line = await on.Victim.AsCopyTextAsync(row);
        await using var connection = await on.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var writer = await connection.BeginTextImportAsync($"copy {on.Table} ({columns}) from stdin"))
            await writer.WriteAsync(line);
        return Outcome.Leaked;
    }

    private static async Task<long> CopyOutAsync(Assault on)
    {
        await using var connection = await on.ConnectAsync();
        using var reader = await connection.BeginTextExportAsync($"copy {on.Table} to stdout");
        var text = await reader.ReadToEndAsync();
        return text.Contains(on.VictimId.ToString(), StringComparison.Ordinal) ? 1 : 0;
    }

    // A function that runs before the policy's condition would tell what it was shown.
    private static async Task<long> PeekAsync(Assault on)
    {
        await using var connection = await on.ConnectAsync();
        var shown = 0;
        connection.Notice += (_, notice) => shown += notice.Notice.MessageText.Contains(on.VictimId.ToString(), StringComparison.Ordinal) ? 1 : 0;
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"""
            create function pg_temp.peek(text) returns boolean language plpgsql cost 0.0000001 as $$ begin raise notice '%', $1; return true; end $$;
            select count(*) from {on.Table} t where pg_temp.peek(t::text);
            """, connection);
        await command.ExecuteNonQueryAsync();
        return shown;
    }
}
