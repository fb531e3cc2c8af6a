using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;

namespace SecureBase.Core.Webhooks;

/// <summary>A disabled endpoint is told to whoever made it and to the organisation's admins: events wait for them.</summary>
internal sealed class WebhookMailRoute(IEnumerable<IDeliveryChannel> channels) : IDeliveryRoute
{
    private readonly bool _hasMail = channels.Any(c => c.Name == MailChannel.ChannelName);

    public async Task RouteAsync(FanOutBatch batch, CancellationToken ct)
    {
        foreach (var disabled in batch.Events.Where(e => _hasMail && e.Type == WebhookEvents.EndpointDisabled))
        {
            var people = await batch.Db.Users
                .Where(p => p.Kind == PersonKind.Human && p.DeactivatedAt == null)
                .Where(p => p.Role == Roles.Admin || p.Role == Roles.PlatformAdmin || batch.Db.WebhookEndpoints.Any(e => e.Id == disabled.SubjectId && e.CreatedById == p.Id))
                .Select(p => p.Id).ToListAsync(ct);
            foreach (var person in people)
                batch.Deliver(disabled, MailChannel.ChannelName, person.ToString());
        }
    }
}

internal sealed class WebhookMails : IMailTemplate
{
    private const string Footer = "You get this because you made this endpoint or are an admin of your organisation. This mailbox is not read.";
    private const string Title = "A webhook endpoint was disabled";
    private const string Action = "Look at the endpoint";

    public bool Covers(string eventType) => eventType == WebhookEvents.EndpointDisabled;

    public MailContent Write(MailOccasion occasion)
    {
        var endpoint = JsonSerializer.Deserialize<WebhookView>(occasion.Data, WireJson.Options) ?? throw new JsonException($"The data of {occasion.EventType} is empty.");
        string[] lines =
        [
            $"Nothing more is sent to {endpoint.Url}.", endpoint.DisabledReason ?? "",
            "Events are kept for 30 days. When the receiver works again, enable the endpoint and recover what has failed.",
        ];
        var link = occasion.Link($"/webhooks?endpoint={endpoint.Id}");
        List<string> text = [Title, .. lines.SelectMany(line => new[] { "", line }), "", $"{Action}: {link.AbsoluteUri}", "", "--", Footer];
        return new MailContent($"{Title} · {occasion.Tenant.Name}", string.Join('\n', text),
            MailLayout.Html(occasion.Tenant.Name, Title, string.Concat(lines.Select(MailLayout.Paragraph)), (Action, link), Footer));
    }
}
