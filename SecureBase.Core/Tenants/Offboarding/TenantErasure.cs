using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants.Offboarding;

/// <summary>
/// The end of this scope's tenant, once its waiting period is over: the doors close, its rows are deleted in small steps, and the
/// operator's audit log keeps what there was. Each step is complete in itself, so that it may be interrupted anywhere and goes on
/// the next time. The slug stays taken and the tenant's own audit entries stay.
/// </summary>
public sealed class TenantErasure(
    IServiceScopeFactory scopes, UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, NpgsqlDataSource source, [FromKeyedServices(PersistenceFeature.Staff)] NpgsqlDataSource staff,
    TicketHousekeeping tickets, TenantDirectory directory, TenantContext tenant, TimeProvider clock, ILogger<TenantErasure> log)
{
    /// <summary>The operator's audit action that tells what was deleted.</summary>
    public const string Offboarded = "tenant.offboarded";

    /// <summary>The tenant's own audit action of its doors closing for good.</summary>
    public const string Closed = "tenant.closed";

    internal const int BatchSize = 200;

    private Guid TenantId => tenant.Tenant.Id;

    /// <summary>Goes as far as the tenant is due; does nothing for one that stays.</summary>
    /// <returns>Whether the tenant's data is gone now and was not before.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        var standing = await StandingAsync(ct);
        if (standing.ErasedAt is not null || standing.OffboardingAt is not { } at || at > clock.GetUtcNow())
            return false;
        if (standing.Status != TenantStatus.OffBoarded)
            await CloseAsync(ct);
        await tickets.ForgetStaffDraftsAsync(ct);
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            foreach (var table in ErasurePlan.Tables(db.Model))
                await EmptyAsync(table, ct);
        }
        await FinishAsync(ct);
        return true;
    }

    private async Task<Tenant> StandingAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Tenants.AsNoTracking().SingleAsync(t => t.Id == TenantId, ct);
    }

    private async Task CloseAsync(CancellationToken ct)
    {
        var counts = await CountAsync(ct);
        var closed = await unit.ChangeAsync<Done>(TenantPermissions.Manage, Closed, async (change, ct) =>
        {
            var row = await change.Db.Tenants.SingleAsync(t => t.Id == TenantId, ct);
            row.CloseForGood(JsonSerializer.Serialize(counts));
            change.Audit(Closed, "tenant", TenantId);
            await change.AnnounceAsync(AccessSubject.Tenant, TenantId, ct);
            return Done.Value;
        }, ct);
        directory.Forget(TenantId);
        if (!closed.IsSuccess)
            throw new InvalidOperationException($"The tenant {tenant.Tenant.Slug} could not be closed: {closed.Error.Message}");
    }

    // Counted by the staff role where the app role may only add.
    private async Task<SortedDictionary<string, long>> CountAsync(CancellationToken ct)
    {
        SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
        await using var own = await source.OpenForAsync(TenantId, ct);
        await using var provider = await staff.OpenConnectionAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        foreach (var table in ErasurePlan.Tables(db.Model))
        {
            var reader = await MayAsync(own, table, "select", ct) ? own : provider;
            var rows = (long)(await ScalarAsync(reader, $"select count(*) from \"{table}\" where tenant_id = $1", TenantId, ct))!;
            if (rows > 0)
                counts[table] = rows;
        }
        return counts;
    }

    private async Task EmptyAsync(string table, CancellationToken ct)
    {
        await using var connection = await source.OpenForAsync(TenantId, ct);
        if (!await MayAsync(connection, table, "delete", ct))
            return; // Its rows go with those they belong to.
        int deleted;
        do
        {
#pragma warning disable CA2100 // The name of a table, from the model.
            await using var delete = new NpgsqlCommand($"delete from \"{table}\" where ctid = any (array(select ctid from \"{table}\" where tenant_id = $1 limit {BatchSize}))", connection)
            {
                Parameters = { new NpgsqlParameter<Guid> { TypedValue = TenantId } },
            };
#pragma warning restore CA2100
            deleted = await delete.ExecuteNonQueryAsync(ct);
        }
        while (deleted > 0);
        if ((long)(await ScalarAsync(connection, $"select count(*) from \"{table}\" where tenant_id = $1", TenantId, ct))! is var left and > 0)
            throw new InvalidOperationException($"{left} rows of {table} could not be deleted: the table's policies do not let an off-boarded tenant's rows go. See RowSecurity.LetOffboardingDelete.");
    }

    private async Task FinishAsync(CancellationToken ct)
    {
        await using (var connection = await source.OpenForAsync(TenantId, ct))
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            foreach (var table in ErasurePlan.Tables(db.Model))
            {
                if (await MayAsync(connection, table, "select", ct) && (long)(await ScalarAsync(connection, $"select count(*) from \"{table}\" where tenant_id = $1", TenantId, ct))! is var left and > 0)
                    throw new InvalidOperationException($"{left} rows of {table} are still there: they belong to no row that was deleted, and the app role may not delete them. See RowSecurity.LetOffboardingDelete.");
            }
        }
        var counts = JsonSerializer.Deserialize<SortedDictionary<string, long>>((await StandingAsync(ct)).OffboardedRows ?? "{}")!;
        await TellOperatorAsync(counts, ct);
        await unit.ChangeAsync<Done>(TenantPermissions.Manage, Offboarded, async (change, ct) =>
        {
            (await change.Db.Tenants.SingleAsync(t => t.Id == TenantId, ct)).Erased(change.At);
            change.Audit(Offboarded, "tenant", TenantId);
            return Done.Value;
        }, ct);
        var rows = counts.Values.Sum();
        log.Offboarded(TenantId, rows);
    }

    private async Task TellOperatorAsync(SortedDictionary<string, long> counts, CancellationToken ct)
    {
        if (await directory.FindAsync(Tenant.OperatorId, ct) is not { } provider)
            return;
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(provider);
        scope.ServiceProvider.GetRequiredService<Caller>().Become(SystemActor.Instance);
        await using (var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(ct))
        {
            // Told already, by a run that ended before it could note so.
            if (await db.AuditEntries.AnyAsync(e => e.Action == Offboarded && e.SubjectId == TenantId, ct))
                return;
        }
        await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ChangeAsync<Done>(TenantPermissions.Manage, Offboarded, (change, _) =>
        {
            change.Audit(Offboarded, "tenant", TenantId, new { tenant.Tenant.Slug, Rows = counts });
            return Task.FromResult<Result<Done>>(Done.Value);
        }, ct);
    }

    private static async Task<bool> MayAsync(NpgsqlConnection connection, string table, string right, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select has_table_privilege(current_user, quote_ident($1), $2)", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = table }, new NpgsqlParameter<string> { TypedValue = right } },
        };
        return await command.ExecuteScalarAsync(ct) is true;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, Guid tenantId, CancellationToken ct)
    {
#pragma warning disable CA2100 // The name of a table, from the model.
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenantId } } };
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(ct);
    }
}
