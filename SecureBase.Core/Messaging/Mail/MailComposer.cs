using System.Net.Mail;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>
/// Mails that need more than an event's data: an address that is no person's, or a link that may stand in this mail and nowhere else.
/// </summary>
public interface IMailComposer
{
    bool Covers(string eventType);

    /// <summary>
    /// Writes the mail of one attempt. What it saves through <paramref name="db"/>, which works under the tenant's row-level security,
    /// holds even if sending fails; the next attempt composes anew.
    /// </summary>
    /// <returns>Null when the mail is no longer wanted: it is then given up for good.</returns>
    Task<ComposedMail?> ComposeAsync(SecureBaseDb db, MailRequest request, CancellationToken ct);
}

/// <summary>The mail to compose.</summary>
/// <param name="Link">Makes an address of a path in this tenant's portal.</param>
public sealed record MailRequest(TenantInfo Tenant, DeliveryWork Work, Func<string, Uri> Link);

public sealed record ComposedMail(MailAddress To, MailContent Content);
