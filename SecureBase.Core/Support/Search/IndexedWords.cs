using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Support.Search;

/// <summary>
/// Words of tickets and comments over all tenants, by the indexes of the migration <c>TicketWords</c>. Only the staff role can use
/// them: under a tenant's row-level security a word index may not be asked, but there a tenant's own rows are few.
/// </summary>
internal static class IndexedWords
{
    /// <summary>Ids of tickets in whose number, subject, description, tags or comments the term stands; null for a term without a letter or digit.</summary>
    internal static IQueryable<Guid>? Containing(SecureBaseDb db, SearchTerm term) => Query(term) is not { } query ? null : db.Database.SqlQuery<Guid>($"""
        select id as "Value" from tickets where ticket_words(number, subject, description, tags) @@ to_tsquery('simple', {query})
        union select ticket_id from ticket_comments where words_of(body) @@ to_tsquery('simple', {query})
        """);

    /// <summary>In the language of <c>to_tsquery</c>: one lexeme after the other; a word may go on, unless it is a single letter, which would go on to everything. A word that may be a number is found as either.</summary>
    internal static string? Query(SearchTerm term)
    {
        string?[] readings = [InOrder(Words(term.Text), term.IsPhrase), SearchText.NumberIn(term.Text) is { } number ? InOrder(Words(number), term.IsPhrase) : null];
        return readings.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToArray() switch
        {
            [] => null,
            [var only] => only,
            var several => string.Join(" | ", several.Select(r => $"({r})")),
        };
    }

    private static string? InOrder(string[] words, bool isPhrase)
    {
        if (words.Length == 0)
            return null;
        var goesOn = !isPhrase && words[^1].Length > 1 ? ":*" : "";
        return string.Join(" <-> ", words.Select((word, i) => $"'{word}'{(i == words.Length - 1 ? goesOn : "")}"));
    }

    // As words_of of the migration: what is neither letter nor digit divides.
    private static string[] Words(string text)
    {
        var spaced = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
                spaced.Append(rune);
            else
                spaced.Append(' ');
        }
        return spaced.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
