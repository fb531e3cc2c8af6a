using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Tenancy;

namespace SecureBase.Bench.Chaos;

/// <summary>
/// The provider's other systems: for each tenant one that publishes its events one after another, each under an id of its own until a node has
/// acknowledged it.
/// </summary>
internal sealed class ChaosWriters(ChaosPlan plan, IReadOnlyList<TenantInfo> tenants, IReadOnlyList<int> ports, string apiKey) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpMessageInvoker[] _clients = [.. ports.Select(port => Http.Client(port, ChaosPlan.Tenants))];
    private readonly SemaphoreSlim _allowed = new(0);
    private int _given;
    private int _acknowledged;
    private int _interrupted;

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Publications that were begun anew because a node or the database was gone.</summary>
    public int Interrupted => Volatile.Read(ref _interrupted);

    /// <summary>Lets so many events in all be published.</summary>
    public void Allow(int events)
    {
        if (events > _given)
            _allowed.Release(events - _given);
        _given = Math.Max(events, _given);
    }

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(tenants.Select((tenant, i) => PublishAllAsync(i, tenant, ct)));

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
        _allowed.Dispose();
    }

    private async Task PublishAllAsync(int writer, TenantInfo tenant, CancellationToken ct)
    {
        var random = new Random(plan.Seed + writer);
        for (var number = 0; number < plan.EventsOfATenant; number++)
        {
            await _allowed.WaitAsync(ct);
            while (!await PublishAsync(_clients[random.Next(_clients.Length)], tenant, number, ct))
            {
                Interlocked.Increment(ref _interrupted);
                await Task.Delay(Pause, ct);
            }
            Interlocked.Increment(ref _acknowledged);
        }
    }

    private static async Task<bool> PublishAsync(HttpMessageInvoker client, TenantInfo tenant, int number, string apiKey, CancellationToken ct)
    {
        var (subject, place) = ChaosPlan.EventAt(number);
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://api.localhost/v1/events")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", apiKey) },
            Content = new StringContent(string.Create(CultureInfo.InvariantCulture, $$$"""
                {"tenant":"{{{tenant.Slug}}}","type":"usage.threshold_exceeded","id":"{{{tenant.Slug}}}-{{{number}}}","data":{"metric":"{{{subject}}}","unit":"GB","threshold":0,"used":{{{place}}},
                 "period_from":"2026-11-01","period_to":"2026-11-30","exceeded_at":"2026-11-18T12:00:00Z"}}
                """), Encoding.UTF8, "application/json"),
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await client.SendAsync(request, patience.Token);
            if (answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable)
                return answer.StatusCode == HttpStatusCode.Accepted;
            throw new InvalidOperationException($"A publication was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException || (cut is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // No word whether it was done: the id makes it safe to ask again.
            return false;
        }
    }

    private Task<bool> PublishAsync(HttpMessageInvoker client, TenantInfo tenant, int number, CancellationToken ct) => PublishAsync(client, tenant, number, apiKey, ct);
}
