using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Markdig;
using Markdig.Extensions.AutoLinks;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SecureBase.Core.Kernel;

/// <summary>
/// Markdown as strangers write it, rendered so that a browser may show it. The HTML holds no element or attribute that
/// came from the text itself: raw HTML is shown as text, links lead to <c>http</c>, <c>https</c> or <c>mailto</c> only,
/// and a picture is a link, so that opening a ticket asks no other server for anything.
/// </summary>
public static class SafeMarkdown
{
    // Deeper than people write; a text beyond it is shown as it was typed.
    private const int MaxNesting = 32;

    // The parser's time grows with the square of the marks it must pair and of the quotes on a line: half a second for
    // 20,000 characters of nothing else. Each viewer pays it, so such a text (or a pasted log) is shown as typed too.
    private const int MaxBrackets = 500;
    private const int MaxEmphasis = 2_000;

    // A ticket's subject is the page's h1 and its sections are h2.
    private const int HeadingOffset = 2;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder { MaximumNestingDepth = MaxNesting }
        .DisableHtml()
        .UsePipeTables()
        .UseAutoLinks(new AutoLinkOptions { ValidPreviousCharacters = "*_~(" })
        .UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough)
        .UseSoftlineBreakAsHardlineBreak()
        .Build();

    /// <summary>
    /// The text as safe HTML, in milliseconds for any text of 20,000 characters. Never throws for a text; one nested or
    /// marked beyond reason comes back escaped, as typed.
    /// </summary>
    public static string ToHtml(string markdown)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        if (!TryParse(markdown, out var document))
            return AsTyped(markdown);

        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        var renderer = new HtmlRenderer(writer) { MaximumNestingDepth = MaxNesting };
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<LinkInlineRenderer>(new LinkRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<AutolinkInlineRenderer>(new AutolinkRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<HeadingRenderer>(new LowerHeadingRenderer());
        try
        {
            renderer.Render(document);
        }
        catch (ArgumentException)
        {
            return AsTyped(markdown);
        }

        return writer.ToString();
    }

    /// <summary>
    /// The words without the marks, white space collapsed, at most <paramref name="maxLength"/> characters; what was
    /// cut off is shown by a final "…". Plain text: encode it like any other where it is shown.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than two characters were asked for.</exception>
    public static string ToExcerpt(string markdown, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 2);

        var words = new StringBuilder();
        if (TryParse(markdown, out var document))
            AppendWords(document, words);
        else
            words.Append(markdown);
        return Shorten(CollapseSpace(words), maxLength);
    }

    private static bool TryParse(string markdown, [NotNullWhen(true)] out MarkdownDocument? document)
    {
        document = null;
        if (IsBeyondReason(markdown))
            return false;
        try
        {
            document = Markdown.Parse(markdown, Pipeline);
            return true;
        }
        catch (ArgumentException)
        {
            // Markdig's answer to nesting beyond the limit.
            return false;
        }
    }

    private static bool IsBeyondReason(ReadOnlySpan<char> markdown)
    {
        if (markdown.Count('[') > MaxBrackets || markdown.Count('*') + markdown.Count('_') > MaxEmphasis)
            return true;

        foreach (var line in markdown.EnumerateLines())
        {
            var text = line.IndexOfAnyExcept('>', ' ', '\t');
            if ((text < 0 ? line : line[..text]).Count('>') > MaxNesting)
                return true;
        }

        return false;
    }

    private static string AsTyped(string markdown) => $"<pre>{HtmlEncoder.Default.Encode(markdown)}</pre>\n";

    /// <summary>The target to write, or null when the link must not be one.</summary>
    internal static string? SafeTarget(string? url)
    {
        if (!Uri.TryCreate(url?.Trim(), UriKind.Absolute, out var uri))
            return null;

        // A name in front of the host (https://securebase.example@evil.example) only serves to deceive.
        return uri.Scheme switch
        {
            "http" or "https" when uri.UserInfo.Length == 0 && uri.Host.Length > 0 => uri.AbsoluteUri,
            "mailto" => uri.AbsoluteUri,
            _ => null,
        };
    }

    private static void AppendWords(MarkdownDocument document, StringBuilder words)
    {
        foreach (var node in document.Descendants())
        {
            switch (node)
            {
                case CodeBlock code:
                    words.Append(' ').Append(code.Lines.ToString());
                    break;
                case LiteralInline literal:
                    words.Append(literal.Content.AsSpan());
                    break;
                case HtmlEntityInline entity:
                    words.Append(entity.Transcoded.AsSpan());
                    break;
                case CodeInline code:
                    words.Append(code.Content);
                    break;
                case AutolinkInline link:
                    words.Append(link.Url);
                    break;
                case Block or LineBreakInline:
                    words.Append(' ');
                    break;
            }
        }
    }

    private static string CollapseSpace(StringBuilder text)
    {
        var collapsed = new StringBuilder(text.Length);
        foreach (var chunk in text.GetChunks())
        {
            foreach (var c in chunk.Span)
            {
                if (!char.IsWhiteSpace(c) && !char.IsControl(c))
                    collapsed.Append(c);
                else if (collapsed.Length > 0 && collapsed[^1] != ' ')
                    collapsed.Append(' ');
            }
        }

        return collapsed.ToString().TrimEnd();
    }

    private static string Shorten(string text, int maxLength)
    {
        if (text.Length <= maxLength)
            return text;

        var end = 0;
        var word = 0;
        foreach (var grapheme in EnumerateGraphemes(text))
        {
            if (end + grapheme > maxLength - 1)
                break;
            if (text[end] == ' ')
                word = end;
            end += grapheme;
        }

        if (text[end] == ' ')
            word = end;

        // At a word's end where that costs little, inside the word where it would cost half the room.
        return text[..(word > maxLength / 2 ? word : end)] + "…";
    }

    private static IEnumerable<int> EnumerateGraphemes(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text, at);
            yield return length;
            at += length;
        }
    }

    private sealed class LinkRenderer : HtmlObjectRenderer<LinkInline>
    {
        protected override void Write(HtmlRenderer renderer, LinkInline link)
        {
            if (SafeTarget(link.GetDynamicUrl?.Invoke() ?? link.Url) is not { } target)
            {
                renderer.WriteChildren(link);
                return;
            }

            // A link cannot hold a link: the outer one gives way, so that no target hides behind another's text.
            if (link.Descendants<LinkInline>().Any() || link.Descendants<AutolinkInline>().Any())
            {
                renderer.WriteChildren(link);
                return;
            }

            WriteStart(renderer, target);
            if (link.FirstChild is null)
                renderer.WriteEscape(target);
            else
                renderer.WriteChildren(link);
            renderer.Write("</a>");
        }
    }

    private sealed class AutolinkRenderer : HtmlObjectRenderer<AutolinkInline>
    {
        protected override void Write(HtmlRenderer renderer, AutolinkInline link)
        {
            var target = SafeTarget(link.IsEmail ? "mailto:" + link.Url : link.Url);
            if (target is not null)
                WriteStart(renderer, target);
            renderer.WriteEscape(link.Url);
            if (target is not null)
                renderer.Write("</a>");
        }
    }

    private sealed class LowerHeadingRenderer : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock heading)
        {
            var level = Math.Min(heading.Level + HeadingOffset, 6).ToString(CultureInfo.InvariantCulture);
            renderer.Write("<h").Write(level).Write('>');
            renderer.WriteLeafInline(heading);
            renderer.Write("</h").Write(level).WriteLine(">");
        }
    }

    private static void WriteStart(HtmlRenderer renderer, string target) =>
        renderer.Write("<a href=\"").WriteEscape(target).Write("\" rel=\"noopener nofollow\" target=\"_blank\">");
}
