using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>What an outsider gets to see of an answer: all of it.</summary>
internal sealed record Answer(HttpStatusCode Status, string Headers, string Cookies, string Body, bool IsPage)
{
    internal bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>Headers, cookies and body, to be searched.</summary>
    internal string Everything => $"{Headers}\n{Cookies}\n{Body}";

    internal static async Task<Answer> ReadAsync(Task<HttpResponseMessage> sending)
    {
        using var answer = await sending;
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Date" or "Set-Cookie" or "Content-Length" or "Transfer-Encoding") && !h.Key.StartsWith("RateLimit", StringComparison.Ordinal))
            .Select(h => $"{h.Key}: {string.Join(", ", h.Value)}").Order(StringComparer.Ordinal);
        var cookies = answer.Headers.TryGetValues("Set-Cookie", out var set) ? string.Join('\n', set) : "";
        return new Answer(answer.StatusCode, string.Join('\n', headers), cookies, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType?.MediaType == "text/html");
    }

    /// <summary>Whether both say the same, apart from what each was asked and the trace id.</summary>
    internal bool IsLike(Answer other, IReadOnlyList<string> said, IReadOnlyList<string> otherSaid) =>
        Status == other.Status && Comparable(said) == other.Comparable(otherSaid);

    /// <summary>Where the two first say different things, for the message of a failure.</summary>
    internal string DifferenceFrom(Answer other, IReadOnlyList<string> said, IReadOnlyList<string> otherSaid)
    {
        var (mine, theirs) = (Comparable(said), other.Comparable(otherSaid));
        var at = mine.AsSpan().CommonPrefixLength(theirs);
        return $"'{Around(mine)}' where the other says '{Around(theirs)}'";

        string Around(string text) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 120)].ReplaceLineEndings(" ");
    }

    private string Comparable(IReadOnlyList<string> said)
    {
        var text = IsPage ? Words() : Headers + WithoutTrace(Body);
        for (var i = 0; i < said.Count; i++)
            text = text.Replace(said[i], $"<{i}>", StringComparison.OrdinalIgnoreCase);
        return text;
    }

    private string Words()
    {
        var page = new HtmlParser().ParseDocument(Body).DocumentElement;
        // The page that says "not found" is sent when its own words are there; the counts of the frame around it may be too late for it.
        if (Status == HttpStatusCode.NotFound)
        {
            foreach (var count in page.QuerySelectorAll(".nav-count"))
                count.Remove();
        }
        return page.Text();
    }

    private static string WithoutTrace(string body)
    {
        const string Field = "\"trace_id\":\"";
        var at = body.IndexOf(Field, StringComparison.Ordinal);
        return at < 0 ? body : body.Remove(at + Field.Length, 32);
    }
}
