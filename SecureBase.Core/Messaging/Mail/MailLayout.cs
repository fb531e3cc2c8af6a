using System.Net;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>The look of every e-mail: one quiet column, styles inline because mail programs drop style sheets.</summary>
public static class MailLayout
{
    private static readonly AccentTheme PortalsOwn = new("#0B655F", "#084E4A", "#DCEEEA", "#FFFFFF");

    private const string Font = "font-family:'Source Sans 3','Source Sans Pro','Segoe UI',Helvetica,Arial,sans-serif";

    /// <summary>A whole HTML document.</summary>
    /// <param name="organisation">Whose portal it is; escaped here.</param>
    /// <param name="title">Escaped here.</param>
    /// <param name="body">Safe HTML: the caller has escaped or rendered every text in it.</param>
    /// <param name="action">The one thing to do, and where.</param>
    /// <param name="footer">Why the recipient gets this; escaped here.</param>
    /// <param name="accent">The organisation's own colour, <c>#rrggbb</c>; made readable here. Null takes the portal's.</param>
    public static string Html(string organisation, string title, string body, (string Label, Uri Link) action, string footer, string? accent = null)
    {
        var button = AccentPalette.IsColour(accent) ? AccentPalette.Of(accent).Light : PortalsOwn;
        return $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>{Escape(title)}</title></head>
        <body style="margin:0;background:#F5F5F1;color:#14201E;{Font};font-size:15px;line-height:22px;overflow-wrap:anywhere">
        <div style="max-width:600px;margin:0 auto;padding:32px 20px">
        <p style="margin:0 0 16px;color:#46524E;font-size:13px">{Escape(organisation)}</p>
        <div style="background:#FFFFFF;border:1px solid #DEDFD7;border-radius:8px;padding:24px">
        <h1 style="margin:0 0 16px;font-size:18px;line-height:24px;font-weight:600">{Escape(title)}</h1>
        {body}
        <p style="margin:24px 0 0"><a href="{Escape(action.Link.AbsoluteUri)}" style="display:inline-block;background:{button.Accent};color:{button.On};text-decoration:none;padding:8px 16px;border-radius:5px">{Escape(action.Label)}</a></p>
        </div>
        <p style="margin:16px 0 0;color:#5F6A66;font-size:13px;line-height:18px">{Escape(footer)}</p>
        </div>
        </body>
        </html>
        """;
    }

    /// <summary>A paragraph of plain text.</summary>
    public static string Paragraph(string text) => $"""<p style="margin:0 0 12px">{Escape(text)}</p>""";

    /// <summary>Someone's words, set off by a rule.</summary>
    /// <param name="html">Safe HTML.</param>
    public static string Quote(string html) => $"""<div style="margin:0 0 12px;padding:0 0 0 16px;border-left:3px solid #C3C6BC">{html}</div>""";

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
