using System.Globalization;
using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging.Mail;

namespace SecureBase.Core.Factors;

/// <summary>What people are told when the way they sign in has changed.</summary>
internal sealed class FactorMails : IMailTemplate
{
    private const string Footer = "You get this because it concerns the security of your account; it cannot be turned off. This mailbox is not read.";
    private const string Action = "Look at your sign-in";

    public bool Covers(string eventType) => eventType == FactorEvents.Changed;

    public MailContent Write(MailOccasion occasion)
    {
        var changed = JsonSerializer.Deserialize<FactorsChanged>(occasion.Data, WireJson.Options) ?? throw new JsonException($"The data of {occasion.EventType} is empty.");
        var title = Title(changed);
        List<string> lines = [$"{Sentence(changed)} {When(occasion, changed)}"];
        if (changed.CodesLeft is { } left)
            lines.Add(left == 0 ? "You have no recovery codes left: make new ones." : string.Create(CultureInfo.InvariantCulture, $"You have {left} recovery codes left."));
        if (changed.Change == FactorChangeKind.FactorsReset)
            lines.Add("You were signed out everywhere. At your next sign-in you may have to set up a second factor again.");
        lines.Add("If this was not you, and nobody you asked, change your password at once and tell an admin of your organisation.");

        var link = occasion.Link("/profile/security");
        List<string> text = [title, .. lines.SelectMany(line => new[] { "", line }), "", $"{Action}: {link.AbsoluteUri}", "", "--", Footer];
        return new MailContent($"{title} · {occasion.Tenant.Name}", string.Join('\n', text), MailLayout.Html(occasion.Tenant.Name, title, string.Concat(lines.Select(MailLayout.Paragraph)), (Action, link), Footer));
    }

    private static string Title(FactorsChanged changed) => changed.Change switch
    {
        FactorChangeKind.AuthenticatorSet => "An authenticator app was set up",
        FactorChangeKind.AuthenticatorRemoved => "Your authenticator app was removed",
        FactorChangeKind.PasskeyAdded => "A passkey was added",
        FactorChangeKind.PasskeyRemoved => "A passkey was removed",
        FactorChangeKind.RecoveryCodesRenewed => "You have new recovery codes",
        FactorChangeKind.RecoveryCodeUsed => "A recovery code was used to sign in",
        FactorChangeKind.FactorsReset => "Your second factor was reset",
        _ => throw new ArgumentOutOfRangeException(nameof(changed), changed.Change, "Unknown change"),
    };

    private static string Sentence(FactorsChanged changed) => changed.Change switch
    {
        FactorChangeKind.AuthenticatorSet => "From now on signing in to your account asks for the codes of an authenticator app.",
        FactorChangeKind.AuthenticatorRemoved => "Signing in to your account no longer takes the codes of your authenticator app.",
        FactorChangeKind.PasskeyAdded => $"The passkey “{changed.Passkey}” now signs in to your account.",
        FactorChangeKind.PasskeyRemoved => $"The passkey “{changed.Passkey}” no longer signs in to your account.",
        FactorChangeKind.RecoveryCodesRenewed => "The recovery codes you had until now no longer work.",
        FactorChangeKind.RecoveryCodeUsed => "Somebody with your password signed in with one of your recovery codes.",
        _ => $"{changed.By ?? "An admin"} removed your authenticator app, your passkeys and your recovery codes.",
    };

    private static string When(MailOccasion occasion, FactorsChanged changed)
    {
        var at = TimeZoneInfo.ConvertTime(changed.At, TimeZoneInfo.FindSystemTimeZoneById(occasion.Tenant.TimeZone));
        var from = changed.RemoteAddress is { } address ? $", from the address {address}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"That was on {at:d MMMM yyyy} at {at:HH:mm} ({occasion.Tenant.TimeZone}){from}.");
    }
}
