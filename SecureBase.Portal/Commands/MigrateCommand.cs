using System.CommandLine;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Portal.Commands;

internal static class MigrateCommand
{
    internal static Command Create()
    {
        var command = new Command("migrate", "Bring the database to this build's schema, as its owner. Run it before the new build serves.");
        command.SetAction(async (_, ct) =>
        {
            var (configuration, environment) = CommandLine.Configuration();
            await using var database = await PortalDatabase.OpenAsync(configuration, environment, mayMigrate: false, ct);
            if (database.Connections.Owner is not { } owner)
            {
                await Console.Error.WriteLineAsync("Set ConnectionStrings:SecureBase to the owner's connection string: only the owner may migrate.");
                return CommandLine.Failed;
            }
            var done = await PortalDatabase.MigrateAsync(owner, ct);
            foreach (var migration in done)
                Console.WriteLine(migration);
            await Console.Error.WriteLineAsync(done.Count == 0 ? "The database was current." : $"{done.Count} migrations applied.");
            return CommandLine.Done;
        });
        return command;
    }
}
