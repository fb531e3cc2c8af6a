using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks.Signing;
using SecureBase.Core.Webhooks.Targets;

namespace SecureBase.Core.Webhooks.Sending;

/// <summary>What one request came to.</summary>
/// <param name="Error">In words, for the tenant's log; null for an answer of 2xx.</param>
internal sealed record WebhookAnswer(HttpExchange Exchange, string? Error)
{
    /// <summary>What the receiver asked for, at most <see cref="WebhookSender.LongestRetryAfter"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>
/// Makes one signed request to a checked address. It follows no redirect, keeps no cookie, uses no proxy, tells nothing of our traces,
/// and reads no more of an answer than is kept.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    internal static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    private const string Hidden = "(not shown)";

    private readonly HttpMessageInvoker _sender;
    private readonly IOptions<WebhookOptions> _options;
    private readonly TimeProvider _clock;

    public WebhookSender(WebhookTargets targets, IOptions<WebhookOptions> options, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        _sender = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = targets.ConnectAsync,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            // Neither a header that tells receivers of our traces nor a span that tells our traces their address, which may hold a secret.
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 32,
            MaxResponseDrainSize = 0,
            // So that a name that leads elsewhere is looked up, and checked, again before long.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        });
    }

    /// <param name="ct">Ends the process, not this attempt alone: that has its own timeout.</param>
    /// <exception cref="LookUpsExhaustedException">Nothing was sent, for no fault of the receiver.</exception>
    public async Task<WebhookAnswer> SendAsync(LiveEndpoint endpoint, DeliveryWork work, byte[] body, CancellationToken ct)
    {
        var at = _clock.GetUtcNow();
        var signature = endpoint.SignerAt(at).Sign(WebhookSigner.ContentOf(work.Id, at, body));
        using var request = Request(endpoint, work, at, signature, body);
        var exchange = new HttpExchange { Url = endpoint.Url.AbsoluteUri, RequestHeaders = Shown(request, endpoint) };
        using var timeout = new CancellationTokenSource(_options.Value.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            using var response = await _sender.SendAsync(request, either.Token);
            var (answer, truncated) = await ReadAsync(response, either.Token);
            exchange = exchange with
            {
                StatusCode = (int)response.StatusCode,
                ResponseHeaders = Kept(response, out var headersTruncated),
                ResponseBody = answer,
                ResponseTruncated = truncated || headersTruncated,
            };
            return new WebhookAnswer(exchange, response.IsSuccessStatusCode ? null : Words(response)) { RetryAfter = RetryAfter(response) };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new WebhookAnswer(exchange, string.Create(CultureInfo.InvariantCulture, $"No answer within {_options.Value.Timeout.TotalSeconds:0.#} seconds."));
        }
        catch (HttpRequestException failure) when (failure.InnerException is LookUpsExhaustedException exhausted)
        {
            throw exhausted;
        }
        catch (HttpRequestException failure)
        {
            return new WebhookAnswer(exchange, Words(failure, endpoint.Url));
        }
    }

    public void Dispose() => _sender.Dispose();

    private static HttpRequestMessage Request(LiveEndpoint endpoint, DeliveryWork work, DateTimeOffset at, string signature, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new HeldContent(work, body) };
        request.Options.Set(WebhookTargets.Sender, work.TenantId);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "SecureBase-Webhooks/1.0");
        request.Headers.TryAddWithoutValidation(WebhookSigner.IdHeader, work.Id.ToString("D"));
        request.Headers.TryAddWithoutValidation(WebhookSigner.TimestampHeader, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(WebhookSigner.SignatureHeader, signature);
        foreach (var (name, value) in endpoint.Headers)
        {
            // A few names, such as Expires, belong to the content.
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    private static List<ExchangedHeader> Shown(HttpRequestMessage request, LiveEndpoint endpoint) =>
    [
        .. request.Headers.Where(h => !endpoint.Headers.ContainsKey(h.Key)).Select(h => new ExchangedHeader(h.Key, string.Join(' ', h.Value))),
        new("Content-Type", request.Content!.Headers.ContentType!.ToString()),
        new("Content-Length", request.Content.Headers.ContentLength!.Value.ToString(CultureInfo.InvariantCulture)),
        .. endpoint.Headers.Keys.Select(name => new ExchangedHeader(name, Hidden)),
    ];

    // Every attempt's are stored, so they are bounded like the body.
    private static List<ExchangedHeader> Kept(HttpResponseMessage response, out bool truncated)
    {
        List<ExchangedHeader> kept = [];
        var length = 0;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            foreach (var value in values)
            {
                length += name.Length + value.Length;
                truncated = length > HttpExchange.MaxResponseHeaders;
                if (truncated)
                    return kept;
                kept.Add(new ExchangedHeader(name, Storable(value)));
            }
        }
        truncated = false;
        return kept;
    }

    // The answer's status is known by now: whatever becomes of its body changes nothing about it.
    private static async Task<(byte[] Body, bool Truncated)> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(HttpExchange.MaxResponseBody + 1);
        var (length, broken) = (0, false);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            while (length <= HttpExchange.MaxResponseBody && await stream.ReadAsync(buffer.AsMemory(length, HttpExchange.MaxResponseBody + 1 - length), ct) is > 0 and var read)
                length += read;
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or OperationCanceledException)
        {
            broken = true;
        }
        var kept = buffer.AsSpan(0, Math.Min(length, HttpExchange.MaxResponseBody)).ToArray();
        // One that a broken read may still write to is nobody else's.
        if (!broken)
            ArrayPool<byte>.Shared.Return(buffer);
        return (kept, broken || length > HttpExchange.MaxResponseBody);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter is not { } header ? null : header.Delta ?? header.Date - _clock.GetUtcNow();
        return asked is { } wait && wait > TimeSpan.Zero ? (wait < LongestRetryAfter ? wait : LongestRetryAfter) : null;
    }

    private static string Words(HttpResponseMessage response)
    {
        // The standard's words and not the receiver's.
        var status = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {ReasonPhrases.GetReasonPhrase((int)response.StatusCode)}").TrimEnd();
        return (int)response.StatusCode is >= 300 and < 400
            ? $"The receiver answered {status}. Redirects are not followed: enter the address it leads to."
            : $"The receiver answered {status}.";
    }

    private static string Words(HttpRequestException failure, Uri url) => failure switch
    {
        { InnerException: TargetRefusedException refused } => refused.Message,
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery } } => $"The name {url.IdnHost} leads to no address.",
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => $"{url.Authority} refused the connection.",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.TimedOut } } => $"{url.Authority} cannot be reached.",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => $"No secure connection could be made to {url.Authority}: its certificate or its TLS version is not accepted.",
        { HttpRequestError: HttpRequestError.ResponseEnded } => "The receiver closed the connection without an answer.",
        { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError } => "The receiver's answer was no HTTP.",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "The headers of the receiver's answer were too long.",
        _ => "The connection broke before the receiver had answered.",
    };

    // PostgreSQL's text takes no NUL, and half a character is no UTF-8.
    private static string Storable(string value) => value.Replace('\0', '\uFFFD');
}
