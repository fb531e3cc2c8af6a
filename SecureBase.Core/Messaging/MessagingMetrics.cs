using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SecureBase.Core.Messaging;

/// <summary>Meter <c>SecureBase.Messaging</c>: how quickly events leave the outbox and what becomes of deliveries.</summary>
internal static class MessagingMetrics
{
    public const string MeterName = "SecureBase.Messaging";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> FanOutLag = Meter.CreateHistogram<double>("securebase.fanout.lag", "s", "From an event's commit to its dispatch");
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("securebase.delivery.attempts", "{attempt}", "Attempts by channel and outcome");
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("securebase.delivery.duration", "s", "How long attempts took");

    internal static void Dispatched(IReadOnlyList<OutboxEvent> events, DateTimeOffset at)
    {
        if (!FanOutLag.Enabled)
            return;
        foreach (var happened in events)
        {
            if (!happened.Silent)
                FanOutLag.Record((at - happened.OccurredAt).TotalSeconds);
        }
    }

    internal static void Attempted(string channel, AttemptOutcome outcome, TimeSpan took)
    {
        TagList tags = [new("channel", channel), new("outcome", outcome)];
        Attempts.Add(1, tags);
        Durations.Record(took.TotalSeconds, tags);
    }
}
