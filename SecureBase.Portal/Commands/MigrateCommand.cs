using System.CommandLine;
using SecureBase.Core.Persistence;
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
            var pending = await DatabaseMigrator.PendingAsync(owner, ct);
            await DatabaseMigrator.MigrateAsync(owner, ct);
            foreach (var migration in pending)
                Console.WriteLine(migration);
            await Console.Error.WriteLineAsync(pending.Count == 0 ? "The database was current." : $"{pending.Count} migrations applied.");
            return CommandLine.Done;
        });
        return command;
    }
}
