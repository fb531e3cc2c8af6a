using System.Net.Mail;
using System.Text;
using SecureBase.Core.Messaging.Mail;

namespace SecureBase.Tests.Messaging.Mail;

public sealed class MailFormatTests
{
    private static readonly Guid Id = Guid.Parse("01a20000-0000-7000-8000-000000000001");

    [Theory]
    [InlineData("Plain subject", "Plain text")]
    [InlineData("Grüße aus München: Kühlwasser für „Büro 7“", "Zeile mit Ümlauten\nund = und .\n\nEnde ")]
    [InlineData("日本語の件名がとても長くて一行に収まらないので折り返される必要がある場合のテスト", "絵文字 🚀 auch\ttab\t")]
    [InlineData("=?utf-8?B?not encoded?=", "=3D stays =3D")]
    [InlineData("A subject of more than seventy-six characters, which has to be folded somewhere on its way", "x")]
    public void Write_AnyText_ReadsBackAsItWas(string subject, string text)
    {
        var mail = MailParser.Parse(Id, MailFormat.Write(Outgoing(subject, text)));

        Assert.Equal(subject, mail.Summary.Subject);
        Assert.Equal(text.TrimEnd('\n'), mail.Text);
        Assert.Equal($"<p>{text}</p>", mail.Html);
        Assert.Equal("Zoë \"the\" Admin <zoe@acme.test>", mail.Summary.To);
    }

    [Fact]
    public void Write_HeadersAndBody_StayAsciiAndWithinTheLineLimit()
    {
        var message = MailFormat.Write(Outgoing(new string('ü', 300), new string('é', 5_000) + "\n" + new string('x', 5_000)));

        Assert.True(Ascii.IsValid(message));
        Assert.All(message.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.DoesNotContain('\n', message.Replace("\r\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_LineBreaksInTheSubject_AddNoHeader()
    {
        var message = MailFormat.Write(Outgoing("Hello\r\nBcc: victim@globex.test\n\nbody", "text"));

        Assert.DoesNotContain("\r\nBcc:", message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Hello\r\nBcc: victim@globex.test\n\nbody", MailParser.Parse(Id, message).Summary.Subject);
    }

    [Fact]
    public void Write_Always_NamesMessageThreadAndDate()
    {
        var message = MailFormat.Write(Outgoing("Subject", "text"));

        Assert.Contains("\r\nMessage-ID: <01a2000000007000800000000000" + "0001@portal.test>\r\n", message, StringComparison.Ordinal);
        Assert.Contains("\r\nReferences: <01a2000000007000800000000000" + "0001@portal.test>\r\n", message, StringComparison.Ordinal);
        Assert.Contains("\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n", message, StringComparison.Ordinal);
        Assert.Contains("\r\nAuto-Submitted: auto-generated\r\n", message, StringComparison.Ordinal);
    }

    private static OutgoingMail Outgoing(string subject, string text) => new()
    {
        Id = Id,
        From = new MailAddress("no-reply@portal.test", "SecureBase"),
        To = new MailAddress("zoe@acme.test", "Zoë \"the\" Admin"),
        Date = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero),
        Content = new MailContent(subject, text, $"<p>{text}</p>"),
        Thread = Id,
    };
}
