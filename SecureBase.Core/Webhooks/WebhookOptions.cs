using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace SecureBase.Core.Webhooks;

/// <summary>How webhooks are delivered. The defaults are those of the product contract, section 4.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    public const string Section = "Webhooks";

    /// <summary>After 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h: ten attempts over 75 h 35 m 05 s.</summary>
    private static readonly IReadOnlyList<TimeSpan> DefaultSchedule =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private readonly List<string> _faults = [];

    /// <summary>Waits before the second, third … attempt, each scattered by 20 % to either side.</summary>
    public IReadOnlyList<TimeSpan> RetrySchedule { get; private set; } = DefaultSchedule;

    /// <summary>Ports of public addresses.</summary>
    public IReadOnlyList<int> AllowedPorts { get; private set; } = [443, 8443];

    /// <summary>Networks inside which every address, scheme and port is allowed. Empty by default: nothing is exempt.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; private set; } = [];

    /// <summary>Longest time one attempt may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Webhooks:Timeout must lie between 100 ms and 1 minute.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Attempts at once to one endpoint from one node.</summary>
    [Range(1, 256, ErrorMessage = "Webhooks:ConcurrencyPerEndpoint must lie between 1 and 256.")]
    public int ConcurrencyPerEndpoint { get; set; } = 8;

    /// <summary>Attempts at once for one tenant from one node, so that its slow receivers leave room for others; each endpoint has one more place if it has none.</summary>
    [Range(1, 1024, ErrorMessage = "Webhooks:ConcurrencyPerTenant must lie between 1 and 1,024.")]
    public int ConcurrencyPerTenant { get; set; } = 64;

    /// <summary>Attempts at once from one node, besides that one place of each endpoint.</summary>
    [Range(1, 4096, ErrorMessage = "Webhooks:Concurrency must lie between 1 and 4,096.")]
    public int Concurrency { get; set; } = 256;

    /// <summary>Exempts one network more than the configuration does.</summary>
    public void Allow(IPNetwork network) => AllowedNetworks = [.. AllowedNetworks, network];

    /// <summary>Read here and not by the binder, which adds to a default list instead of replacing it; one text with commas is a list too.</summary>
    internal void Read(IConfiguration section)
    {
        Timeout = section.GetValue(nameof(Timeout), Timeout);
        ConcurrencyPerEndpoint = section.GetValue(nameof(ConcurrencyPerEndpoint), ConcurrencyPerEndpoint);
        ConcurrencyPerTenant = section.GetValue(nameof(ConcurrencyPerTenant), ConcurrencyPerTenant);
        Concurrency = section.GetValue(nameof(Concurrency), Concurrency);
        RetrySchedule = Read(section, nameof(RetrySchedule), DefaultSchedule, "a time such as 00:05:00",
            text => TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var delay) && delay > TimeSpan.Zero && delay <= TimeSpan.FromDays(7) ? delay : null);
        AllowedPorts = Read(section, nameof(AllowedPorts), AllowedPorts, "a port from 1 to 65535",
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65_535 ? port : null);
        AllowedNetworks = Read(section, nameof(AllowedNetworks), AllowedNetworks, "a network such as 10.20.0.0/16",
            text => IPNetwork.TryParse(text, out var network) ? network : (IPNetwork?)null);
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => _faults.Select(fault => new ValidationResult(fault));

    private List<T> Read<T>(IConfiguration section, string name, IReadOnlyList<T> otherwise, string what, Func<string, T?> parse) where T : struct
    {
        var given = section.GetSection(name);
        var texts = given.Value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [.. given.GetChildren().Select(c => c.Value?.Trim() ?? "")];
        if (!given.Exists())
            return [.. otherwise];
        _faults.AddRange(texts.Where(text => parse(text) is null).Select(text => $"{Section}:{name} holds '{text}', which is not {what}."));
        return [.. texts.Select(parse).OfType<T>()];
    }
}
