using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using SecureBase.Core.Persistence;

namespace SecureBase.Portal.Hosting;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: the database answers and has this build's schema.
/// Both on any host and without a word about what is wrong; that is in the log.
/// </summary>
internal static class Health
{
    internal static void AddHealth(this IServiceCollection services) =>
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database");

    internal static void UseHealth(this IApplicationBuilder app)
    {
        app.UseHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.UseHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(new { Status = report.Status == HealthStatus.Healthy ? "ok" : "unavailable" }, context.RequestAborted);
}

/// <summary>Asks the database as the role that serves requests, at most once a second however many ask.</summary>
internal sealed class DatabaseHealth(NpgsqlDataSource source, DbContextOptions<SecureBaseDb> options, TimeProvider clock, ILogger<DatabaseHealth> log) : IHealthCheck, IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _asking = new(1);
    private HealthCheckResult? _last;
    private long _askedAt;
    private bool _migrated;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_last is not { } last || clock.GetElapsedTime(_askedAt) > Freshness)
                (_last, _askedAt) = (last = await AskAsync(cancellationToken), clock.GetTimestamp());
            return last;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<HealthCheckResult> AskAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await using (var command = source.CreateCommand("select 1"))
                await command.ExecuteScalarAsync(patience.Token);
            _migrated = _migrated || await IsMigratedAsync(patience.Token);
            if (_migrated)
                return HealthCheckResult.Healthy();
            log.NotReady("the database lacks migrations of this build", null);
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            log.NotReady("the database does not answer", failure);
        }

        return HealthCheckResult.Unhealthy();
    }

    // A schema never loses a migration, so a yes is final.
    private async Task<bool> IsMigratedAsync(CancellationToken ct)
    {
        await using var db = new SecureBaseDb(options);
        return !(await db.Database.GetPendingMigrationsAsync(ct)).Any();
    }
}
