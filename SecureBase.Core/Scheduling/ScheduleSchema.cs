using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;

namespace SecureBase.Core.Scheduling;

/// <summary>The schedule's tables, made by the owner and noted on their schema with the version that made them.</summary>
public static class ScheduleSchema
{
    private const string Note = "Quartz ";

    /// <summary>The version this build needs.</summary>
    public static Version Version { get; } = typeof(IScheduler).Assembly.GetName().Version is { } version
        ? new Version(version.Major, version.Minor, version.Build)
        : throw new InvalidOperationException("Quartz has no version.");

    /// <summary>Makes what is missing; nothing is altered or dropped. Safe to run from several processes at once.</summary>
    /// <param name="ownerConnection">Connection string of the owner role.</param>
    /// <returns>False when the schema was current.</returns>
    public static async Task<bool> ProvisionAsync(string ownerConnection, CancellationToken ct)
    {
        await using (var connection = new NpgsqlConnection(ownerConnection))
        {
            await connection.OpenAsync(ct);
            if (await IsCurrentAsync(connection, ct))
                return false;
        }

        await using var source = NpgsqlDataSource.Create(ownerConnection);
        await using var turn = await source.OpenConnectionAsync(ct);
        await using var transaction = await turn.BeginTransactionAsync(ct);
        // Processes that start together take turns; the lock ends with the transaction.
        await using (var wait = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('securebase schedule', 0))", turn))
            await wait.ExecuteNonQueryAsync(ct);
        if (await IsCurrentAsync(turn, ct))
            return false;
        await CreateTablesAsync(source, ct);
#pragma warning disable CA2100 // A version number; COMMENT takes no parameters.
        await using (var note = new NpgsqlCommand($"comment on schema {ScheduleStore.Schema} is '{Note}{Version}'", turn))
#pragma warning restore CA2100
            await note.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Whether the tables were made by this build's version or a later one. Any role may ask.</summary>
    internal static async Task<bool> IsCurrentAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select obj_description(to_regnamespace($1), 'pg_namespace')", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = ScheduleStore.Schema } },
        };
        return await command.ExecuteScalarAsync(ct) is string note && note.StartsWith(Note, StringComparison.Ordinal)
            && Version.TryParse(note.AsSpan(Note.Length), out var noted) && noted >= Version;
    }

    // A scheduler without jobs, started and stopped: the package itself knows which tables it needs.
    private static async Task CreateTablesAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddQuartz(quartz => quartz
            .ConfigureScheduler(scheduler => scheduler.InstanceName = "Provisioning")
            .UsePersistentStore(store =>
            {
                store.UseSchedule(_ => source);
                store.ProvisionSchema();
            }));
        await using var provider = services.BuildServiceProvider();
        var scheduler = await provider.GetRequiredService<ISchedulerFactory>().GetScheduler(ct);
        await scheduler.Start(ct);
        await scheduler.Shutdown(waitForJobsToComplete: true, ct);
    }
}
