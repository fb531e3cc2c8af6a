using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace SecureBase.Bench.Webhooks;

/// <summary>The peer that delivery is measured against: a loop that signs and posts bodies, with no database, log, limit or retry around it.</summary>
internal static class BareSender
{
    /// <returns>Requests a second.</returns>
    public static async Task<double> RunAsync(Uri url, IReadOnlyList<byte[]> bodies, int concurrency, TimeSpan length, CancellationToken ct)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
        var began = Stopwatch.GetTimestamp();
        var sent = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(sender => Task.Run(async () =>
        {
            var mine = 0;
            for (; Stopwatch.GetElapsedTime(began) < length; mine++)
                await SendAsync(client, url, secret, bodies[(sender + (mine * concurrency)) % bodies.Count], ct);
            return mine;
        }, ct)));
        return sent.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task SendAsync(HttpMessageInvoker client, Uri url, byte[] secret, byte[] body, CancellationToken ct)
    {
        var (id, timestamp) = (Guid.CreateVersion7().ToString(), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        byte[] content = [.. Encoding.ASCII.GetBytes($"{id}.{timestamp}."), .. body];
        var signature = Convert.ToBase64String(HMACSHA256.HashData(secret, content));
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "bare-loop/1.0");
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("webhook-signature", "v1," + signature);
        using var response = await client.SendAsync(request, ct);
        await response.Content.ReadAsByteArrayAsync(ct);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"The receiver answered {(int)response.StatusCode}.");
    }
}
