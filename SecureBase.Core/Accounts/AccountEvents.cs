namespace SecureBase.Core.Accounts;

/// <summary>What happens to accounts. None of these is part of the public contract: they carry mails and refresh pages.</summary>
public static class AccountEvents
{
    /// <summary>Subject kind of people, in audit, outbox and live signals.</summary>
    public const string Person = "person";

    /// <summary>Someone changed what lists show of a person.</summary>
    public const string PersonUpdated = "person.updated";

    internal const string LinkRequested = "account.link_requested";
    internal const string PasswordChanged = "account.password_changed";
    internal const string EmailChanged = "account.email_changed";
}

/// <summary>The data of <see cref="AccountEvents.PasswordChanged"/>.</summary>
/// <param name="ByLink">By a mailed link, and not by the person signed in.</param>
internal sealed record PasswordChange(DateTimeOffset At, bool ByLink);
