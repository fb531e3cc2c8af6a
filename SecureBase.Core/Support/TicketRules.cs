using System.Text.RegularExpressions;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support;

/// <summary>The limits of section 3 of the product contract, checked on trimmed text.</summary>
public static partial class TicketRules
{
    public const int SubjectMin = 3;
    public const int SubjectMax = 200;
    public const int DescriptionMax = 20_000;
    public const int CommentMax = 20_000;
    public const int TagsMax = 10;
    public const int TagMax = 40;
    public const int SearchMax = 200;
    public const int RatingMax = 2_000;

    /// <summary>Nobody waits for anything any more: it is resolved or closed.</summary>
    public static bool IsDone(this TicketStatus status) => status is TicketStatus.Resolved or TicketStatus.Closed;

    /// <summary>Collects what is wrong; the trimmed values come back through the out-like results.</summary>
    internal static string? Subject(string? text, List<FieldError> errors)
    {
        var subject = Trim(text);
        if (subject.Length is < SubjectMin or > SubjectMax)
            errors.Add(new("subject", $"The subject needs {SubjectMin} to {SubjectMax} characters; this one has {subject.Length}."));
        else if (subject.AsSpan().IndexOfAny('\r', '\n', '\t') >= 0)
            errors.Add(new("subject", "The subject is a single line: take out the line breaks and tabs."));
        Unstorable(subject, "subject", errors);
        return subject;
    }

    internal static string Description(string? text, List<FieldError> errors)
    {
        var description = Trim(text);
        if (description.Length > DescriptionMax)
            errors.Add(new("description", $"The description may have up to {DescriptionMax:N0} characters; this one has {description.Length:N0}."));
        Unstorable(description, "description", errors);
        return description;
    }

    internal static string Comment(string? text, List<FieldError> errors, string field = "body")
    {
        var body = Trim(text);
        if (body.Length == 0)
            errors.Add(new(field, "Write something first: the message is empty."));
        else if (body.Length > CommentMax)
            errors.Add(new(field, $"A message may have up to {CommentMax:N0} characters; this one has {body.Length:N0}."));
        Unstorable(body, field, errors);
        return body;
    }

    internal static (int Score, string? Comment) Rating(RateTicket rating, List<FieldError> errors)
    {
        if (rating.Score is not (>= 1 and <= 5))
            errors.Add(new("score", "A rating is 1 (very bad) to 5 (very good)."));
        var comment = Trim(rating.Comment);
        if (comment.Length > RatingMax)
            errors.Add(new("comment", $"The comment may have up to {RatingMax:N0} characters; this one has {comment.Length:N0}."));
        Unstorable(comment, "comment", errors);
        return (rating.Score ?? 0, comment.Length == 0 ? null : comment);
    }

    internal static string[] Tags(IReadOnlyList<string>? tags, List<FieldError> errors)
    {
        if (tags is null)
            return [];
        if (tags.Count > TagsMax)
            errors.Add(new("tags", $"A ticket takes up to {TagsMax} tags; these are {tags.Count}."));
        var clean = tags.Select(t => Trim(t).ToLowerInvariant()).Distinct().ToArray();
        if (clean.FirstOrDefault(t => !IsTag(t)) is { } wrong)
            errors.Add(new("tags", $"'{(wrong.Length > TagMax ? wrong[..TagMax] + "…" : wrong)}' is no tag: 1 to {TagMax} characters of a-z, 0-9, '-' and '.', starting with a letter or digit."));
        return clean;
    }

    /// <summary>Whether the text could be a tag as it stands.</summary>
    public static bool IsTag(string text) => text.Length <= TagMax && TagPattern.IsMatch(text);

    /// <summary>Whether the database can keep the text.</summary>
    internal static bool IsStorable(string text) => !text.Contains('\0', StringComparison.Ordinal) && !HasLoneSurrogate(text);

    private static string Trim(string? text) => text?.Trim() ?? "";

    private static void Unstorable(string text, string field, List<FieldError> errors)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            errors.Add(new(field, "The text contains a NUL character, which cannot be stored: take it out."));
        else if (HasLoneSurrogate(text))
            errors.Add(new(field, "The text contains half of a surrogate pair, which is no valid Unicode: take it out."));
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return true;
            i++;
        }
        return false;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern { get; }
}
