using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Auditing;

public static class AuditingFeature
{
    /// <summary>Reading, verifying and keeping the audit log.</summary>
    public static IServiceCollection AddAuditing(this IServiceCollection services)
    {
        services.AddSingleton<AuditAnchors>();
        services.AddSingleton<AuditSealer>();
        services.AddSingleton<AuditVerifier>();
        services.AddScoped<AuditAnchoring>();
        services.AddScoped<AuditRetention>();
        services.AddScoped<AuditLogService>();
        services.AddScoped<AuditVerificationService>();
        services.AddScheduledJob<AnchorAuditChainJob>("0 0/10 * * * ?");
        services.AddScheduledJob<PurgeAuditEntriesJob>("0 25 3 * * ?");
        return services;
    }

    /// <summary>The worker of a portal. What a command writes is sealed by the portal beside it.</summary>
    public static IServiceCollection AddAuditingWorkers(this IServiceCollection services) => services.AddHostedService<AuditSealWorker>();
}
