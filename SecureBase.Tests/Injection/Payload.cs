using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace SecureBase.Tests.Injection;

/// <summary>A text that does something if anything but a reader takes it for meant, and that leaves a mark which an answer can be searched for.</summary>
/// <param name="Kind">sql, script, path, header or template.</param>
internal sealed record Payload(string Kind, string Text)
{
    private const string Element = "sb-probe";
    private const string Call = "sbprobe(";
    private const string Header = "X-Sb-Probe";
    private const string Foreign = "evil.example";
    private const string Sum = "1337*7331";
    private const string Evaluated = "9801547";
    private const string PasswordFile = "root:x:0:0";

    /// <param name="victim">The tenant whose rows the database statements are after.</param>
    internal static IReadOnlyList<Payload> Against(Guid victim) =>
    [
        .. Of("sql", "' or '1'='1", $"'; select set_config('app.tenant_id', '{victim}', false); --", $"' or tenant_id = '{victim}' --", "' union select null, email, password_hash from people --",
            "1; drop table tickets; --", "%' or true --", "\\'; select 1/0; --", "$$; select 1/0; $$", "') or (select count(*) from people) > 0 --"),
        .. Of("script", $"<script>{Call})</script>", $"\"><{Element} onfocus=\"{Call})\" autofocus>", $"' onmouseover='{Call})", $"</title></textarea><{Element}>", $"--><{Element}>", $"<svg/onload={Call})>",
            $"javascript:{Call})", $"&lt;{Element}&gt;", $"\u2028{Call})//", $"</script><script>{Call})</script>", $"<a href=\"https://{Foreign}/\">x</a>"),
        .. Of("path", "../../../../../../etc/passwd", "..\\..\\..\\..\\etc\\passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "file:///etc/passwd", $"//{Foreign}/x", $"https://{Foreign}/x", "/proc/self/environ"),
        .. Of("nul", "/etc/passwd\0.png"),
        .. Of("header", $"x\r\n{Header}: 1", $"x\nSet-Cookie: {Header}=1", $"x%0d%0a{Header}:%201", $"x\u560d\u560a{Header}: 1"),
        .. Of("template", $"{{{{{Sum}}}}}", $"${{{Sum}}}", $"#{{{Sum}}}", $"<%= {Sum} %>", $"@({Sum})", "{0}{1}{2}{3}", "%s%s%n", "${jndi:ldap://127.0.0.1:1/x}", "{{constructor.constructor('return 1')()}}"),
    ];

    private static IEnumerable<Payload> Of(string kind, params string[] texts) => texts.Select(text => new Payload(kind, text));

    /// <summary>What is wrong with an answer to a request that held payloads; null when nothing is.</summary>
    internal static async Task<string?> FaultOfAsync(HttpResponseMessage answer)
    {
        if (answer.StatusCode >= HttpStatusCode.InternalServerError)
            return $"answered {(int)answer.StatusCode}";
        if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            return "was turned away by a rate limit, so nothing was attacked";
        var headers = answer.Headers.Concat(answer.Content.Headers).ToList();
        if (headers.Any(h => h.Key.Equals(Header, StringComparison.OrdinalIgnoreCase) || (h.Key == "Set-Cookie" && h.Value.Any(v => v.StartsWith(Header, StringComparison.OrdinalIgnoreCase)))))
            return "a header was injected";
        if (answer.Headers.Location is { IsAbsoluteUri: true } location && location.Host.Contains(Foreign, StringComparison.OrdinalIgnoreCase))
            return $"led away to {location}";
        var body = await answer.Content.ReadAsStringAsync();
        if (body.Contains(PasswordFile, StringComparison.Ordinal))
            return "showed a file of the server";
        if (body.Contains(Evaluated, StringComparison.Ordinal))
            return "computed a template";
        return answer.Content.Headers.ContentType?.MediaType == "text/html" ? FaultOfPage(body)
            : body.Length > 0 && (!answer.Headers.TryGetValues("X-Content-Type-Options", out var sniff) || sniff.Single() != "nosniff") ? "may be taken for a page"
            : null;
    }

    private static string? FaultOfPage(string body)
    {
        using var page = new HtmlParser().ParseDocument(body);
        foreach (var element in page.All)
        {
            if (element.LocalName == Element)
                return $"held an element that was sent: {element.OuterHtml}";
            if (element.LocalName == "script" && element.TextContent.Contains(Call, StringComparison.Ordinal))
                return $"held a script that was sent: {element.OuterHtml}";
            foreach (var attribute in element.Attributes)
            {
                if (IsActive(attribute))
                    return $"held an attribute that was sent: {element.OuterHtml}";
            }
        }
        return null;
    }

    private static bool IsActive(IAttr attribute) =>
        (attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase) && attribute.Value.Contains(Call, StringComparison.Ordinal))
        || (attribute.Name is "href" or "src" or "action" or "formaction"
            && (attribute.Value.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase)
                || (Uri.TryCreate(new Uri("http://here.example/"), attribute.Value, out var leads) && leads.Host.Contains(Foreign, StringComparison.OrdinalIgnoreCase))));
}
