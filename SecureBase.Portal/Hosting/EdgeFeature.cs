using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace SecureBase.Portal.Hosting;

/// <summary>The outermost layer: what a request meets before anyone knows which tenant it is for.</summary>
internal static class EdgeFeature
{
    // The framework's own switch for proxies believes every sender.
    private const string BelieveEverybody = "ForwardedHeaders_Enabled";

    internal static IServiceCollection AddEdge(this IServiceCollection services)
    {
        services.AddOptions<EdgeOptions>()
            .BindConfiguration(EdgeOptions.Section)
            .Validate<IConfiguration>(
                (_, configuration) => !configuration.GetValue<bool>(BelieveEverybody),
                $"{BelieveEverybody} believes X-Forwarded headers from everybody. Remove it and list your proxies in {EdgeOptions.Section}:{nameof(EdgeOptions.TrustedProxies)}.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<EdgeOptions>, EdgeOptionsValidation>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<EdgeOptions>>(BelieveTrustedProxies);
        services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        services.AddExceptionHandler<FailureHandler>();
        services.AddHealth();
        return services;
    }

    /// <summary>First in the pipeline. The order matters: failures of everything behind are answered, and every answer carries the headers.</summary>
    internal static void UseEdge(this WebApplication app)
    {
        app.UseMiddleware<PlainAddresses>();
        if (app.Services.GetRequiredService<IOptions<EdgeOptions>>().Value.TrustedProxies.Count > 0)
            app.UseForwardedHeaders();
        app.UseMiddleware<RequestScope>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler(_ => { });
        app.UseHealth();
        app.UseMiddleware<OriginCheck>();
        app.UseMiddleware<ReadableAddress>();
        app.UseMiddleware<FormSize>();
    }

    private static void BelieveTrustedProxies(ForwardedHeadersOptions headers, IOptions<EdgeOptions> edge)
    {
        headers.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        headers.ForwardLimit = null; // each hop is checked against the networks, so their number need not be known
        headers.KnownProxies.Clear();
        headers.KnownIPNetworks.Clear();
        foreach (var network in edge.Value.Networks)
            headers.KnownIPNetworks.Add(network);
    }

    private sealed class EdgeOptionsValidation : IValidateOptions<EdgeOptions>
    {
        public ValidateOptionsResult Validate(string? name, EdgeOptions options) =>
            options.Faults().ToArray() is { Length: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
