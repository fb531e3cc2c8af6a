using Microsoft.Extensions.Logging.Console;

namespace SecureBase.Portal.Hosting;

/// <summary>Logs go to stderr, so that stdout carries only results: lines for people in Development, JSON elsewhere.</summary>
internal static class PortalLogging
{
    internal static void AddPortalLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddPortalConsole(builder.Configuration);
    }

    internal static void AddPortalConsole(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddConsole();
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (configuration["ASPNETCORE_ENVIRONMENT"] is not "Development")
            logging.AddJsonConsole(json => json.IncludeScopes = true);
        else
            logging.AddSimpleConsole(line => { line.SingleLine = true; line.TimestampFormat = "HH:mm:ss "; });
    }
}
