using System.Globalization;
using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging.Mail;

namespace SecureBase.Core.Support;

/// <summary>What requesters are told about their tickets by e-mail.</summary>
internal sealed class TicketMails : IMailTemplate
{
    private const string Footer = "You get this because you opened the ticket. This mailbox is not read: answer on the ticket's page.";

    public bool Covers(string eventType) => eventType is SupportEvents.Created or SupportEvents.Commented or SupportEvents.Resolved;

    public MailContent Write(MailOccasion occasion) => occasion.EventType switch
    {
        SupportEvents.Created => Created(occasion, Read<TicketView>(occasion)),
        SupportEvents.Commented => Replied(occasion, Read<CommentedTicket>(occasion)),
        SupportEvents.Resolved => Resolved(occasion, Read<TicketView>(occasion)),
        _ => throw new ArgumentOutOfRangeException(nameof(occasion), occasion.EventType, "There is no e-mail for this event."),
    };

    private static MailContent Created(MailOccasion occasion, TicketView ticket)
    {
        var title = $"{ticket.Number} is open";
        string[] lines =
        [
            $"Your ticket “{ticket.Subject}” has reached the support team: priority {WireName.Of(ticket.Priority)}, category {WireName.Of(ticket.Category)}.",
            "Each answer comes to you by e-mail and stands on the ticket's page, where you can add what is missing.",
        ];
        return Compose(occasion, ticket, $"[{ticket.Number}] We have your ticket: {ticket.Subject}", title, "Open the ticket", lines, quoted: null);
    }

    private static MailContent Replied(MailOccasion occasion, CommentedTicket commented)
    {
        var ticket = commented.Ticket;
        var title = $"{commented.Comment.Author.Name} replied to {ticket.Number}";
        var next = ticket.Status switch
        {
            TicketStatus.WaitingCustomer => "The ticket waits for you: work goes on when you answer.",
            TicketStatus.Resolved => Resolution(occasion, ticket),
            _ => "The ticket stays open; you need do nothing unless something is missing.",
        };
        return Compose(occasion, ticket, $"[{ticket.Number}] {commented.Comment.Author.Name} replied: {ticket.Subject}", title, "Answer on the ticket's page",
            [$"About “{ticket.Subject}”:", next], commented.Comment.Body);
    }

    private static MailContent Resolved(MailOccasion occasion, TicketView ticket) =>
        Compose(occasion, ticket, $"[{ticket.Number}] Resolved: {ticket.Subject}", $"{ticket.Number} is resolved", "Look at the ticket",
            [$"The support team has set “{ticket.Subject}” to resolved.", Resolution(occasion, ticket)], quoted: null);

    private static string Resolution(MailOccasion occasion, TicketView ticket)
    {
        var resolved = ticket.ResolvedAt ?? ticket.UpdatedAt;
        return string.Create(CultureInfo.InvariantCulture,
            $"If something is left to do, comment on it or reopen it until {Local(occasion, resolved + Ticket.ReopenWindow)}. After {Ticket.SilenceBeforeClosing.Days} silent days it closes by itself.");
    }

    // The quotation stands between the first line, which says what it is about, and the rest.
    private static MailContent Compose(MailOccasion occasion, TicketView ticket, string subject, string title, string action, string[] lines, string? quoted)
    {
        var link = occasion.Link($"/tickets/{ticket.Number}");
        List<string> text = [title, "", lines[0]];
        if (quoted is not null)
            text.AddRange(["", .. quoted.ReplaceLineEndings("\n").Split('\n').Select(line => line.Length == 0 ? ">" : "> " + line)]);
        text.AddRange([.. lines.Skip(1).SelectMany(line => new[] { "", line }), "", $"{action}: {link.AbsoluteUri}", "", "--", Footer]);

        var html = MailLayout.Paragraph(lines[0]) + (quoted is null ? "" : MailLayout.Quote(SafeMarkdown.ToHtml(quoted))) + string.Concat(lines.Skip(1).Select(MailLayout.Paragraph));
        return new MailContent(subject, string.Join('\n', text), MailLayout.Html(occasion.Tenant.Name, title, html, (action, link), Footer, occasion.Tenant.Accent));
    }

    private static string Local(MailOccasion occasion, DateTimeOffset at)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(occasion.Tenant.TimeZone);
        return string.Create(CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(at, zone):d MMMM yyyy, HH:mm} ({occasion.Tenant.TimeZone})");
    }

    private static T Read<T>(MailOccasion occasion) =>
        JsonSerializer.Deserialize<T>(occasion.Data, WireJson.Options) ?? throw new JsonException($"The data of {occasion.EventType} is empty.");
}
