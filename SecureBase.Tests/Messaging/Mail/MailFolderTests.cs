using System.Net.Mail;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Messaging.Mail;

/// <summary>What those who may read the outbox see of a mailed link.</summary>
public sealed class MailFolderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_IsShownInDevelopmentAlone(bool development)
    {
        using var folder = new TestFolder();
        var token = new string('k', 43);
        var link = $"https://acme.example/account/reset-password#{token}";
        var id = Guid.CreateVersion7();
        await new MailFolder(folder.Path).WriteAsync(new OutgoingMail
        {
            Id = id, From = new MailAddress("a@b.test"), To = new MailAddress("c@d.test"), Date = DateTimeOffset.UnixEpoch, Content = new MailContent("A link", $"Open: {link}", $"""<a href="{link}">open</a>"""),
        }, CancellationToken.None);

        var mail = (await new MailFolder(folder.Path, showsTokens: development).FindAsync(id, CancellationToken.None))!;

        Assert.Equal(development, (mail.Text + mail.Html).Contains(token, StringComparison.Ordinal));
        Assert.Contains("/account/reset-password#", mail.Text, StringComparison.Ordinal);
        Assert.Contains("/account/reset-password#", mail.Html, StringComparison.Ordinal);
    }
}
