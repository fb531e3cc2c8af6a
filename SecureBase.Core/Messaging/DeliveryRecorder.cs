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
    // A tenant is here from its first outcome until none is left; it stands in the line, is being recorded or will stand in the line again.
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
            if (await RecordAsync(tenantId, Take(tenantId), ct))
                Finish(tenantId);
            else
                _ = StandInLineLaterAsync(tenantId, ct);
        }
    }

    // Others' outcomes are recorded meanwhile: what fails may be this tenant's alone, such as a lock that somebody holds.
    private async Task StandInLineLaterAsync(Guid tenantId, CancellationToken ct)
    {
        await Task.Delay(AfterFailure, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _line.Writer.TryWrite(tenantId);
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

    /// <returns>False when some are left, which are in the queue again.</returns>
    private async Task<bool> RecordAsync(Guid tenantId, List<(DeliveryRecord Record, TaskCompletionSource Done)> made, CancellationToken ct)
    {
        try
        {
            var recorded = await queue.RecordAsync(tenantId, [.. made.Select(m => m.Record)], ct);
            foreach (var (record, done) in made)
            {
                if (!recorded.Contains(record.Work.Id))
                    MessagingLog.LeaseLost(log, record.Work.Id, tenantId);
                done.SetResult();
            }
            return true;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            MessagingLog.RecordFailed(log, failure, made.Count, tenantId);
            if (IsOfTheRecords(failure) && made.Count > 1)
            {
                // One that cannot be stored keeps none of the others from being recorded.
                var all = true;
                foreach (var one in made)
                    all &= await RecordAsync(tenantId, [one], ct);
                return all;
            }
            if (IsOfTheRecords(failure) && made is [var (only, done)] && Storable(only) is var plain && plain != only)
                return await RecordAsync(tenantId, [(plain, done)], ct);
            PutBack(tenantId, made);
            return false;
        }
    }

    private void PutBack(Guid tenantId, List<(DeliveryRecord Record, TaskCompletionSource Done)> made)
    {
        lock (_lock)
        {
            foreach (var one in made)
                _made[tenantId].Enqueue(one);
        }
    }

    private static DeliveryRecord Storable(DeliveryRecord record) => record with { Exchange = null, Error = record.Error is null ? null : Unstorable };

    // What a receiver answered may be no text that PostgreSQL stores; the attempt was made all the same.
    private static bool IsOfTheRecords(Exception failure) => failure is EncoderFallbackException || (failure is PostgresException { SqlState: var state } && state.StartsWith(DataExceptions, StringComparison.Ordinal));
}
