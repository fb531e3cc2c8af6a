using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Sla;

/// <summary>Tries a policy and a calendar on a ticket's life. Reads and changes nothing.</summary>
public sealed class SlaSimulator(TimeProvider clock)
{
    /// <summary>The clocks as they stand at the case's <see cref="SlaCase.Now"/>; events after it have not happened yet. Errors: invalid fields, all at once.</summary>
    public Result<SlaClocks> Run(SlaCase given)
    {
        List<FieldError> errors = [];
        var events = SlaRules.Events(given.Events, errors);
        var now = given.Now ?? clock.GetUtcNow();
        SlaRules.Now(now, events, errors);
        var priority = given.Priority ?? TicketPriority.Medium;
        var taken = events.Select(e => e.Priority).OfType<TicketPriority>().ToHashSet();
        if (events is not [{ Priority: not null }, ..])
            taken.Add(priority);
        var policy = SlaRules.Policy(given.Policy, taken, errors);
        var calendar = SlaRules.Calendar(given.Calendar, errors);
        if (policy is null || calendar is null || errors.Count > 0)
            return Error.Invalid(errors);
        SlaTerms terms = new(events[0].At, policy, calendar);
        return new SlaClocks([.. SlaLedger.Clocks([terms], priority, events, now).Select(SlaClockView.Of)]);
    }
}
