using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SecureBase.Core.Messaging;

/// <summary>
/// Records outcomes, many in one statement when many come at once and without delay when few do. While the database is
/// away it keeps trying: the attempt was made, and forgetting it would make it twice.
/// </summary>
internal sealed class DeliveryRecorder(DeliveryQueue queue, TimeProvider clock, ILogger log)
{
    private const int MaxPerStatement = 500;
    private const string Unstorable = "The attempt failed with words that cannot be stored.";
    // Class of SQLSTATE.
    private const string DataExceptions = "22";
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly Channel<(DeliveryRecord Record, TaskCompletionSource Done)> _made = Channel.CreateUnbounded<(DeliveryRecord, TaskCompletionSource)>();

    /// <summary>Completes when the attempt is recorded, or when it turns out that the delivery was taken over.</summary>
    public Task RecordAsync(DeliveryRecord record)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _made.Writer.TryWrite((record, done));
        return done.Task;
    }

    /// <summary>Works until cancelled; several may run at once.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (await _made.Reader.WaitToReadAsync(ct))
        {
            List<(DeliveryRecord Record, TaskCompletionSource Done)> taken = [];
            while (taken.Count < MaxPerStatement && _made.Reader.TryRead(out var next))
                taken.Add(next);
            foreach (var tenant in taken.GroupBy(t => t.Record.Work.TenantId))
            {
                await RecordAsync(tenant.Key, [.. tenant.Select(t => t.Record)], ct);
                foreach (var (_, done) in tenant)
                    done.SetResult();
            }
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
