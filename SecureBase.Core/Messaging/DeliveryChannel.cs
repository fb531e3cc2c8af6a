namespace SecureBase.Core.Messaging;

/// <summary>
/// One way to send: e-mail, a webhook, a topic. A singleton; called concurrently within its <see cref="Policy"/>, outside
/// any transaction.
/// </summary>
public interface IDeliveryChannel
{
    /// <summary>As stored with each delivery; at most <see cref="Delivery.MaxChannelLength"/> characters.</summary>
    string Name { get; }

    DeliveryPolicy Policy { get; }

    /// <summary>
    /// Makes one attempt. May be called again for the same <see cref="DeliveryWork.Id"/> when an earlier attempt was not
    /// recorded, never after a recorded success. An exception counts as <see cref="DeliveryOutcome.Retry"/>,
    /// one of the portal's own database as an attempt that was interrupted.
    /// </summary>
    /// <param name="ct">Cancelled after <see cref="DeliveryPolicy.Timeout"/> and when the process must end.</param>
    Task<DeliveryOutcome> SendAsync(DeliveryWork work, CancellationToken ct);
}

/// <summary>What one attempt came to.</summary>
public abstract record DeliveryOutcome
{
    private DeliveryOutcome() { }

    /// <summary>What was sent and answered, for the log; null for channels that keep none.</summary>
    public HttpExchange? Exchange { get; init; }

    /// <summary>The receiver has it.</summary>
    public sealed record Delivered : DeliveryOutcome;

    /// <summary>Try again by the schedule, but not sooner than <paramref name="After"/>.</summary>
    /// <param name="Error">What went wrong, in words, for the tenant's log.</param>
    public sealed record Retry(string Error, TimeSpan? After = null) : DeliveryOutcome
    {
        /// <summary>What it means for the other deliveries of the lane.</summary>
        public LaneHold? Hold { get; init; }
    }

    /// <summary>It came to nothing on our side: it is made again soon and uses up none of the schedule.</summary>
    internal sealed record Interrupted(string Reason, TimeSpan After) : DeliveryOutcome;

    /// <summary>Trying again is useless.</summary>
    /// <param name="Reason">Why, in words, for the tenant's log.</param>
    public sealed record Dead(string Reason) : DeliveryOutcome;
}

/// <summary>Nothing more of this lane on any node for a while. Only lanes with a <see cref="DeliveryLaneState"/> can be held.</summary>
/// <param name="For">From the end of the attempt.</param>
/// <param name="HalfOpen">Afterwards one attempt at a time, until one succeeds.</param>
public sealed record LaneHold(TimeSpan For, bool HalfOpen);

/// <summary>How a channel is driven.</summary>
public sealed record DeliveryPolicy
{
    /// <summary>Delays before the second, third … attempt; when they are used up the delivery has failed.</summary>
    public required IReadOnlyList<TimeSpan> RetrySchedule { get; init; }

    /// <summary>Each delay is scattered by up to this share to either side, 0–1.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>Longest time one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most attempts at once on one node.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary>Most attempts at once for one tenant on one node, so that its slow receivers leave room for others.</summary>
    public int ConcurrencyPerTenant { get; init; } = 16;

    /// <summary>Most attempts at once for one lane of a tenant on one node.</summary>
    public int ConcurrencyPerLane { get; init; } = 8;

    /// <summary>
    /// Whether a lane without an attempt under way may always make one, beyond the limits of channel and tenant: then however many slow
    /// receivers fill those, none delays another. For channels whose lanes are different receivers.
    /// </summary>
    public bool HasPlaceForEachLane { get; init; }

    /// <summary>Attempts in all, the first included.</summary>
    public int MaxAttempts => RetrySchedule.Count + 1;

    /// <summary>The delay after the given attempt (1-based), scattered; null when it was the last.</summary>
    internal TimeSpan? DelayAfter(int attempt, Random random)
    {
        if (attempt > RetrySchedule.Count)
            return null;
        return RetrySchedule[attempt - 1] * (1 + (Jitter * ((2 * random.NextDouble()) - 1)));
    }
}

/// <summary>One attempt to make: the delivery and the event it carries.</summary>
public sealed record DeliveryWork
{
    /// <summary>Stable over all attempts: what the receiver de-duplicates by.</summary>
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required string Channel { get; init; }
    public required string Target { get; init; }
    public required string Lane { get; init; }
    /// <summary>1 for the first.</summary>
    public required int Attempt { get; init; }
    /// <summary>See <see cref="Delivery.EarlierAttempts"/>.</summary>
    public int EarlierAttempts { get; init; }
    /// <summary>See <see cref="Delivery.OrderKey"/>.</summary>
    public Guid? OrderKey { get; init; }
    /// <summary>The one attempt that a half-open lane lets through.</summary>
    public bool IsProbe { get; init; }
    /// <summary>Its lane is limited or half-open: what it gave says nothing about what it has.</summary>
    internal bool IsRationed { get; init; }
    public required Guid EventId { get; init; }
    public required string EventType { get; init; }
    public required string SubjectKind { get; init; }
    public required Guid SubjectId { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    /// <summary>The event's data, JSON; null for internal events and where there is a <see cref="Body"/>.</summary>
    public string? Data { get; init; }
    /// <summary>The bytes to send, if the channel's route has fixed them.</summary>
    public byte[]? Body { get; init; }
    /// <summary>The place of this attempt in the schedule, from 1.</summary>
    internal int Try => Attempt - EarlierAttempts;
    internal Guid LeaseToken { get; init; }
    /// <summary>Whether this node may send it at this moment: to be asked last before its bytes leave.</summary>
    internal Func<bool> MayBeSent { get; init; } = () => true;
}
