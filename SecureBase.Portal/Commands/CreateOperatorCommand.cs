using System.CommandLine;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Portal.Commands;

internal static class CreateOperatorCommand
{
    internal static Command Create()
    {
        var email = new Option<string>("--email") { Description = "E-mail address to sign in with.", Required = true };
        var name = new Option<string>("--name") { Description = "The person's name.", Required = true };
        var provider = new Option<string>("--provider") { Description = "The provider's name, when this is the first account.", DefaultValueFactory = _ => "SecureBase" };
        var role = new Option<string>("--role") { Description = "agent, lead or platform_admin.", DefaultValueFactory = _ => Roles.PlatformAdmin };
        var command = new Command("create-operator", "Create an account for the admin area. The password is read from stdin, one line, so that it stands in no command history.") { email, name, provider, role };
        command.SetAction((parsed, ct) => CommandLine.RunAsync<PersonSummary>(
            tenant: null,
            async (services, ct) =>
            {
                var tenant = await services.GetRequiredService<TenantService>().EnsureOperatorAsync(parsed.GetRequiredValue(provider), "Etc/UTC", ct);
                if (!tenant.IsSuccess)
                    return tenant.Error;
                services.GetRequiredService<TenantContext>().Enter(tenant.Value);
                if (!Console.IsInputRedirected)
                    await Console.Error.WriteAsync("Password: ");
                var password = await Console.In.ReadLineAsync(ct);
                return await services.GetRequiredService<PeopleService>().AddAsync(
                    new NewPerson(parsed.GetRequiredValue(email), parsed.GetRequiredValue(name), parsed.GetRequiredValue(role), password), ct);
            },
            person => Console.WriteLine(person.Id), ct));
        return command;
    }
}
