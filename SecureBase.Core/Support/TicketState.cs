using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support;

/// <summary>Whose turn a ticket is and whether it is done: what taking a change back puts back.</summary>
/// <param name="WaitingSince">Since when a customer waits for us; null while nobody does.</param>
public sealed record TicketState(TicketStatus Status, DateTimeOffset? WaitingSince, DateTimeOffset? ResolvedAt, DateTimeOffset? ClosedAt)
{
    /// <summary>The state that events leave a ticket in, by the rules of the <see cref="Ticket"/>'s verbs.</summary>
    /// <param name="events">In their order, the creation first.</param>
    internal static TicketState After(IEnumerable<TicketEvent> events) =>
        events.Aggregate(new TicketState(TicketStatus.Open, null, null, null), (state, happened) => happened.Type switch
        {
            TicketEventType.Created => new TicketState(happened.Status ?? TicketStatus.Open, happened.At, null, null),
            TicketEventType.CustomerComment => state with { WaitingSince = state.WaitingSince ?? happened.At },
            TicketEventType.StaffReply or TicketEventType.Withdrawn => state with { WaitingSince = null },
            TicketEventType.StatusChanged => state.MovedTo(happened.Status!.Value, happened.At),
            _ => state,
        });

    /// <summary>The state before one of the events.</summary>
    internal static TicketState Before(TicketEvent happened, IEnumerable<TicketEvent> events) => After(events.TakeWhile(e => e.Sequence < happened.Sequence));

    internal bool IsDone => Status.IsDone();

    internal TicketState MovedTo(TicketStatus status, DateTimeOffset at)
    {
        var done = status.IsDone();
        return new TicketState(
            status,
            done || status == TicketStatus.WaitingCustomer ? null : IsDone ? at : WaitingSince,
            done ? (IsDone ? ResolvedAt : at) : null,
            status == TicketStatus.Closed ? at : null);
    }
}
