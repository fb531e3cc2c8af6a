using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Files;

public static class FilesFeature
{
    public static IServiceCollection AddFiles(this IServiceCollection services)
    {
        services.AddOptions<FilesOptions>().BindConfiguration(FilesOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<FileStore>();
        services.AddSingleton<ClamAvScanner>();
        services.AddSingleton<ScanNudge>();
        services.AddSingleton<TransferGate>();
        services.AddSingleton<ScanRunner>();
        services.AddScheduledJob<PurgeAbandonedFilesJob>("0 40 * * * ?");
        return services;
    }

    /// <summary>What runs by itself on a node that serves.</summary>
    public static IServiceCollection AddFilesWorker(this IServiceCollection services) => services.AddHostedService<ScanWorker>();
}
