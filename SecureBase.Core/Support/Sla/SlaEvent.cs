using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Sla;

[SnakeCaseNames]
public enum SlaEventType { Created, CustomerComment, StaffReply, StatusChanged, PriorityChanged }

/// <summary>What moves a ticket's clocks.</summary>
/// <param name="At">UTC.</param>
/// <param name="Status">The status after <see cref="SlaEventType.StatusChanged"/>, and after <see cref="SlaEventType.Created"/> if it is not open.</param>
/// <param name="Priority">The priority after <see cref="SlaEventType.PriorityChanged"/>, and after <see cref="SlaEventType.Created"/> if it differs from the ticket's first.</param>
public readonly record struct SlaEvent(DateTimeOffset At, SlaEventType Type, TicketStatus? Status = null, TicketPriority? Priority = null);
