using System.CommandLine;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Commands;

internal static class CreateTenantCommand
{
    private const int DevelopmentPort = 5080;

    internal static Command Create()
    {
        var slug = new Option<string>("--slug") { Description = "The label in front of the base domain, 3 to 40 of a-z, 0-9 and '-'. Never changed and never used again.", Required = true };
        var name = new Option<string>("--name") { Description = "What the organisation is called.", Required = true };
        var plan = new Option<string>("--plan") { Description = $"One of {string.Join(", ", WireName.All<Plan>())}.", DefaultValueFactory = _ => WireName.Of(Plan.Standard) };
        var zone = new Option<string>("--time-zone") { Description = "An IANA name, e.g. Europe/Berlin.", DefaultValueFactory = _ => "Etc/UTC" };
        var email = new Option<string>("--admin-email") { Description = "Where the first admin's invitation goes.", Required = true };
        var admin = new Option<string?>("--admin-name") { Description = "The first admin's name." };
        plan.Validators.Add(parsed =>
        {
            if (!WireName.TryParse<Plan>(parsed.GetValueOrDefault<string>(), out _))
                parsed.AddError($"The plan is one of {string.Join(", ", WireName.All<Plan>())}.");
        });
        var command = new Command("create-tenant", "Create a tenant and invite its first admin. Prints the tenant's address; the invitation is mailed by the running portal.") { slug, name, plan, zone, email, admin };
        command.SetAction((parsed, ct) => CommandLine.RunAsync(
            tenant: null,
            (services, ct) => services.GetRequiredService<TenantService>().CreateAsync(
                new NewTenant(
                    parsed.GetRequiredValue(slug), parsed.GetRequiredValue(name), WireName.Parse<Plan>(parsed.GetRequiredValue(plan)), parsed.GetRequiredValue(zone),
                    Admin: new FirstAdmin(parsed.GetValue(admin), parsed.GetRequiredValue(email))), ct),
            info => Console.WriteLine(Address(info)), ct));
        return command;
    }

    // No server runs in this process to ask for its port.
    private static string Address(TenantInfo tenant)
    {
        var (configuration, environment) = CommandLine.Configuration();
        var options = configuration.GetSection(PortalOptions.Section).Get<PortalOptions>() ?? new PortalOptions();
        var pattern = options.PublicUrl is { Length: > 0 } configured ? configured
            : environment.IsDevelopment() ? $"http://{{slug}}.{options.BaseDomain}:{(configuration["Urls"] is { Length: > 0 } urls ? BindingAddress.Parse(urls.Split(';')[0]).Port : DevelopmentPort)}"
            : $"https://{{slug}}.{options.BaseDomain}";
        return new PublicAddress(pattern).Of(tenant.Slug, "/").AbsoluteUri;
    }
}
