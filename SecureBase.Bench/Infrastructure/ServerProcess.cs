using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SecureBase.Bench.Infrastructure;

/// <summary>A server in a process of its own, ended by its PID.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Memory the process holds at this moment, in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time this process has used so far; the database's is not in it.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the assembly and waits until its health address answers 200.</summary>
    public static async Task<ServerProcess> StartAsync(string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> settings, CancellationToken ct)
    {
        var server = Launch(assembly, arguments, settings, FreePort());
        using var client = Http.Client(server.Port, connections: 1);
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(50, ct))
        {
            if (server._process.HasExited)
                throw new InvalidOperationException($"{Path.GetFileName(assembly)} ended with exit code {server._process.ExitCode}.");
            if (await Http.AnswersAsync(client, "/health/ready", ct))
                return server;
            if (waited.Elapsed > TimeSpan.FromSeconds(60))
                throw new TimeoutException($"{Path.GetFileName(assembly)} was not ready within a minute.");
        }
    }

    /// <summary>Starts the assembly and waits for nothing.</summary>
    public static ServerProcess Launch(string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> settings, int port)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Path.GetDirectoryName(assembly)!, RedirectStandardOutput = true };
        foreach (var argument in (string[])[assembly, .. arguments, "--urls", $"http://127.0.0.1:{port}"])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{assembly} did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return new ServerProcess(process, port);
    }

    /// <summary>Ends the process as <c>kill -9</c> does: without any farewell.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var term = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await term.WaitForExitAsync();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
