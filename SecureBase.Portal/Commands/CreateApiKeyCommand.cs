using System.CommandLine;
using SecureBase.Core.Access;

namespace SecureBase.Portal.Commands;

internal static class CreateApiKeyCommand
{
    internal static Command Create()
    {
        var tenant = new Option<string>("--tenant") { Description = "The tenant's slug.", Required = true };
        var name = new Option<string>("--name") { Description = "What uses the key, 1 to 80 characters.", Required = true };
        var scopes = new Option<string>("--scopes") { Description = $"Comma-separated: {string.Join(", ", [.. ApiScopes.Tenant, .. ApiScopes.Operator])} (the last two for the operator's tenant, admin).", Required = true };
        var command = new Command("create-api-key", "Create an API key for a tenant. The key is the last line of stdout and is never shown again.") { tenant, name, scopes };
        command.SetAction((parsed, ct) => CommandLine.RunAsync(
            parsed.GetRequiredValue(tenant),
            (services, ct) => services.GetRequiredService<ApiKeyService>().CreateAsync(
                parsed.GetRequiredValue(name),
                parsed.GetRequiredValue(scopes).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), expiresAt: null, ct),
            key => Console.WriteLine(key.Text), ct));
        return command;
    }
}
