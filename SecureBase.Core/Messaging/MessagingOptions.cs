using System.ComponentModel.DataAnnotations;

namespace SecureBase.Core.Messaging;

/// <summary>How this node works off events and deliveries. The defaults suit any installation; tests make it quicker.</summary>
public sealed class MessagingOptions
{
    public const string Section = "Messaging";

    /// <summary>How often each node looks for work it was not nudged about: other nodes' and what has become due again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00", ErrorMessage = "Messaging:PollInterval must lie between 50 ms and 5 minutes.")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a delivery stays with a worker that gives no sign of life; renewed while the attempt runs.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Messaging:Lease must lie between 1 second and 1 hour.")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Tenants worked on at once, by fan-out and by the delivery worker each.</summary>
    [Range(1, 32, ErrorMessage = "Messaging:Parallelism must lie between 1 and 32.")]
    public int Parallelism { get; set; } = 3;
}
