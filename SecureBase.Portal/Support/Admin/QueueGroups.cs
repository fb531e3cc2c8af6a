using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Admin;

/// <summary>The bands of the queue: they follow from the order, so that each is one run of rows.</summary>
public static class QueueGroups
{
    public sealed record Band(string Title, IReadOnlyList<QueueItem> Items);

    internal static IReadOnlyList<Band> Of(IReadOnlyList<QueueItem> items, TicketSort sort, ViewerTime time)
    {
        List<Band> bands = [];
        foreach (var item in items)
        {
            var title = Title(item.Ticket, sort, time);
            if (bands is [.., var last] && last.Title == title)
                bands[^1] = last with { Items = [.. last.Items, item] };
            else
                bands.Add(new Band(title, [item]));
        }
        return bands;
    }

    private static string Title(TicketView ticket, TicketSort sort, ViewerTime time) => sort switch
    {
        TicketSort.Waiting => Waiting(ticket, time.Now),
        TicketSort.Due => Due(ticket, time),
        TicketSort.Priority => WireName.Of(ticket.Priority),
        TicketSort.Updated => Day(ticket.UpdatedAt, time),
        _ => Day(ticket.CreatedAt, time),
    };

    private static string Waiting(TicketView ticket, DateTimeOffset now) => (ticket.WaitingSince, ticket.Status) switch
    {
        ({ } since, _) when now - since >= TimeSpan.FromDays(1) => "Waiting for over a day",
        ({ } since, _) when now - since >= TimeSpan.FromHours(1) => "Waiting for over an hour",
        ({ }, _) => "Within the hour",
        (null, TicketStatus.Resolved or TicketStatus.Closed) => "Done",
        _ => "The customer’s turn",
    };

    private static string Due(TicketView ticket, ViewerTime time) => (ticket.NextDueAt - time.Now) switch
    {
        { } left when left < TimeSpan.Zero => "Late",
        { } left when left < TimeSpan.FromHours(1) => "Within the hour",
        { } when ticket.NextDueAt < time.StartOfToday.AddDays(1) => "Today",
        { } => "Later",
        null => ticket.Status.IsDone() ? "Done" : "Paused",
    };

    private static string Day(DateTimeOffset at, ViewerTime time) =>
        at >= time.StartOfToday ? "Today"
        : at >= time.StartOfToday.AddDays(-1) ? "Yesterday"
        : at >= time.StartOfToday.AddDays(-7) ? "Within a week"
        : "Earlier";
}
