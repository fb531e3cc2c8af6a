using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Portal.Support.Sla;

/// <summary>The examples of the API's document: a ticket opened on a Friday afternoon.</summary>
internal static class SlaExamples
{
    private static readonly DateTimeOffset Opened = new(2026, 11, 27, 16, 0, 0, TimeSpan.Zero);

    private static readonly DayOfWeek[] WorkingDays = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    internal static SlaCase Case { get; } = new()
    {
        Policy = new SlaPolicySpec
        {
            Targets = new SlaTargetsByPriority
            {
                Critical = Minutes(60),
                High = Minutes(240),
                Medium = Minutes(1_440),
                Low = Minutes(2_880),
            },
            PauseIn = [TicketStatus.WaitingCustomer],
        },
        Calendar = new SlaCalendarSpec
        {
            Week = new SlaWeek
            {
                TimeZone = "Europe/Berlin",
                Hours = [.. WorkingDays.Select(day => new SlaHours { Day = Core.Kernel.WireName.Of(day), From = "09:00", To = "18:00" })],
                Holidays = ["2026-12-25"],
            },
        },
        Priority = TicketPriority.High,
        Events =
        [
            new SlaEventSpec { At = Opened, Type = SlaEventType.Created },
            new SlaEventSpec { At = Opened.AddMinutes(30), Type = SlaEventType.StaffReply },
            new SlaEventSpec { At = Opened.AddMinutes(30), Type = SlaEventType.StatusChanged, Status = TicketStatus.WaitingCustomer },
            new SlaEventSpec { At = Opened.AddMinutes(45), Type = SlaEventType.CustomerComment },
        ],
        Now = Opened.AddMinutes(60),
    };

    internal static SlaClocks Clocks { get; } =
        new SlaSimulator(TimeProvider.System).Run(Case).Value;

    private static SlaTargetMinutes Minutes(int response) => new() { FirstResponse = response, NextResponse = response, Resolution = 4 * response };
}
