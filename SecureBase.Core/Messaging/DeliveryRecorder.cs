using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SecureBase.Core.Messaging;

/// <summary>
/// Records outcomes, without delay when few come and many in one statement when many do: a tenant's outcomes gather while its last ones are
/// being recorded or others' turns come first. While the database is away it keeps trying: the attempt was made, and forgetting it would make it twice.
/// </summary>
internal sealed class DeliveryRecorder(DeliveryQueue queue, TimeProvider clock, ILogger log)
{
    private const int MaxPerStatement = 500;
    private const string Unstorable = "The attempt failed with words that cannot be stored.";
    // Class of SQLSTATE.
    private const string DataExceptions = "22";
    // Those leased together end together, and a transaction for each of them would cost more than the wait.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    // A tenant is here from its first outcome until none is left; it stands in the line or is being recorded.
    private readonly Dictionary<Guid, Queue<(DeliveryRecord Record, TaskCompletionSource Done)>> _made = [];
    private readonly Channel<Guid> _line = Channel.CreateUnbounded<Guid>();

    /// <summary>Completes when the attempt is recorded, or when it turns out that the delivery was taken over.</summary>
    public Task RecordAsync(DeliveryRecord record)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tenantId = record.Work.TenantId;
        lock (_lock)
        {
            if (!_made.TryGetValue(tenantId, out var made))
            {
                _made[tenantId] = made = new();
                _line.Writer.TryWrite(tenantId);
            }
            made.Enqueue((record, done));
        }
        return done.Task;
    }

    /// <summary>Works until cancelled; several may run at once.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var tenantId = await _line.Reader.ReadAsync(ct);
            await Task.Delay(Gathering, ct);
            var taken = Take(tenantId);
            await RecordAsync(tenantId, [.. taken.Select(t => t.Record)], ct);
            foreach (var (_, done) in taken)
                done.SetResult();
            Finish(tenantId);
        }
    }

    private List<(DeliveryRecord Record, TaskCompletionSource Done)> Take(Guid tenantId)
    {
        lock (_lock)
        {
            List<(DeliveryRecord, TaskCompletionSource)> taken = [];
            while (taken.Count < MaxPerStatement && _made[tenantId].TryDequeue(out var next))
                taken.Add(next);
            return taken;
        }
    }

    private void Finish(Guid tenantId)
    {
        lock (_lock)
        {
            if (_made[tenantId].Count > 0)
                _line.Writer.TryWrite(tenantId);
            else
                _made.Remove(tenantId);
        }
    }

    private async Task RecordAsync(Guid tenantId, IReadOnlyList<DeliveryRecord> records, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                var recorded = await queue.RecordAsync(tenantId, records, ct);
                foreach (var late in records.Where(r => !recorded.Contains(r.Work.Id)))
                    MessagingLog.LeaseLost(log, late.Work.Id, tenantId);
                return;
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                MessagingLog.RecordFailed(log, failure, records.Count, tenantId);
                if (!IsOfTheRecords(failure))
                {
                    await Task.Delay(AfterFailure, clock, ct);
                }
                else if (records is [var only])
                {
                    records = [only with { Exchange = null, Error = only.Error is null ? null : Unstorable }];
                }
                else
                {
                    // One that cannot be stored keeps none of the others from being recorded.
                    foreach (var record in records)
                        await RecordAsync(tenantId, [record], ct);
                    return;
                }
            }
        }
    }

    // What a receiver answered may be no text that PostgreSQL stores; the attempt was made all the same.
    private static bool IsOfTheRecords(Exception failure) => failure is EncoderFallbackException || (failure is PostgresException { SqlState: var state } && state.StartsWith(DataExceptions, StringComparison.Ordinal));
}
