using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Tenancy;

namespace SecureBase.Bench.Webhooks;

/// <summary>Publishes single events through the API and takes the time until each is at the customer's.</summary>
internal sealed class Publisher(WebhookStage stage, TenantInfo tenant) : IDisposable
{
    private readonly HttpMessageInvoker _client = Http.Client(stage.Node.Port, connections: 1);
    private int _published;

    /// <returns>Milliseconds from sending the publication, which is before its commit, to the arrival of the delivery.</returns>
    public async Task<double> MeasureAsync(CancellationToken ct)
    {
        var metric = string.Create(CultureInfo.InvariantCulture, $"{tenant.Slug}-{_published++}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://api.localhost/v1/events")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", stage.Key.Text) },
            Content = new StringContent($$$"""
                {"tenant":"{{{tenant.Slug}}}","type":"usage.threshold_exceeded","data":{"metric":"{{{metric}}}","unit":"GB","threshold":500,"used":512.4,
                 "period_from":"2026-11-01","period_to":"2026-11-30","exceeded_at":"2026-11-18T12:00:00Z"}}
                """, Encoding.UTF8, "application/json"),
        };
        var sent = Stopwatch.GetTimestamp();
        using var answer = await _client.SendAsync(request, ct);
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        return Stopwatch.GetElapsedTime(sent, await stage.Receiver.ArrivalAsync(metric, ct)).TotalMilliseconds;
    }

    public void Dispose() => _client.Dispose();
}
