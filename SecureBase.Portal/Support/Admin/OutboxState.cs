using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;

namespace SecureBase.Portal.Support.Admin;

internal enum OutboxView { Mail, Deliveries }

/// <summary>How the message is read.</summary>
internal enum MailReading { Html, Text, Headers }

/// <summary>What the outbox shows, as its address.</summary>
internal sealed record OutboxState
{
    public OutboxView View { get; init; }
    /// <summary>The message that is read.</summary>
    public Guid? Mail { get; init; }
    public MailReading Reading { get; init; }
    /// <summary>Deliveries of this tenant only; a slug.</summary>
    public string? Tenant { get; init; }
    public DeliveryStatus? Status { get; init; }
    public string? Cursor { get; init; }

    public string Url => QueryText.Url("/outbox",
        ("view", View == OutboxView.Mail ? null : WireName.Of(View)),
        ("mail", Mail?.ToString("N")),
        ("as", Mail is null || Reading == MailReading.Html ? null : WireName.Of(Reading)),
        ("tenant", Tenant),
        ("status", Status is { } status ? WireName.Of(status) : null),
        ("cursor", Cursor));

    internal static OutboxState Parse(string? view, string? mail, string? reading, string? tenant, string? status, string? cursor) => new()
    {
        View = WireName.TryParse<OutboxView>(view, out var known) ? known : OutboxView.Mail,
        Mail = Guid.TryParseExact(mail, "N", out var id) ? id : null,
        Reading = WireName.TryParse<MailReading>(reading, out var way) ? way : MailReading.Html,
        Tenant = string.IsNullOrWhiteSpace(tenant) ? null : tenant,
        Status = WireName.TryParse<DeliveryStatus>(status, out var wanted) ? wanted : null,
        Cursor = string.IsNullOrWhiteSpace(cursor) ? null : cursor,
    };
}
