using System.Text;
using System.Text.RegularExpressions;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>A folder of <c>.eml</c> files, one per delivery, which any mail program opens.</summary>
/// <param name="showsTokens">Whether who reads here sees the tokens of one-time links. Only Development's people may: anywhere else they would open accounts with them.</param>
public sealed partial class MailFolder(string path, bool showsTokens = true)
{
    private const string Extension = ".eml";

    /// <summary>Writes the message under its id; writing it again replaces it. A reader sees all of it or nothing.</summary>
    internal async Task WriteAsync(OutgoingMail mail, CancellationToken ct)
    {
        Directory.CreateDirectory(path);
        var file = FileOf(mail.Id);
        var unfinished = file + "." + Guid.CreateVersion7().ToString("N");
        await File.WriteAllTextAsync(unfinished, MailFormat.Write(mail), Encoding.ASCII, ct);
        File.Move(unfinished, file, overwrite: true);
    }

    /// <summary>The newest messages first, without their bodies.</summary>
    public async Task<IReadOnlyList<MailSummary>> ListAsync(int limit, CancellationToken ct)
    {
        if (!Directory.Exists(path))
            return [];
        // Ids begin with their time, so the newest have the greatest names.
        var newest = Directory.EnumerateFiles(path, "*" + Extension).OrderByDescending(f => f, StringComparer.Ordinal).Take(limit);
        List<MailSummary> mails = [];
        foreach (var file in newest)
        {
            if (await ReadAsync(file, ct) is { } mail)
                mails.Add(mail.Summary);
        }
        return mails;
    }

    /// <summary>One message; null when there is none of that id.</summary>
    public async Task<Mail?> FindAsync(Guid id, CancellationToken ct) =>
        await ReadAsync(FileOf(id), ct) is { } mail ? showsTokens ? mail : mail with { Text = Token().Replace(mail.Text, "#…"), Html = Token().Replace(mail.Html, "#…") } : null;

    private static async Task<Mail?> ReadAsync(string file, CancellationToken ct)
    {
        try
        {
            return MailParser.Parse(Guid.ParseExact(Path.GetFileNameWithoutExtension(file), "N"), await File.ReadAllTextAsync(file, Encoding.ASCII, ct));
        }
        catch (Exception failure) when (failure is FormatException or FileNotFoundException or DirectoryNotFoundException)
        {
            // Someone's own file, or one just removed by hand: the folder is Development's.
            return null;
        }
    }

    [GeneratedRegex("#[0-9A-Za-z]{43}")]
    private static partial Regex Token();

    private string FileOf(Guid id) => Path.Combine(path, id.ToString("N") + Extension);
}

/// <summary>A message in the folder, as a list shows it.</summary>
public sealed record MailSummary(Guid Id, string From, string To, string Subject, DateTimeOffset Date);

/// <summary>A line of a message's head, unfolded and decoded.</summary>
public sealed record MailHeader(string Name, string Value);

/// <summary>A message in the folder.</summary>
/// <param name="Headers">In the order written.</param>
/// <param name="Html">A document from a stranger's text, made safe when it was written; show it in a sandboxed frame nevertheless.</param>
public sealed record Mail(MailSummary Summary, IReadOnlyList<MailHeader> Headers, string Text, string Html);
