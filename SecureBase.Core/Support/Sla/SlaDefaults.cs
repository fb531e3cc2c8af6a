using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>Version 1 of every plan's policy and calendar (product contract, section 3).</summary>
public static class SlaDefaults
{
    private static readonly DayOfWeek[] WorkingDays = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    public static SlaPolicySpec Policy(Plan plan)
    {
        var (critical, high, medium, low) = plan switch
        {
            Plan.Healthcare => (30, 120, 720, 1_440),
            Plan.Government => (30, 60, 240, 480),
            _ => (60, 240, 1_440, 2_880),
        };
        return new SlaPolicySpec
        {
            Targets = new SlaTargetsByPriority { Critical = Minutes(critical), High = Minutes(high), Medium = Minutes(medium), Low = Minutes(low) },
            PauseIn = [TicketStatus.WaitingCustomer],
        };
    }

    public static SlaCalendarSpec Calendar(Plan plan) => plan == Plan.Standard
        ? new SlaCalendarSpec { Week = new SlaWeek { Hours = [.. WorkingDays.Select(day => new SlaHours { Day = WireName.Of(day), From = "09:00", To = "18:00" })], Holidays = [] } }
        : new SlaCalendarSpec { Name = SlaCalendarSpec.AroundTheClock };

    /// <summary>The calendar in the tenant's zone, unless it names one itself.</summary>
    internal static SlaCalendarSpec In(string timeZone, SlaCalendarSpec calendar) =>
        calendar.Week is { TimeZone: null } week ? calendar with { Week = week with { TimeZone = timeZone } } : calendar;

    private static SlaTargetMinutes Minutes(int response) => new() { FirstResponse = response, NextResponse = response, Resolution = 4 * response };
}
