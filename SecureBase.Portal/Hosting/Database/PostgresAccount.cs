using System.Diagnostics;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>
/// Runs PostgreSQL's programs under the account that owns the cluster. PostgreSQL refuses to run as root, so a
/// privileged portal drops to the cluster's owner, to <c>postgres</c>, or to <c>nobody</c>, in this order.
/// </summary>
internal sealed class PostgresAccount
{
    private PostgresAccount(string? name) => Name = name;

    /// <summary>The account dropped to; null when the portal's own account will do.</summary>
    public string? Name { get; }

    public static async Task<PostgresAccount> ForAsync(string clusterDirectory, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return new PostgresAccount(null);

        if (Directory.Exists(clusterDirectory))
        {
            var owner = await RunAsync(null, "stat", ["-c", "%U", clusterDirectory], null, cancellationToken);
            if (owner.Succeeded && owner.Output.Trim() is not ("root" or "UNKNOWN") and { Length: > 0 } name)
                return new PostgresAccount(name);
        }

        var exists = await RunAsync(null, "id", ["-u", "postgres"], null, cancellationToken);
        return new PostgresAccount(exists.Succeeded ? "postgres" : "nobody");
    }

    public Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, string? input, CancellationToken cancellationToken) =>
        RunAsync(Name, program, arguments, input, cancellationToken);

    /// <summary>Hands a folder just made, and what is in it, to the account.</summary>
    public async Task TakeAsync(string path, CancellationToken cancellationToken)
    {
        if (Name is null)
            return;

        var result = await RunAsync(null, "chown", ["-R", Name, path], null, cancellationToken);
        if (!result.Succeeded)
            throw new DatabaseSetupException($"{path} cannot be given to the account '{Name}': {result.Output}");
    }

    /// <summary>Throws, naming the folder and the remedy, when the account may not pass through every folder on the way to the path.</summary>
    public async Task RequireReachableAsync(string path, CancellationToken cancellationToken)
    {
        if (Name is null)
            return;

        var folders = new Stack<string>();
        for (var folder = path; folder is not null; folder = Path.GetDirectoryName(folder))
            folders.Push(folder);

        const string FirstClosed = """for d; do [ -x "$d" ] || { printf %s "$d"; exit 1; }; done""";
        var result = await RunAsync("/bin/sh", ["-c", FirstClosed, "sh", .. folders], null, cancellationToken);
        if (!result.Succeeded)
        {
            throw new DatabaseSetupException(
                $"PostgreSQL does not run as root, and the account '{Name}' that takes its place cannot enter {result.Output}. "
                + "Run the portal as an ordinary user, set SecureBase:DataDirectory to a folder that the account can reach "
                + $"(such as /var/lib/securebase), or open the way with: chmod o+x '{result.Output}'");
        }
    }

    private static async Task<CommandResult> RunAsync(
        string? user, string program, IEnumerable<string> arguments, string? input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        if (user is not null)
            start.UserName = user;

        // The portal's environment holds secrets, and PG* variables would steer the server.
        var libraries = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH");
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        start.Environment["PATH"] = path;
        if (libraries is not null)
            start.Environment["LD_LIBRARY_PATH"] = libraries;

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardInput.WriteAsync((input ?? "").AsMemory(), cancellationToken);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            return new CommandResult(process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}

/// <summary>How a program ended and what it printed on both streams.</summary>
internal sealed record CommandResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}
