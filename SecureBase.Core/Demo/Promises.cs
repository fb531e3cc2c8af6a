using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Demo;

/// <summary>How soon staff answered in the demo's year: the default targets of the product contract, section 3.</summary>
internal static class Promises
{
    /// <summary>Opening until the first public reply. The next ones have the same time, the resolution four times as much.</summary>
    public static TimeSpan FirstResponse(Plan plan, TicketPriority priority) => TimeSpan.FromMinutes((plan, priority) switch
    {
        (Plan.Healthcare, TicketPriority.Critical) => 30,
        (Plan.Healthcare, TicketPriority.High) => 120,
        (Plan.Healthcare, TicketPriority.Medium) => 720,
        (Plan.Healthcare, _) => 1_440,
        (Plan.Government, TicketPriority.Critical) => 30,
        (Plan.Government, TicketPriority.High) => 60,
        (Plan.Government, TicketPriority.Medium) => 240,
        (Plan.Government, _) => 480,
        (_, TicketPriority.Critical) => 60,
        (_, TicketPriority.High) => 240,
        (_, TicketPriority.Medium) => 1_440,
        _ => 2_880,
    });
}
