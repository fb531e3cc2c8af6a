using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Tests.Infrastructure;
using SentMail = SecureBase.Core.Messaging.Mail.Mail;

namespace SecureBase.Tests.Accounts;

/// <summary>What was written to one address, as its reader would find it; any node may have written it.</summary>
internal sealed partial class Mailbox(string address, params IReadOnlyList<PortalFactory> portals)
{
    /// <summary>The newest first, once so many have come; more are a fault.</summary>
    internal async Task<IReadOnlyList<SentMail>> ReadAsync(int count)
    {
        List<SentMail> mails = [];
        await Until.TrueAsync($"{count} mails to {address}", async () =>
        {
            mails.Clear();
            foreach (var folder in portals.Select(portal => portal.Services.GetRequiredService<MailFolder>()))
            {
                foreach (var summary in await folder.ListAsync(1_000, CancellationToken.None))
                {
                    if (summary.To.Contains(address, StringComparison.Ordinal))
                        mails.Add((await folder.FindAsync(summary.Id, CancellationToken.None))!);
                }
            }
            mails.Sort((a, b) => b.Summary.Id.CompareTo(a.Summary.Id));
            return mails.Count >= count;
        });
        Assert.Equal(count, mails.Count);
        return mails;
    }

    /// <summary>The token in the newest of so many mails.</summary>
    internal async Task<string> TokenAsync(int count = 1) => TokenIn((await ReadAsync(count))[0]);

    internal static string TokenIn(SentMail mail)
    {
        var token = Token().Match(mail.Text).Groups[1].Value;
        Assert.Equal(43, token.Length);
        Assert.Contains("#" + token, mail.Html, StringComparison.Ordinal);
        return token;
    }

    [GeneratedRegex("#([0-9A-Za-z]{43})")]
    private static partial Regex Token();
}
