using System.CommandLine;
using SecureBase.Core.Demo;

namespace SecureBase.Portal.Commands;

internal static class SeedDemoCommand
{
    internal static Command Create()
    {
        var command = new Command("seed-demo", "Fill a Development database with the demo's tenants, people and a year of tickets; only what is missing. A Development portal does this by itself.");
        command.SetAction((_, ct) => CommandLine.RunAsync<DemoHistory>(
            tenant: null,
            async (services, ct) =>
            {
                var seeder = services.GetRequiredService<DemoSeeder>();
                var people = await seeder.SeedTenantsAndPeopleAsync(ct);
                return people.IsSuccess ? await seeder.SeedHistoryAsync(ct) : people.Error;
            },
            Print, ct));
        return command;
    }

    private static void Print(DemoHistory history)
    {
        if (history.WasComplete)
            Console.WriteLine("The demo was complete.");
        foreach (var tenant in history.Tenants)
            Console.WriteLine($"{tenant.Tenant} {tenant.Tickets}");
    }
}
