using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>What a feature writes about its events.</summary>
public interface IMailTemplate
{
    bool Covers(string eventType);

    MailContent Write(MailOccasion occasion);
}

/// <summary>What a message is about and for whom.</summary>
/// <param name="Data">The event's data, JSON.</param>
/// <param name="Link">Makes an address of a path, e.g. <c>/tickets/ACME-1042</c>, in the recipient's portal.</param>
public sealed record MailOccasion(TenantInfo Tenant, string RecipientName, string EventType, string Data, Func<string, Uri> Link);
