using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;
using SecureBase.Core.Access;
using SecureBase.Core.Persistence;
using SecureBase.Core.Scheduling;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Scheduling;

/// <summary>One node that only runs jobs, scheduled as a portal schedules them; in this process or, to be killed, in one of its own.</summary>
internal sealed class JobNode : IAsyncDisposable
{
    public const string EverySecond = "* * * * * ?";
    private const string ProgramName = "job-node";

    private readonly IHost _host;

    private JobNode(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public static async Task<JobNode> StartAsync(DatabaseConnections database, Action<IServiceCollection> jobs)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        // A node that a busy machine held up for a second or two is not dead yet.
        builder.Configuration["Scheduling:CheckIn"] = "00:00:03";
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddPersistence(new DatabaseRoles(database.App, database.Staff));
        builder.Services.AddAccess();
        builder.Services.AddScheduling();
        jobs(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new JobNode(host);
    }

    /// <summary>The program of a node in a process of its own, when the arguments ask for it: its job hangs until the process is killed.</summary>
    public static async Task<bool> HandlesAsync(string[] arguments)
    {
        if (arguments is not [ProgramName, var app, var staff])
            return false;
        HangingJob.Hangs = true;
        await using var node = await StartAsync(new DatabaseConnections(null, app, staff), services => services.AddScheduledJob<HangingJob>(EverySecond));
        await Console.In.ReadToEndAsync();
        return true;
    }

    public static System.Diagnostics.Process StartProcess(DatabaseConnections database) =>
        System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet", ["exec", typeof(JobNode).Assembly.Location, ProgramName, database.App, database.Staff]) { RedirectStandardInput = true })!;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>Where jobs note that they ran.</summary>
internal sealed record Firing(string Job, DateTime ScheduledAt, string Node, bool IsRecovery)
{
    public static Task PrepareAsync(TestDatabase database) => Sql.ExecuteAsync(database.SuperuserConnectionString,
        $"create table firings (id bigint generated always as identity, job text, scheduled_at timestamptz, node text, is_recovery bool); grant select, insert on firings to {RowSecurity.AppRole}");

    public static async Task NoteAsync(NpgsqlDataSource source, IJobExecutionContext context, CancellationToken ct)
    {
        await using var command = source.CreateCommand("insert into firings (job, scheduled_at, node, is_recovery) values ($1, $2, $3, $4)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = context.JobDetail.Key.Name });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = context.ScheduledFireTimeUtc!.Value });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = context.Scheduler.SchedulerInstanceId });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = context.Recovering });
        await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<List<Firing>> ReadAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.SuperuserConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select job, scheduled_at, node, is_recovery from firings order by id", connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<Firing> firings = [];
        while (await reader.ReadAsync())
            firings.Add(new Firing(reader.GetString(0), reader.GetDateTime(1), reader.GetString(2), reader.GetBoolean(3)));
        return firings;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Job} of {ScheduledAt:HH:mm:ss.fff} on {Node}");
}

internal sealed class NotingJob(NpgsqlDataSource source) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await Firing.NoteAsync(source, context, cancellationToken);
}

internal sealed class FailingJob(NpgsqlDataSource source) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await Firing.NoteAsync(source, context, cancellationToken);
        throw new InvalidDataException("This job always fails.");
    }
}

internal sealed class HangingJob(NpgsqlDataSource source) : IJob
{
    public static bool Hangs { get; set; }

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await Firing.NoteAsync(source, context, cancellationToken);
        if (Hangs)
            await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
