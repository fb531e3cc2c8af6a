using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SecureBase.Bench.Infrastructure;

namespace SecureBase.Bench.Webhooks;

/// <summary>
/// Customers' systems in a process of their own. By path: <c>/take</c> answers 204 at once, <c>/slow</c> after two seconds, <c>/dead</c> never,
/// <c>/note</c> at once and remembers when which event came; <c>/far</c> after 50 ms, as over the internet.
/// </summary>
internal sealed class ReceiverServer : IAsyncDisposable
{
    private static readonly Dictionary<string, TimeSpan> Waits = new()
    {
        ["/far"] = TimeSpan.FromMilliseconds(50), ["/slow"] = TimeSpan.FromSeconds(2), ["/dead"] = Timeout.InfiniteTimeSpan,
    };

    private readonly ServerProcess _process;
    private readonly HttpMessageInvoker _client;

    private ReceiverServer(ServerProcess process) => (_process, _client) = (process, Http.Client(process.Port, connections: 4));

    public static async Task<ReceiverServer> StartAsync(CancellationToken ct) =>
        new(await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "SecureBase.Bench.dll"), ["receiver"], new Dictionary<string, string>(), ct));

    public string At(string path) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_process.Port}{path}");

    /// <summary>Waits until the event of this metric has come; its time is of <see cref="Stopwatch"/>, which is the same in all processes of a machine.</summary>
    public Task<long> ArrivalAsync(string metric, CancellationToken ct) => ReadAsync("/note/" + metric, ct);

    private async Task<long> ReadAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://receiver.localhost" + path);
        using var response = await _client.SendAsync(request, ct);
        return long.Parse(await response.Content.ReadAsStringAsync(ct), CultureInfo.InvariantCulture);
    }

    /// <summary>Requests answered at <c>/take</c> and <c>/far</c>.</summary>
    public Task<long> TakenAsync(CancellationToken ct) => ReadAsync("/taken", ct);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }

    /// <summary>The process itself.</summary>
    public static async Task ServeAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var noted = new ConcurrentDictionary<string, TaskCompletionSource<long>>();
        var taken = 0L;
        app.Run(AnswerAsync);
        await app.RunAsync();

        async Task AnswerAsync(HttpContext http)
        {
            var at = Stopwatch.GetTimestamp();
            var path = http.Request.Path.Value!;
            if (path == "/health/ready")
                return;
            if (HttpMethods.IsGet(http.Request.Method))
            {
                var answer = path == "/taken" ? Interlocked.Read(ref taken) : await Note(path["/note/".Length..]).Task.WaitAsync(http.RequestAborted);
                await http.Response.WriteAsync(answer.ToString(CultureInfo.InvariantCulture));
                return;
            }
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            if (Waits.TryGetValue(path, out var wait))
                await Task.Delay(wait, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (path is "/take" or "/far")
                Interlocked.Increment(ref taken);
            if (path == "/note")
            {
                using var json = JsonDocument.Parse(body.ToArray());
                Note(json.RootElement.GetProperty("data").GetProperty("metric").GetString()!).TrySetResult(at);
            }
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }

        TaskCompletionSource<long> Note(string metric) => noted.GetOrAdd(metric, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
