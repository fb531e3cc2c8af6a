using SecureBase.Core.Support.Sla;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Support.Sla;

/// <summary>What the API's document says of clocks and of what they are computed from.</summary>
internal static class SlaSchemas
{
    internal static IReadOnlyList<SchemaFact> All { get; } =
    [
        new(typeof(SlaCase), "policy", "What is promised.") { Required = true },
        new(typeof(SlaCase), "calendar", "\"24x7\", or an object with time_zone (IANA), hours (day, from, to; to may be 24:00) and holidays (local dates).") { Required = true },
        new(typeof(SlaCase), "priority", "The one the ticket is created with; medium, unless said otherwise."),
        new(typeof(SlaCase), "events", "In the order in which they happened, the creation first.") { Required = true, MaxItems = SlaRules.EventsMax },
        new(typeof(SlaCase), "now", "The instant the clocks are read at; the present, unless said otherwise. Later events have not happened yet."),
        new(typeof(SlaPolicySpec), "targets", "By priority; the ones the ticket takes are needed.") { Required = true },
        new(typeof(SlaPolicySpec), "pause_in", "Statuses in which next response and resolution pause; waiting-customer, unless said otherwise."),
        new(typeof(SlaTargetMinutes), "first_response", "Minutes of counted time.") { Required = true },
        new(typeof(SlaTargetMinutes), "next_response", "Minutes of counted time.") { Required = true },
        new(typeof(SlaTargetMinutes), "resolution", "Minutes of counted time.") { Required = true },
        new(typeof(SlaEventSpec), "at", "Without an offset it is UTC.") { Required = true },
        new(typeof(SlaEventSpec), "type", "What happened.") { Required = true },
        new(typeof(SlaEventSpec), "status", "Needed by status_changed."),
        new(typeof(SlaEventSpec), "priority", "Needed by priority_changed."),

        new(typeof(SlaClockView), "cycle", "1, 2, 3 for the next responses; 1 for the others."),
        new(typeof(SlaClockView), "ended_at", "null while it is open."),
        new(typeof(SlaClockView), "due_at", "When elapsed reaches the target if nothing pauses the clock any more, or did, or would have; null while the ticket's status pauses it."),
        new(typeof(SlaClockView), "elapsed_seconds", "Counted time in whole seconds, rounded down."),
        new(typeof(SlaClockView), "remaining_seconds", "Target less elapsed: negative beyond the target."),
        new(typeof(SlaClockView), "segments", "The clock's life without gaps."),
        new(typeof(SlaSegmentView), "kind", "running counts; paused does not, because of the status; closed does not, because of the hours."),
        new(typeof(SlaSegmentView), "reason", "The rule that made it so."),
        new(typeof(SlaSegmentView), "policy_version", "Absent for a policy that is only tried."),
        new(typeof(SlaSegmentView), "calendar_version", "Absent for a calendar that is only tried."),
    ];
}
