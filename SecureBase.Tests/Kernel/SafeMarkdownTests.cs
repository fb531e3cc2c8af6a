using System.Diagnostics;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using SecureBase.Core.Kernel;

namespace SecureBase.Tests.Kernel;

public sealed class SafeMarkdownTests
{
    // What grows with the square of its length takes hundreds of times what prose takes.
    private const int MostTimesProse = 150;

    private static readonly string Prose = string.Concat(Enumerable.Repeat("The peering drops every *twenty* minutes, since 08:40, and comes back by itself.\n\n", 250))[..20_000];

    private static readonly HashSet<string> AllowedElements = new(StringComparer.Ordinal)
    {
        "p", "br", "h3", "h4", "h5", "h6", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "hr",
        "a", "table", "thead", "tbody", "tr", "th", "td",
    };

    private static readonly HashSet<string> AllowedAttributes = new(StringComparer.Ordinal)
    {
        "a.href", "a.rel", "a.target", "code.class", "ol.start", "ol.type", "th.style", "td.style",
    };

    [Theory]
    [InlineData("**bold** and *soft* and ~~gone~~", "<p><strong>bold</strong> and <em>soft</em> and <del>gone</del></p>")]
    [InlineData("one\ntwo", "<p>one<br />\ntwo</p>")]
    [InlineData("# Title", "<h3>Title</h3>")]
    [InlineData("###### Small", "<h6>Small</h6>")]
    [InlineData("`a < b`", "<p><code>a &lt; b</code></p>")]
    [InlineData("a & b < c", "<p>a &amp; b &lt; c</p>")]
    [InlineData("```csharp\nvar x = \"<b>\";\n```", "<pre><code class=\"language-csharp\">var x = &quot;&lt;b&gt;&quot;;\n</code></pre>")]
    [InlineData("[docs](https://example.com/a?b=1&c=2)", "<p><a href=\"https://example.com/a?b=1&amp;c=2\" rel=\"noopener nofollow\" target=\"_blank\">docs</a></p>")]
    [InlineData("see https://example.com/x.", "<p>see <a href=\"https://example.com/x\" rel=\"noopener nofollow\" target=\"_blank\">https://example.com/x</a>.</p>")]
    [InlineData("<ops@example.com>", "<p><a href=\"mailto:ops@example.com\" rel=\"noopener nofollow\" target=\"_blank\">ops@example.com</a></p>")]
    [InlineData("![a chart](https://example.com/c.png)", "<p><a href=\"https://example.com/c.png\" rel=\"noopener nofollow\" target=\"_blank\">a chart</a></p>")]
    [InlineData("![](https://example.com/c.png)", "<p><a href=\"https://example.com/c.png\" rel=\"noopener nofollow\" target=\"_blank\">https://example.com/c.png</a></p>")]
    [InlineData("", "")]
    public void ToHtml_OrdinaryText_IsRendered(string markdown, string html) =>
        Assert.Equal(html, SafeMarkdown.ToHtml(markdown).TrimEnd('\n'));

    [Fact]
    public void ToHtml_Table_KeepsItsShape()
    {
        var body = Parse(SafeMarkdown.ToHtml("| host | cost |\n|---|---:|\n| a | 12 |\n| b | 7 |"));
        Assert.Equal(2, body.QuerySelectorAll("tbody tr").Length);
        Assert.Equal("12", body.QuerySelector("tbody td:last-child")!.TextContent);
    }

