using System.CommandLine;
using System.Globalization;
using SecureBase.Core.Access;

namespace SecureBase.Portal.Commands;

internal static class CreateApiKeyCommand
{
    internal static Command Create()
    {
        var tenant = new Option<string>("--tenant") { Description = "The tenant's slug.", Required = true };
        var name = new Option<string>("--name") { Description = $"What uses the key, 1 to {ApiKey.NameMax} characters.", Required = true };
        var scopes = new Option<string>("--scopes") { Description = $"Comma-separated: {string.Join(", ", ApiScopes.For(isOperator: true))} (the last two for the operator's tenant, admin).", Required = true };
        var description = new Option<string?>("--description") { Description = $"Up to {ApiKey.DescriptionMax} characters." };
        var expires = new Option<DateTimeOffset?>("--expires")
        {
            Description = "When the key ends: a number of days, such as 90, or an instant, such as 2027-01-31T12:00:00Z (a date is midnight UTC). Without it the key never expires.",
            CustomParser = Instant,
        };
        var allow = new Option<string?>("--allow") { Description = "Comma-separated networks or addresses the key may be used from, such as 203.0.113.0/24,2001:db8::/32. Without it: from everywhere." };
        var limit = new Option<int?>("--requests-per-hour") { Description = "A limit of its own, below the tenant's." };
        var command = new Command("create-api-key", "Create an API key for a tenant. The key is the last line of stdout and is never shown again.") { tenant, name, scopes, description, expires, allow, limit };
        command.SetAction((parsed, ct) => CommandLine.RunAsync(
            parsed.GetRequiredValue(tenant),
            (services, ct) => services.GetRequiredService<ApiKeyService>().CreateAsync(new NewApiKey
            {
                Name = parsed.GetRequiredValue(name),
                Description = parsed.GetValue(description),
                Scopes = Words(parsed.GetRequiredValue(scopes)),
                ExpiresAt = parsed.GetValue(expires),
                IpAllowList = Words(parsed.GetValue(allow)),
                RequestsPerHour = parsed.GetValue(limit),
            }, ct),
            key => Console.WriteLine(key.Text), ct));
        return command;
    }

    private static string[] Words(string? list) => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static DateTimeOffset? Instant(System.CommandLine.Parsing.ArgumentResult given)
    {
        var text = given.Tokens.Single().Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 3_653)
            return TimeProvider.System.GetUtcNow().AddDays(days);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && text.Contains('-', StringComparison.Ordinal))
            return at;
        given.AddError($"--expires takes a number of days or an instant such as 2027-01-31T12:00:00Z; '{text}' is neither.");
        return null;
    }
}
