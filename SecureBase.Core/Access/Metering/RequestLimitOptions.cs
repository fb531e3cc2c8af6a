using System.ComponentModel.DataAnnotations;

namespace SecureBase.Core.Access.Metering;

/// <summary>Limits of the API beside the plan's requests an hour. Each holds on every node by itself.</summary>
public sealed class RequestLimitOptions
{
    public const string Section = "RequestLimits";

    /// <summary>The time in which a burst may come.</summary>
    public static readonly TimeSpan BurstWindow = TimeSpan.FromSeconds(10);

    /// <summary>Which part of the tenant's requests an hour one key may send within <see cref="BurstWindow"/>.</summary>
    [Range(0.001, 1, ErrorMessage = "Set RequestLimits:BurstShare to the part of an hour's requests that one key may send within ten seconds, from 0.001 to 1.")]
    public double BurstShare { get; set; } = 0.25;

    /// <summary>What a key may send within <see cref="BurstWindow"/> at least, however small the plan.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Set RequestLimits:SmallestBurst to the requests any key may send within ten seconds, from 1 to 1,000,000.")]
    public int SmallestBurst { get; set; } = 250;

    /// <summary>Requests with a key that is none, or is refused here, that one network address may send in a minute before it is refused unseen.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Set RequestLimits:FailuresPerMinute to the refused keys one address may send in a minute, from 1 to 1,000,000.")]
    public int FailuresPerMinute { get; set; } = 30;

    /// <summary>Audit entries that keys from outside can cause in one tenant in a minute.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Set RequestLimits:RecordedFailuresPerMinute to the audit entries that foreign keys may cause in a tenant in a minute, from 1 to 1,000,000.")]
    public int RecordedFailuresPerMinute { get; set; } = 60;

    internal int BurstOf(int requestsPerHour) => (int)Math.Max(SmallestBurst, requestsPerHour * BurstShare);
}
