using System.Globalization;
using System.Text;

namespace SecureBase.Core.Support.Attachments;

/// <summary>A file's name as it may be shown, stored and suggested for saving: no path, nothing invisible, nothing that turns the text around.</summary>
public static class AttachmentName
{
    private const string Nameless = "file";

    private static readonly char[] Separators = ['/', '\\'];

    // What file systems refuse.
    private static readonly char[] Refused = ['<', '>', ':', '"', '|', '?', '*'];

    /// <summary>The name, made harmless and at most <see cref="TicketAttachment.NameMax"/> characters long; its ending survives the cut.</summary>
    /// <param name="extension">The ending of a file that came without a name, with its dot.</param>
    public static string Of(string? name, string extension)
    {
        var last = (name ?? "")[((name ?? "").LastIndexOfAny(Separators) + 1)..];
        var clean = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                continue;
            if (rune.IsBmp && Refused.Contains((char)rune.Value))
                clean.Append('_');
            else
                clean.Append(rune);
        }
        var text = clean.ToString().Trim().Trim('.').Trim();
        return text.Length == 0 ? Nameless + extension : Shortened(text);
    }

    private static string Shortened(string name)
    {
        if (name.Length <= TicketAttachment.NameMax)
            return name;
        var extension = Path.GetExtension(name);
        if (extension.Length > 12)
            extension = "";
        var kept = TicketAttachment.NameMax - extension.Length;
        if (char.IsHighSurrogate(name[kept - 1]))
            kept--;
        return name[..kept] + extension;
    }
}
