using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>
/// Writes a message as RFC 5322 wants it: text and HTML as multipart/alternative (RFC 2046), quoted-printable (RFC 2045
/// §6.7), headers beyond ASCII as encoded words (RFC 2047), lines of at most 78 characters, CRLF. The same mail gives the
/// same bytes, and no text in it can add a header.
/// </summary>
internal static class MailFormat
{
    private const int MaxLine = 76;
    // 52 characters in base64, which with the word's frame and the longest header name fit the line.
    private const int MaxEncodedWordBytes = 39;

    internal static string Write(OutgoingMail mail)
    {
        var domain = mail.From.Host;
        var boundary = $"=_{mail.Id:N}";
        var text = new StringBuilder();
        Header(text, "From", Address(mail.From));
        Header(text, "To", Address(mail.To));
        Header(text, "Subject", Words(mail.Content.Subject));
        Header(text, "Date", mail.Date.ToString("ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + mail.Date.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal));
        Header(text, "Message-ID", $"<{mail.Id:N}@{domain}>");
        if (mail.Thread is { } thread)
            Header(text, "References", $"<{thread:N}@{domain}>");
        Header(text, "Auto-Submitted", "auto-generated");
        Header(text, "MIME-Version", "1.0");
        Header(text, "Content-Type", $"multipart/alternative;\r\n boundary=\"{boundary}\"");
        text.Append("\r\n");
        Part(text, boundary, "text/plain", mail.Content.Text);
        Part(text, boundary, "text/html", mail.Content.Html);
        return text.Append(CultureInfo.InvariantCulture, $"--{boundary}--\r\n").ToString();
    }

    private static void Header(StringBuilder text, string name, string value) => text.Append(name).Append(": ").Append(value).Append("\r\n");

    private static string Address(MailAddress address) =>
        address.DisplayName.Length == 0 ? address.Address : $"{Phrase(address.DisplayName)}\r\n <{address.Address}>";

    // A display name of plain words stands as it is; anything else would need quoting and is encoded instead.
    private static string Phrase(string name) => name.Length <= MaxLine && name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-') ? name : Encoded(name);

    private static string Words(string value) => value.Length <= MaxLine - "Subject: ".Length && value.All(c => c is >= ' ' and <= '~') && !value.Contains("=?", StringComparison.Ordinal) ? value : Encoded(value);

    private static string Encoded(string value)
    {
        List<string> words = [];
        var bytes = new List<byte>();
        foreach (var rune in value.EnumerateRunes())
        {
            var next = Encoding.UTF8.GetBytes(rune.ToString());
            if (bytes.Count + next.Length > MaxEncodedWordBytes)
                Flush();
            bytes.AddRange(next);
        }
        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=");
            bytes.Clear();
        }
    }

    private static void Part(StringBuilder text, string boundary, string type, string body)
    {
        text.Append(CultureInfo.InvariantCulture, $"--{boundary}\r\nContent-Type: {type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        foreach (var line in body.ReplaceLineEndings("\n").Split('\n'))
            QuotedPrintable(text, line);
    }

    private static void QuotedPrintable(StringBuilder text, string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            var isLast = i == bytes.Length - 1;
            var isPlain = b is >= (byte)'!' and <= (byte)'~' and not (byte)'=' || (b is (byte)' ' or (byte)'\t' && !isLast);
            var size = isPlain ? 1 : 3;
            if (length + size > MaxLine - 1 && !(isLast && length + size <= MaxLine))
            {
                text.Append("=\r\n");
                length = 0;
            }
            if (isPlain)
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"={b:X2}");
            length += size;
        }
        text.Append("\r\n");
    }
}
