using System.Diagnostics;
using System.Globalization;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>What <c>postmaster.pid</c> says of the server that holds a cluster.</summary>
internal sealed record PostmasterFile(int ProcessId, int Port)
{
    public static string PathIn(string cluster) => Path.Combine(cluster, "postmaster.pid");

    /// <summary>Reads the file; null when there is none or it is not written to the end yet.</summary>
    public static PostmasterFile? Read(string cluster)
    {
        try
        {
            var lines = File.ReadAllLines(PathIn(cluster));
            return lines.Length >= 4
                && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var process)
                && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
                    ? new PostmasterFile(process, port)
                    : null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether that server still runs on that cluster. A process id alone proves nothing (after a restart of the machine
    /// or container another process has it), so where the system tells, its working directory must be the cluster.
    /// </summary>
    public bool Serves(string cluster)
    {
        // A zombie has no working directory left, nor has another account's process one we may see.
        return Directory.Exists("/proc/self")
            ? new FileInfo($"/proc/{ProcessId}/cwd").LinkTarget == RealPath(cluster)
            : Exists();
    }

    /// <summary>
    /// Removes a leftover file that names a process which is alive but not this cluster's server: PostgreSQL would take it for
    /// one and refuse to start. Its shared memory, found by the folder's identity, still keeps two servers apart.
    /// </summary>
    public static void ForgetStranger(string cluster)
    {
        if (Read(cluster) is { } file && Directory.Exists($"/proc/{file.ProcessId}") && !file.Serves(cluster))
            File.Delete(PathIn(cluster));
    }

    private bool Exists()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var part in path[real.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (Directory.ResolveLinkTarget(real, returnFinalTarget: true) is { } target)
                real = RealPath(target.FullName);
        }

        return real;
    }
}
