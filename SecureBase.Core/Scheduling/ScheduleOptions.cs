using System.ComponentModel.DataAnnotations;

namespace SecureBase.Core.Scheduling;

/// <summary>What this node does for the schedule that all nodes share.</summary>
public sealed class ScheduleOptions
{
    public const string Section = "Scheduling";

    /// <summary>False makes a node that serves and leaves the jobs to the others.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often this node says that it is alive. One that is silent for three times as long counts as dead, and its jobs are run again elsewhere.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "Scheduling:CheckIn must lie between 1 second and 1 minute.")]
    public TimeSpan CheckIn { get; set; } = TimeSpan.FromSeconds(10);
}
