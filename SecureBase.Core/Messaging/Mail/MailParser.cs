using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>Reads back what <see cref="MailFormat"/> writes.</summary>
internal static partial class MailParser
{
    /// <exception cref="FormatException">The text is no message of ours.</exception>
    internal static Mail Parse(Guid id, string message)
    {
        var (headers, body) = Split(message);
        var boundary = Boundary().Match(Required(headers, "Content-Type")).Groups[1].Value;
        if (boundary.Length == 0)
            throw new FormatException("The message has no parts.");
        var parts = body.Split($"--{boundary}").Skip(1).Where(p => !p.StartsWith("--", StringComparison.Ordinal)).Select(p => Split(p.TrimStart('\r', '\n'))).ToList();
        var summary = new MailSummary(id, Decode(Required(headers, "From")), Decode(Required(headers, "To")), Decode(Required(headers, "Subject")),
            DateTimeOffset.Parse(Required(headers, "Date"), CultureInfo.InvariantCulture));
        return new Mail(summary, [.. headers.Select(h => new MailHeader(h.Name, Decode(h.Value)))], BodyOf(parts, "text/plain"), BodyOf(parts, "text/html"));
    }

    private static (List<MailHeader> Headers, string Body) Split(string message)
    {
        var end = message.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            throw new FormatException("The message has no body.");
        List<MailHeader> headers = [];
        foreach (var line in Fold().Replace(message[..end], " ").Split("\r\n"))
        {
            var colon = line.IndexOf(':');
            if (colon > 0)
                headers.Add(new MailHeader(line[..colon], line[(colon + 1)..].Trim()));
        }
        return (headers, message[(end + 4)..]);
    }

    private static string Required(List<MailHeader> headers, string name) =>
        headers.FindLast(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Value: var value } ? value : throw new FormatException($"The message has no {name}.");

    private static string BodyOf(List<(List<MailHeader> Headers, string Body)> parts, string type) =>
        parts.Where(p => Required(p.Headers, "Content-Type").StartsWith(type, StringComparison.Ordinal)).Select(p => QuotedPrintable(p.Body)).FirstOrDefault("");

    private static string QuotedPrintable(string body)
    {
        var joined = body.Replace("=\r\n", "", StringComparison.Ordinal);
        var bytes = new List<byte>(joined.Length);
        for (var i = 0; i < joined.Length; i++)
        {
            if (joined[i] == '=')
            {
                if (i + 2 >= joined.Length)
                    throw new FormatException("The body ends within a character.");
                bytes.Add(byte.Parse(joined.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
            }
            else
            {
                bytes.Add((byte)joined[i]);
            }
        }
        return Encoding.UTF8.GetString([.. bytes]).ReplaceLineEndings("\n").TrimEnd('\n');
    }

    private static string Decode(string value) =>
        EncodedWord().Replace(BetweenWords().Replace(value, "?==?"), word => Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups[1].Value)));

    [GeneratedRegex("boundary=\"([^\"]+)\"")]
    private static partial Regex Boundary();

    [GeneratedRegex(@"\r\n[ \t]+")]
    private static partial Regex Fold();

    [GeneratedRegex(@"\?=\s+=\?")]
    private static partial Regex BetweenWords();

    [GeneratedRegex(@"=\?utf-8\?B\?([A-Za-z0-9+/=]*)\?=")]
    private static partial Regex EncodedWord();
}
