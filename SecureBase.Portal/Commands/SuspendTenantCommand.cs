using System.CommandLine;
using SecureBase.Core.Tenants;

namespace SecureBase.Portal.Commands;

internal static class SuspendTenantCommand
{
    internal static Command Create()
    {
        var tenant = new Option<string>("--tenant") { Description = "The tenant's slug.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why, 3 to 500 characters; kept in the tenant's audit log.", Required = true };
        var command = new Command("suspend-tenant", "Close a tenant's portal and API. Sessions, circuits and keys stop within five seconds on every node; data is kept.") { tenant, reason };
        command.SetAction((parsed, ct) => CommandLine.RunAsync(
            tenant: null,
            (services, ct) => services.GetRequiredService<TenantService>().SuspendAsync(parsed.GetRequiredValue(tenant), parsed.GetRequiredValue(reason), ct),
            info => Console.WriteLine(info.Slug), ct));
        return command;
    }
}

internal static class ResumeTenantCommand
{
    internal static Command Create()
    {
        var tenant = new Option<string>("--tenant") { Description = "The tenant's slug.", Required = true };
        var command = new Command("resume-tenant", "Open a suspended tenant's portal and API again.") { tenant };
        command.SetAction((parsed, ct) => CommandLine.RunAsync(
            tenant: null,
            (services, ct) => services.GetRequiredService<TenantService>().ResumeAsync(parsed.GetRequiredValue(tenant), ct),
            info => Console.WriteLine(info.Slug), ct));
        return command;
    }
}
