using Microsoft.Extensions.DependencyInjection;

namespace SecureBase.Core.Demo;

public static class DemoFeature
{
    public static IServiceCollection AddDemo(this IServiceCollection services) => services.AddSingleton<DemoSeeder>();

    /// <summary>For a Development portal: tenants and people before it serves, the history in the background afterwards.</summary>
    public static IServiceCollection AddDemoWorker(this IServiceCollection services)
    {
        services.AddOptions<DemoOptions>().BindConfiguration(DemoOptions.Section);
        return services.AddHostedService<DemoWorker>();
    }
}

/// <summary>What a Development portal fills itself with.</summary>
public sealed class DemoOptions
{
    public const string Section = "SecureBase";

    /// <summary>Demo tenants and people before the portal serves, and a year of tickets afterwards.</summary>
    public bool SeedDemo { get; set; } = true;

    /// <summary>False leaves the tickets out.</summary>
    public bool SeedDemoHistory { get; set; } = true;
}
