using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SecureBase.E2E.Infrastructure;

/// <summary>
/// One node: the real portal in a process of its own, which can be killed and started again on the same port. Its output is
/// kept for the evidence of a failed journey.
/// </summary>
internal sealed class PortalServer : IAsyncDisposable
{
    private const int KeptLines = 4000;
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "SecureBase.Portal.dll");

    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly HttpMessageInvoker _client;
    private Process? _process;

    private PortalServer(int port, IReadOnlyDictionary<string, string> settings)
    {
        (Port, _settings) = (port, settings);
        _client = Loopback.Client(port);
    }

    public int Port { get; }

    public IEnumerable<string> Output => _output;

    /// <summary>Starts a node on a free port and waits until it is ready.</summary>
    /// <param name="settings">Environment variables on top of those every node of a test has.</param>
    public static async Task<PortalServer> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var server = new PortalServer(Loopback.FreePort(), settings);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the node, for the first time or again on the same port, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = AppContext.BaseDirectory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Assembly, "--urls", $"http://127.0.0.1:{Port}"])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in Common.Concat(_settings))
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The portal did not start.");
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Until.TrueAsync($"the portal on port {Port} is ready", async () =>
        {
            if (_process.HasExited)
                Assert.Fail($"The portal ended with exit code {_process.ExitCode}:\n{string.Join('\n', _output)}");
            return await Loopback.StatusAsync(_client, "/health/ready") == HttpStatusCode.OK;
        }, seconds: 120);
    }

    /// <summary>The address of a page; <paramref name="label"/> is a tenant's slug, <c>admin</c> or <c>api</c>.</summary>
    public string AddressOf(string label, string path = "/") => $"http://{label}.localhost:{Port}{path}";

    /// <summary>The base domain, where people find their organisation's address.</summary>
    public string BaseAddress => $"http://localhost:{Port}/";

    /// <summary>Ends the process as <c>kill -9</c> does: without any farewell.</summary>
    public async Task KillAsync()
    {
        var process = _process ?? throw new InvalidOperationException("The portal does not run.");
        await SignalAsync("KILL", process.Id);
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } running)
        {
            await SignalAsync("TERM", running.Id);
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            try
            {
                await running.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await SignalAsync("KILL", running.Id);
                throw new TimeoutException($"The portal on port {Port} did not end within a minute of SIGTERM:\n{string.Join('\n', _output.TakeLast(20))}");
            }
            finally
            {
                _client.Dispose();
            }
        }
        _process?.Dispose();
    }

    /// <summary>Sends a signal to a process of the test's own.</summary>
    internal static async Task SignalAsync(string signal, int processId)
    {
        using var kill = Process.Start("kill", ["-" + signal, processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static IEnumerable<KeyValuePair<string, string>> Common =>
    [
        new("ASPNETCORE_ENVIRONMENT", "Development"),
        new("SecureBase__BaseDomain", "localhost"),
        new("SecureBase__SeedDemo", "false"),
        // Every journey's browser has the same address.
        new("AttemptLimits__SignIn__Tries", "100000"),
        new("AttemptLimits__Mail__Tries", "100000"),
        new("AttemptLimits__Other__Tries", "100000"),
    ];

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        _output.Enqueue(line.Data);
        while (_output.Count > KeptLines)
            _output.TryDequeue(out _);
    }
}
