using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureBase.Core.Webhooks;

namespace SecureBase.Core.Demo;

public static class DemoFeature
{
    public static IServiceCollection AddDemo(this IServiceCollection services) => services.AddSingleton<DemoSeeder>();

    /// <summary>For a Development portal: tenants and people before it serves, the history in the background afterwards.</summary>
    public static IServiceCollection AddDemoWorker(this IServiceCollection services)
    {
        services.AddOptions<DemoOptions>().BindConfiguration(DemoOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WebhookOptions>().PostConfigure<IOptions<DemoOptions>>((webhooks, demo) =>
        {
            if (demo.Value.Receiver is not null)
                webhooks.Allow(new IPNetwork(DemoOptions.ReceiverAddress, prefixLength: 32));
        });
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

    /// <summary>An address of this machine that nothing else listens on by habit: it is the one that the demo's deliveries may reach.</summary>
    public static readonly IPAddress ReceiverAddress = IPAddress.Parse("127.5.0.81");

    /// <summary>Port of <see cref="ReceiverAddress"/> at which the demo's customers take in their webhooks; 0 for no receiver and no endpoints.</summary>
    [Range(0, 65_535, ErrorMessage = "SecureBase:DemoReceiverPort must lie between 0 and 65,535.")]
    public int DemoReceiverPort { get; set; } = 5081;

    /// <summary>Where the demo's receiver listens; null for none.</summary>
    public Uri? Receiver => SeedDemo && DemoReceiverPort > 0 ? new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{ReceiverAddress}:{DemoReceiverPort}/")) : null;
}
