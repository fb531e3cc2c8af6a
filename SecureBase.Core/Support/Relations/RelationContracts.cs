namespace SecureBase.Core.Support.Relations;

/// <summary>What another ticket is to the one that is read.</summary>
public enum TicketRelation
{
    Related,
    /// <summary>The one read was merged into it.</summary>
    MergedInto,
    /// <summary>It was merged into the one read.</summary>
    MergedFrom,
    /// <summary>The one read was split off it.</summary>
    SplitFrom,
    /// <summary>It was split off the one read.</summary>
    SplitInto,
}

/// <summary>Another ticket of the same tenant and what it is to this one.</summary>
/// <param name="LinkId">For <see cref="TicketRelation.Related"/>, what <see cref="TicketRelations.UnlinkAsync"/> takes.</param>
public sealed record RelatedTicket(TicketRelation Relation, TicketView Ticket, Guid? LinkId);