    public static TheoryData<string> Hostile => new()
    {
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<iframe src=https://evil.example></iframe>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<style>body{display:none}</style>",
        "<form action=https://evil.example><input name=p></form>",
        "<base href=https://evil.example/>",
        "<meta http-equiv=refresh content=0;url=https://evil.example>",
        "<div\nonclick=alert(1)>x</div>",
        "<!-- --><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?php echo 1 ?>",
        "text <b onmouseover=alert(1)>bold</b> text",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x]( javascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A;&#x61;vascript&colon;alert(1))",
        "[x](javascript&#58;alert(1))",
        "[x](javascript%3Aalert(1))",
        "[x](\u0001javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:msgbox(1))",
        "[x](file:///etc/passwd)",
        "[x](blob:https://evil.example/1)",
        "[x](//evil.example/x)",
        "[x](/sign-out)",
        "[x](#top)",
        "[x](\\\\evil.example\\share)",
        "[x](https://bank.example@evil.example/)",
        "[x](https://bank.example:pw@evil.example/)",
        "[x](https://example.com/\"onmouseover=\"alert(1))",
        "[x](https://example.com/'onmouseover='alert(1))",
        "[x](https://example.com \"t\\\" onmouseover=\\\"alert(1)\")",
        "[x][1]\n\n[1]: javascript:alert(1)",
        "[x][1]\n\n[1]: data:text/html,x 'title'",
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        "![x](javascript:alert(1))",
        "![x](data:image/svg+xml;base64,PHN2Zy8+)",
        "![x\" onerror=\"alert(1)](https://example.com/x.png)",
        "![<img src=x onerror=alert(1)>](https://example.com/x.png)",
        "[![x](https://evil.example/pixel.png)](https://example.com)",
        "[a [b](javascript:alert(1)) c](https://example.com)",
        "[https://bank.example](javascript:alert(1))",
        "www.example.com\"onmouseover=alert(1)",
        "https://example.com/\"onmouseover=\"alert(1)",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "`<script>alert(1)</script>`",
        "```\"><script>alert(1)</script>\ncode\n```",
        "```x\" onclick=\"alert(1)\ncode\n```",
        "    <script>alert(1)</script>",
        "# <script>alert(1)</script>",
        "> <script>alert(1)</script>",
        "- <script>alert(1)</script>",
        "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
        "Title {onclick=alert(1)}\n===",
        "[x](https://example.com){onclick=alert(1)}",
        "\u202Ehttps://example.com",
        "a\0b <scr\0ipt>alert(1)</scr\0ipt>",
        "\uD800 lone <b>\uDC00</b>",
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void ToHtml_HostileText_HoldsNothingButTheAllowedElementsAndTargets(string markdown)
    {
        foreach (var element in Parse(SafeMarkdown.ToHtml(markdown)).QuerySelectorAll("*"))
        {
            Assert.Contains(element.LocalName, AllowedElements);
            foreach (var attribute in element.Attributes)
                Assert.Contains($"{element.LocalName}.{attribute.Name}", AllowedAttributes);
            if (element.LocalName != "a")
                continue;

            var target = new Uri(element.GetAttribute("href")!, UriKind.Absolute);
            Assert.Contains(target.Scheme, new[] { "http", "https", "mailto" });
            Assert.Empty(target.Scheme == "mailto" ? "" : target.UserInfo);
            Assert.Equal("noopener nofollow", element.GetAttribute("rel"));
            Assert.Empty(element.QuerySelectorAll("a"));
        }
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("text <b onmouseover=alert(1)>bold</b> text")]
    [InlineData("<javascript:alert(1)>", "javascript:alert(1)")]
    [InlineData("[x](javascript:alert(1))", "x")]
    public void ToHtml_WhatIsRefused_IsStillReadable(string markdown, string? text = null) =>
        Assert.Equal(text ?? markdown, Parse(SafeMarkdown.ToHtml(markdown)).TextContent.Trim());

    public static TheoryData<string, string> Pathological => new()
    {
        { "quotes", new string('>', 20_000) },
        { "spaced quotes", string.Concat(Enumerable.Repeat("> ", 10_000)) },
        { "open brackets", new string('[', 20_000) },
        { "image brackets", string.Concat(Enumerable.Repeat("![", 10_000)) },
        { "nested links", string.Concat(Enumerable.Repeat("[a](", 5_000)) },
        { "emphasis", string.Concat(Enumerable.Repeat("*a **a ", 2_857)) },
        { "asterisks", new string('*', 20_000) },
        { "underscores", string.Concat(Enumerable.Repeat("_a ", 6_666)) },
        { "backticks", string.Concat(Enumerable.Range(1, 190).Select(n => "e" + new string('`', n))) },
        { "marks just below the limit", string.Concat(Enumerable.Repeat("[a](", 500)) + new string('b', 18_000) },
        { "emphasis just below the limit", string.Concat(Enumerable.Repeat("*a **a ", 660)) + new string('b', 15_000) },
        { "lists", string.Concat(Enumerable.Range(0, 180).Select(n => new string(' ', n) + "- a\n")) },
        { "dashes on a line", string.Concat(Enumerable.Repeat("- ", 10_000)) },
        { "pipes", new string('|', 20_000) },
        { "table", "|" + new string('a', 5) + "|\n|-|\n" + string.Concat(Enumerable.Repeat("|x|\n", 4_900)) },
        { "wide table", string.Concat(Enumerable.Repeat("a|", 4_990)) + "\n" + string.Concat(Enumerable.Repeat("-|", 4_990)) },
        { "one column, ragged rows", "|a|\n|-|\n" + string.Concat(Enumerable.Repeat("|||||||||\n", 1_990)) },
        { "tildes", new string('~', 20_000) },
        { "references", string.Concat(Enumerable.Range(0, 1_000).Select(n => $"[a{n}]: /x\n[a{n}]\n")) },
        { "angles", new string('<', 20_000) },
        { "entities", string.Concat(Enumerable.Repeat("&#", 10_000)) },
        { "links", string.Concat(Enumerable.Repeat("http://", 2_857)) },
        { "newlines", new string('\n', 20_000) },
        { "backslashes", new string('\\', 20_000) },
        { "fences", string.Concat(Enumerable.Repeat("```\n", 5_000)) },
    };

    [Theory]
    [MemberData(nameof(Pathological))]
    public void ToHtml_PathologicalTextOfFullLength_CostsNoMoreThanItsLengthMayCost(string what, string markdown)
    {
        Assert.InRange(markdown.Length, 1, 20_010);
        var (pathological, ordinary) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        // The best of some rounds, in turns, for what else the machine does falls on both but not evenly. A text that costs too much does so in every round.
        for (var round = 0; round < 8 && (round < 2 || pathological >= MostTimesProse * ordinary); round++)
        {
            ordinary = Shorter(ordinary, TimeOf(Prose));
            pathological = Shorter(pathological, TimeOf(markdown));
        }
        Assert.True(pathological < MostTimesProse * ordinary, $"{what}: {pathological / ordinary:0} times what prose of the same length takes.");
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan TimeOf(string markdown)
    {
        var began = Stopwatch.GetTimestamp();
        SafeMarkdown.ToHtml(markdown);
        SafeMarkdown.ToExcerpt(markdown, 200);
        return Stopwatch.GetElapsedTime(began);
    }

    [Theory]
    [InlineData("[a](https://example.com) ", 500, false)]
    [InlineData("[a](https://example.com) ", 501, true)]
    [InlineData("**a** ", 500, false)]
    [InlineData("_a ", 2_001, true)]
    [InlineData("word ", 4_000, false)]
    public void ToHtml_MarkedBeyondReason_IsShownAsTyped(string text, int times, bool asTyped) =>
        Assert.Equal(
            asTyped,
            SafeMarkdown.ToHtml(string.Concat(Enumerable.Repeat(text, times))).StartsWith("<pre>", StringComparison.Ordinal));

    [Fact]
    public void ToHtml_NestedBeyondReason_IsShownAsTyped()
    {
        var html = SafeMarkdown.ToHtml(string.Concat(Enumerable.Repeat("> ", 200)) + "<b>deep</b>");
        Assert.StartsWith("<pre>&gt; &gt;", html, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;deep&lt;/b&gt;", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("**Billing** is `off` by [one cent](https://example.com)", 100, "Billing is off by one cent")]
    [InlineData("# Title\n\nFirst line\nsecond\n\n- a\n- b", 100, "Title First line second a b")]
    [InlineData("```\ncode here\n```", 100, "code here")]
    [InlineData("a &amp; b <b>c</b>", 100, "a & b <b>c</b>")]
    [InlineData("![chart](https://example.com/c.png)", 100, "chart")]
    [InlineData("https://example.com/x", 100, "https://example.com/x")]
    [InlineData("| a | b |\n|---|---|\n| 1 | 2 |", 100, "a b 1 2")]
    [InlineData("one two three four", 12, "one two…")]
    [InlineData("one two three four", 14, "one two three…")]
    [InlineData("exactly ten", 11, "exactly ten")]
    [InlineData("unbreakableword", 8, "unbreak…")]
    [InlineData("ab👩‍👩‍👧cd", 6, "ab…")]
    [InlineData("   ", 10, "")]
    public void ToExcerpt_TakesTheWords(string markdown, int maxLength, string excerpt)
    {
        Assert.Equal(excerpt, SafeMarkdown.ToExcerpt(markdown, maxLength));
        Assert.True(excerpt.Length <= maxLength);
    }

    private static IElement Parse(string html) => new HtmlParser().ParseDocument("<!doctype html><body>" + html).Body!;
}
