using System.CommandLine;
using System.Globalization;
using SecureBase.Core.Secrets;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Portal.Secrets;

namespace SecureBase.Portal.Commands;

internal static class RotateKeysCommand
{
    private const string Help = """
        Exchange the master key: seal every secret anew under the current one, while portals serve. May be killed and run again.
        With a key file in the data directory the command makes a new key itself, puts it first in the file, and nodes that share the file read it within a second.
        With configured keys, first let every node know the new key (add it to SecureBase:OldMasterKeys), then make it SecureBase:MasterKey and the present one the first of SecureBase:OldMasterKeys, and then run the command.
        """;

    internal static Command Create()
    {
        var drop = new Option<bool>("--drop-old") { Description = "Exchange nothing: take the older keys out of the key file, if no secret in the database needs them. Backups made before still do: keep a copy with them." };
        var command = new Command("rotate-keys", Help) { drop };
        command.SetAction((parsed, ct) => CommandLine.RunAsync(
            (database, services, ct) => parsed.GetValue(drop)
                ? DropAsync(database, services.GetRequiredService<KeyRotation>(), ct)
                : RotateAsync(database, services.GetRequiredService<KeyRotation>(), ct), ct));
        return command;
    }

    private static async Task<int> RotateAsync(PortalDatabase database, KeyRotation rotation, CancellationToken ct)
    {
        var left = await rotation.RemainingAsync(ct);
        if (database.KeySource is KeyFile file && !(left > 0 && database.Keys.Keys.Count > 1))
        {
            var key = SecretKey.New();
            if (!TryWrite(file, [key, .. file.Read()]))
            {
                await Console.Error.WriteLineAsync($"{file.Path} cannot be written. Put a new key (openssl rand -base64 32) above the others in it, as every node reads it, and run the command again.");
                return CommandLine.Failed;
            }
            database.Keys.Refresh();
            await Console.Error.WriteLineAsync($"A new key {key.Id} stands first in {file.Path}. Back the file up: without it, what it seals is lost.");
        }
        else if (left > 0)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{left} secrets are not sealed under the current key yet."));
        }
        else if (database.Keys.Keys.Count == 1)
        {
            await Console.Error.WriteLineAsync($"Every secret is sealed under {MasterKeys.Setting}, and there is no other key to exchange it for. Add --help to see how.");
            return CommandLine.Failed;
        }

        if (await rotation.RunAsync(new Told(), ct) is not { } report)
        {
            await Console.Error.WriteLineAsync("Another exchange of keys is under way. Nothing was done.");
            return CommandLine.Failed;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"key {report.Key}: {report.Exchanged} exchanged, {report.Remaining} remaining"));
        foreach (var unreadable in report.Unreadable)
            Console.WriteLine(unreadable);
        await Console.Error.WriteLineAsync(!report.OldKeysAreDispensable ? "Older keys must be kept: see above."
            : database.KeySource is KeyFile ? "Nothing in this database needs an older key. Take them out of the file with --drop-old once no backup from before is needed."
            : $"Nothing in this database needs an older key. Take them out of {MasterKeys.OlderSetting} once no backup from before is needed.");
        return report.OldKeysAreDispensable ? CommandLine.Done : CommandLine.Failed;
    }

    private static async Task<int> DropAsync(PortalDatabase database, KeyRotation rotation, CancellationToken ct)
    {
        var left = await rotation.RemainingAsync(ct);
        if (left > 0)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{left} secrets still need an older key: run rotate-keys first. Nothing was dropped."));
            return CommandLine.Failed;
        }
        if (database.KeySource is not KeyFile file)
        {
            await Console.Error.WriteLineAsync($"Nothing in this database needs an older key. Take them out of {MasterKeys.OlderSetting} yourself: this command does not write configuration.");
            return CommandLine.Done;
        }
        var keys = file.Read();
        if (!TryWrite(file, [keys[0]]))
        {
            await Console.Error.WriteLineAsync($"Nothing in this database needs an older key, but {file.Path} cannot be written: leave only its first line.");
            return CommandLine.Failed;
        }
        foreach (var dropped in keys.Skip(1))
            Console.WriteLine(dropped.Id);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{keys.Count - 1} older keys were dropped."));
        return CommandLine.Done;
    }

    // A file that is mounted into a container may be read only.
    private static bool TryWrite(KeyFile file, IEnumerable<SecretKey> keys)
    {
        try
        {
            file.Write(keys);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed class Told : IProgress<RotationProgress>
    {
        public void Report(RotationProgress value) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Where}: {value.Exchanged:N0}"));
    }
}
