using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Accounts;

/// <summary>Mails with a link to reset a password or confirm an address, and the word to the old address that it was replaced.</summary>
internal sealed class AccountLinkMails(TimeProvider clock) : IMailComposer
{
    /// <summary>So many links to a new password a person gets within an hour, whoever asks: the last of them works.</summary>
    internal const int ResetsPerHour = 5;

    public bool Covers(string eventType) => eventType is AccountEvents.LinkRequested or AccountEvents.EmailChanged;

    public async Task<ComposedMail?> ComposeAsync(SecureBaseDb db, MailRequest request, CancellationToken ct)
    {
        if (await db.OneTimeLinks.AsNoTracking().SingleOrDefaultAsync(l => l.Id == request.Work.SubjectId, ct) is not { } link
            || await db.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == link.PersonId && p.DeactivatedAt == null, ct) is not { Email: { } email } person)
        {
            return null;
        }

        if (request.Work.EventType == AccountEvents.EmailChanged)
            return link.PreviousEmail is { } previous ? new ComposedMail(new MailAddress(previous, person.DisplayName), EmailChanged(request, previous, email, link.UsedAt!.Value)) : null;
        if (link.Purpose == LinkPurpose.EmailChange && await IsTakenAsync(db, link, ct))
            return null;
        if (link.Purpose == LinkPurpose.PasswordReset && await IsFloodedAsync(db, link, ct))
            return null;
        if (await OneTimeLinks.MintAsync(db, link, clock.GetUtcNow(), ct) is not { } token)
            return null;
        return link.Purpose switch
        {
            LinkPurpose.PasswordReset => new ComposedMail(new MailAddress(email, person.DisplayName), Reset(request, link, token)),
            LinkPurpose.EmailChange => new ComposedMail(new MailAddress(link.Email!, person.DisplayName), ConfirmEmail(request, link, token, email)),
            _ => throw new InvalidOperationException($"Link {link.Id} is no account link."),
        };
    }

    private static async Task<bool> IsTakenAsync(SecureBaseDb db, OneTimeLink link, CancellationToken ct)
    {
        var wanted = link.Email!.ToUpperInvariant();
        return await db.Users.AnyAsync(p => p.NormalizedEmail == wanted && p.Id != link.PersonId, ct);
    }

    private static async Task<bool> IsFloodedAsync(SecureBaseDb db, OneTimeLink link, CancellationToken ct)
    {
        var since = link.CreatedAt - PasswordResetService.LinkLifetime;
        return await db.OneTimeLinks.CountAsync(l => l.PersonId == link.PersonId && l.Purpose == LinkPurpose.PasswordReset && l.Hash != null && l.Id != link.Id && l.CreatedAt > since, ct) >= ResetsPerHour;
    }

    private static MailContent Reset(MailRequest request, OneTimeLink link, string token) => AccountMail.Compose(request.Tenant, new AccountMail
    {
        Subject = $"A new password for {request.Tenant.Name}",
        Title = "Choose a new password",
        Lines =
        [
            $"Someone asked for a new password for your account at {request.Tenant.Name}. The link below sets one; it works once, until {AccountMail.Local(request.Tenant, link.ExpiresAt)}.",
            "Setting a new password signs you out everywhere. A second factor is still asked for.",
            "It was not you? Then do nothing: without the link nothing changes.",
        ],
        Action = ("Choose a new password", request.Link("/account/reset-password#" + token)),
        Footer = "You get this because a new password was asked for. This mailbox is not read.",
    });

    private static MailContent ConfirmEmail(MailRequest request, OneTimeLink link, string token, string current) => AccountMail.Compose(request.Tenant, new AccountMail
    {
        Subject = $"Confirm your new address for {request.Tenant.Name}",
        Title = "Confirm this address",
        Lines =
        [
            $"You asked to use this address instead of {current} for your account at {request.Tenant.Name}. The link below confirms it; it works once, until {AccountMail.Local(request.Tenant, link.ExpiresAt)}.",
            "Until then the old address stays in use.",
            "It was not you? Then do nothing.",
        ],
        Action = ("Confirm this address", request.Link("/account/confirm-email#" + token)),
        Footer = "You get this because someone named this address as theirs. This mailbox is not read.",
    });

    private static MailContent EmailChanged(MailRequest request, string previous, string current, DateTimeOffset at) => AccountMail.Compose(request.Tenant, new AccountMail
    {
        Subject = $"Your address for {request.Tenant.Name} was changed",
        Title = "Your sign-in address was changed",
        Lines =
        [
            $"Since {AccountMail.Local(request.Tenant, at)} your account at {request.Tenant.Name} is signed in to with {Masked(current)} and no longer with {previous}.",
            "It was not you? Then tell an admin of your organisation at once: they can lock the account, and the audit log names where the change came from.",
        ],
        Action = ("Open the sign-in page", request.Link("/account/sign-in")),
        Footer = "This is the last message to this address. This mailbox is not read.",
    });

    // Enough to know one's own address again, and too little for whoever reads the old mailbox to write to it.
    private static string Masked(string email) => email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? $"{email[0]}…{email[at..]}" : "another address";
}

/// <summary>The word that a password was changed.</summary>
internal sealed class PasswordMails : IMailTemplate
{
    public bool Covers(string eventType) => eventType == AccountEvents.PasswordChanged;

    public MailContent Write(MailOccasion occasion)
    {
        var change = JsonSerializer.Deserialize<PasswordChange>(occasion.Data, WireJson.Options) ?? throw new JsonException($"The data of {occasion.EventType} is empty.");
        return AccountMail.Compose(occasion.Tenant, new AccountMail
        {
            Subject = $"Your password for {occasion.Tenant.Name} was changed",
            Title = "Your password was changed",
            Lines =
            [
                $"The password of your account at {occasion.Tenant.Name} was changed on {AccountMail.Local(occasion.Tenant, change.At)}{(change.ByLink ? " by a link sent to this address" : " from within the portal")}.",
                change.ByLink ? "All your sessions were ended." : "All your other sessions were ended.",
                "It was not you? Then ask for a new password at once, and tell an admin of your organisation.",
            ],
            Action = ("Ask for a new password", occasion.Link("/account/forgot-password")),
            Footer = "You always get this when your password changes. This mailbox is not read.",
        });
    }
}

/// <summary>What all account mails are made of, in HTML and text.</summary>
internal sealed record AccountMail
{
    internal required string Subject { get; init; }
    internal required string Title { get; init; }
    internal required IReadOnlyList<string> Lines { get; init; }
    internal required (string Label, Uri Link) Action { get; init; }
    internal required string Footer { get; init; }

    internal static MailContent Compose(TenantInfo tenant, AccountMail mail)
    {
        string[] text = [mail.Title, .. mail.Lines.SelectMany(line => new[] { "", line }), "", $"{mail.Action.Label}: {mail.Action.Link.AbsoluteUri}", "", "--", mail.Footer];
        return new MailContent(mail.Subject, string.Join('\n', text), MailLayout.Html(tenant.Name, mail.Title, string.Concat(mail.Lines.Select(MailLayout.Paragraph)), mail.Action, mail.Footer, tenant.Accent));
    }

    internal static string Local(TenantInfo tenant, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(tenant.TimeZone)):d MMMM yyyy, HH:mm} ({tenant.TimeZone})");
}
