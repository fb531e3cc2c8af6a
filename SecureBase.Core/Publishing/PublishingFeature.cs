using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Persistence;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Publishing;

public static class PublishingFeature
{
    public static IServiceCollection AddPublishing(this IServiceCollection services)
    {
        services.AddScoped<EventPublishingService>();
        services.AddScoped<OldPublications>();
        services.AddScheduledJob<PurgePublishedEventsJob>("0 15 3 * * ?");
        return services;
    }
}

/// <summary>Ids of this scope's tenant's published events whose time is over.</summary>
internal sealed class OldPublications(IDbContextFactory<SecureBaseDb> contexts, TimeProvider clock)
{
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    internal const int BatchSize = 500;

    public async Task PurgeAsync(CancellationToken ct)
    {
        var until = clock.GetUtcNow() - Kept;
        await using var db = await contexts.CreateDbContextAsync(ct);
        while (await db.PublishedEvents.Where(e => db.PublishedEvents.Where(old => old.PublishedAt <= until).OrderBy(old => old.PublishedAt).Take(BatchSize).Contains(e)).ExecuteDeleteAsync(ct) == BatchSize)
            ct.ThrowIfCancellationRequested();
    }
}

/// <summary>Forgets which events were published long ago.</summary>
internal sealed class PurgePublishedEventsJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<OldPublications>().PurgeAsync(ct), cancellationToken);
}
