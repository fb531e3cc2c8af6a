using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace SecureBase.Portal.Hosting;

/// <summary>
/// Traces and metrics over OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> (or the same setting for one signal) names a
/// collector; nothing is collected otherwise. The standard <c>OTEL_*</c> settings apply.
/// </summary>
internal static class Telemetry
{
    /// <summary>Everything of ours begins with this name.</summary>
    private const string Own = "SecureBase*";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    internal static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (IsConfigured(configuration, "TRACES"))
            services.AddSingleton(_ => Traces(configuration));
        if (IsConfigured(configuration, "METRICS"))
            services.AddSingleton(_ => Metrics(configuration));
        services.AddHostedService<Exporters>();
        return services;
    }

    internal static bool IsConfigured(IConfiguration configuration, string signal) =>
        !string.IsNullOrWhiteSpace(configuration[Endpoint]) || !string.IsNullOrWhiteSpace(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);

    private static TracerProvider Traces(IConfiguration configuration) => Sdk.CreateTracerProviderBuilder()
        .ConfigureServices(exporter => exporter.AddSingleton(configuration))
        .ConfigureResource(Describe)
        .AddSource(Own, "Microsoft.AspNetCore", "Microsoft.AspNetCore.SignalR.Server", "Microsoft.AspNetCore.Components", "Npgsql", "Quartz", "System.Net.Http")
        .AddOtlpExporter()
        .Build();

    private static MeterProvider Metrics(IConfiguration configuration) => Sdk.CreateMeterProviderBuilder()
        .ConfigureServices(exporter => exporter.AddSingleton(configuration))
        .ConfigureResource(Describe)
        .AddMeter(
            Own, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Http.Connections", "Microsoft.AspNetCore.Routing",
            "Microsoft.AspNetCore.Diagnostics", "Microsoft.AspNetCore.Components*", "Npgsql", "System.Net.Http", "System.Runtime")
        .AddOtlpExporter()
        .Build();

    private static void Describe(ResourceBuilder resource) => resource.AddService(
        "securebase",
        serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(),
        serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}");

    /// <summary>Starts the exporters with the host and flushes what they hold when it stops.</summary>
    private sealed class Exporters(IServiceProvider services) : IHostedService
    {
        private const int FlushMilliseconds = 3_000;

        private TracerProvider? _traces;
        private MeterProvider? _metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            (_traces, _metrics) = (services.GetService<TracerProvider>(), services.GetService<MeterProvider>());
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _traces?.ForceFlush(FlushMilliseconds);
            _metrics?.ForceFlush(FlushMilliseconds);
            return Task.CompletedTask;
        }
    }
}
