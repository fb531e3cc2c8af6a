using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace SecureBase.E2E.Infrastructure;

/// <summary>
/// What a browser complains of while a journey runs: console errors (a violated content security policy is one), script
/// failures, failed requests, answers of 400 and above, and any request that leaves this machine. A journey fails on all it did not expect.
/// </summary>
internal sealed class Problems
{
    private readonly ConcurrentQueue<string> _found = new();
    private readonly ConcurrentBag<Regex> _expected = [];

    public Problems(IBrowserContext context)
    {
        context.Console += (_, message) =>
        {
            Log.Enqueue($"{message.Type}: {message.Text}");
            if (message.Type == "error")
                Add($"console: {message.Text} ({message.Location})");
        };
        context.WebError += (_, error) => Add($"script: {error.Error}");
        context.Request += (_, request) =>
        {
            if (Uri.TryCreate(request.Url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "ws" or "wss" && !IsOurs(address))
                Add($"request to another machine: {request.Url}");
        };
        context.RequestFailed += (_, request) =>
        {
            // A page that is left gives up what it was loading.
            if (request.Failure != "net::ERR_ABORTED")
                Add($"request: {request.Method} {request.Url} failed with {request.Failure}");
        };
        context.Response += (_, response) =>
        {
            if (response.Status >= 400)
                Add($"answer: {response.Status} for {response.Request.Method} {response.Url}");
        };
    }

    /// <summary>Everything the console said, for the evidence.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>The unexpected ones.</summary>
    public IEnumerable<string> Unexpected => _found.Where(problem => !_expected.Any(e => e.IsMatch(problem)));

    /// <summary>From now on, and for what was found so far, problems that match the expression belong to the journey.</summary>
    public void Expect(string expression) => _expected.Add(new Regex(expression, RegexOptions.CultureInvariant));

    /// <summary>
    /// The page's circuit ends in the journey. The framework's script complains of it in one of several ways, depending on what was under
    /// way at that moment: also of an answer to the circuit that can no longer be sent.
    /// </summary>
    public void ExpectLostCircuit() => Expect("_blazor|WebSocket|negotiation|ERR_CONNECTION|ERR_EMPTY_RESPONSE|No interop methods are registered|'Connected' State");

    private static bool IsOurs(Uri address) => address.Host == "localhost" || address.Host.EndsWith(".localhost", StringComparison.Ordinal);

    private void Add(string problem)
    {
        Log.Enqueue(problem);
        _found.Enqueue(problem);
    }
}
