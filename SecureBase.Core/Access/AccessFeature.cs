using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SecureBase.Core.Access.Metering;
using SecureBase.Core.Auditing;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

public static class AccessFeature
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<AccessWatch>();
        services.AddSingleton<IHostedService>(p => p.GetRequiredService<AccessWatch>());
        services.AddSingleton<IFreshness>(p => p.GetRequiredService<AccessWatch>());
        services.AddSingleton<IHostedService, AccessEviction>();
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<SessionDirectory>();
        services.AddSingleton<ApiKeyDirectory>();
        services.AddOptions<SecondFactorOptions>().BindConfiguration(SecondFactorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<AttemptLimitOptions>().BindConfiguration(AttemptLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SecondFactorRule>();
        services.AddSingleton<NobodysPassword>();
        services.AddSingleton<AttemptLimits>();
        services.AddScoped<SessionService>();
        services.AddScoped<SessionOpening>();
        services.AddScoped<SignInService>();
        services.AddScoped<ApiKeyService>();
        services.AddOptions<RequestLimitOptions>().BindConfiguration(RequestLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AllowanceStore>();
        services.AddSingleton<RequestMeters>();
        services.AddSingleton<FailureLimits>();
        services.AddSingleton<KeyUses>();
        services.AddScoped<RefusalAudit>();
        services.AddScoped<EndedAccess>();
        services.AddScheduledJob<PurgeEndedAccessJob>("0 50 * * * ?");
        return services;
    }

    /// <summary>What looks after a portal's meters. A command beside one serves no requests and has none.</summary>
    public static IServiceCollection AddAccessWorkers(this IServiceCollection services) => services.AddHostedService<RequestMeterWorker>();
}

/// <summary>Makes the directories forget what a change of access has made uncertain.</summary>
internal sealed class AccessEviction(AccessWatch watch, TenantDirectory tenants, SessionDirectory sessions, ApiKeyDirectory keys) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        watch.Changed += Forget;
        watch.Lost += ForgetAll;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        watch.Changed -= Forget;
        watch.Lost -= ForgetAll;
        return Task.CompletedTask;
    }

    private void Forget(AccessSignal signal)
    {
        tenants.Forget(signal.TenantId);
        sessions.Forget();
        keys.Forget();
    }

    private void ForgetAll()
    {
        tenants.ForgetAll();
        sessions.Forget();
        keys.Forget();
    }
}
