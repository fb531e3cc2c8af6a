using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Tests.Scheduling;

namespace SecureBase.Tests.Infrastructure;

/// <summary>
/// Another process that has a cluster open. This assembly is its program: <c>dotnet exec SecureBase.Tests.dll FOLDER</c>
/// opens the cluster, prints its port, and closes it when its input ends.
/// </summary>
internal sealed class ClusterHolder : IAsyncDisposable
{
    private readonly Process _process;

    private ClusterHolder(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<int> Main(string[] arguments)
    {
        if (await JobNode.HandlesAsync(arguments))
            return 0;
        await using var postgres = await EmbeddedPostgres.OpenAsync(Options(arguments[0]), NullLogger.Instance);
        Console.WriteLine(postgres.Port.ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public static EmbeddedPostgresOptions Options(string folder) => new() { Directory = folder, Durable = false };

    public static async Task<ClusterHolder> StartAsync(string folder)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(ClusterHolder).Assembly.Location, folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var port = await process.StandardOutput.ReadLineAsync();
        Assert.True(int.TryParse(port, CultureInfo.InvariantCulture, out var number), $"The helper process said '{port}' and not a port.");
        return new ClusterHolder(process, number);
    }

    /// <summary>Ends the process as a crash would: no handler of it runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Lets the process close the cluster and end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
