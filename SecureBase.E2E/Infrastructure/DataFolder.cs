using System.Globalization;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.E2E.Infrastructure;

/// <summary>A new data directory for a portal that owns its PostgreSQL, and a look at that server behind the portal's back.</summary>
internal sealed class DataFolder : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sb-e2e-");

    public DataFolder()
    {
        // The account that PostgreSQL runs as must be able to pass.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FullName, File.GetUnixFileMode(_folder.FullName) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public string Path => System.IO.Path.Combine(_folder.FullName, "data");

    /// <summary>The process of the PostgreSQL server; null while its folder names none.</summary>
    public int? ServerProcess => ServerLine(0);

    /// <summary>The key the portal has made.</summary>
    public string MasterKey => File.ReadLines(System.IO.Path.Combine(Path, "master.key")).First();

    /// <summary>How the roles reach the server as it runs now.</summary>
    public DatabaseConnections Connections
    {
        get
        {
            var credentials = RoleCredentials.Read(Path) ?? throw new InvalidOperationException("The portal has not made its roles yet.");
            return new DatabaseConnections(Of(RoleScript.Owner, credentials.Owner), Of(RoleScript.App, credentials.App), Of(RoleScript.Staff, credentials.Staff));
        }
    }

    public async ValueTask DisposeAsync()
    {
        // What a killed portal has left running.
        if (ServerProcess is { } left)
        {
            await PortalServer.SignalAsync("INT", left);
            await Until.TrueAsync("the server that was left has stopped", () => ServerProcess is null);
        }
        _folder.Delete(recursive: true);
    }

    private string Of(string role, string password) => string.Create(CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={ServerLine(3)};Database={EmbeddedDatabase.Name};Username={role};Password={password}");

    // See PostgreSQL's documentation of postmaster.pid: process in the first line, port in the fourth. It is written line by line.
    private int? ServerLine(int number)
    {
        var file = System.IO.Path.Combine(Path, "postgres", "cluster", "postmaster.pid");
        return File.Exists(file) && File.ReadAllLines(file) is var lines && lines.Length > number
            && int.TryParse(lines[number], CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
