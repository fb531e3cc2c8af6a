using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Similar;

/// <summary>Finds tickets of this scope's tenant that sound like one that is about to be opened, so that nobody asks twice.</summary>
public sealed class SimilarTickets(IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller)
{
    /// <summary>How many are named at most.</summary>
    public const int Most = 3;

    // Bounds the work: what was last changed matters most, and an index gives it in order.
    private const int Looked = 2_000;

    private const int WordsMax = 8;

    // Words that say nothing of what a ticket is about.
    private static readonly HashSet<string> Empty =
    [
        "about", "after", "again", "all", "and", "any", "are", "because", "been", "before", "but", "can", "cannot", "does", "don't", "error", "for", "from", "had", "has", "have", "how", "issue", "its", "not", "our",
        "please", "problem", "since", "than", "that", "the", "their", "then", "there", "this", "was", "were", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
    ];

    /// <summary>The most similar first, the later changed before the earlier; none when the text says too little.</summary>
    /// <param name="text">A subject, as far as it is typed.</param>
    public async Task<Result<IReadOnlyList<TicketView>>> FindAsync(string? text, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        var words = Words(text);
        if (words.Length == 0)
            return Result<IReadOnlyList<TicketView>>.Success([]);
        // One word in common is a coincidence, unless there are no more.
        var enough = Math.Min(words.Length, 2);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var ids = await db.Database.SqlQuery<Guid>($"""
            select s.id as "Value" from (
              select t.id, t.updated_at, (select count(*) from unnest({words}) w where strpos(lower(t.subject), w) > 0 or w = any(t.tags)) as hits
              from (select id, subject, tags, updated_at from tickets where tenant_id = {tenant.Tenant.Id} and merged_into_id is null order by updated_at desc limit {Looked}) t) s
            where s.hits >= {enough} order by s.hits desc, s.updated_at desc limit {Most}
            """).ToListAsync(ct);
        var found = await db.Tickets.AsNoTracking().Where(t => ids.Contains(t.Id)).ToListAsync(ct);
        return Result<IReadOnlyList<TicketView>>.Success([.. found.OrderBy(t => ids.IndexOf(t.Id)).Select(t => t.ToView())]);
    }

    /// <summary>The words that matter, without their endings: <c>drops</c> finds <c>dropping</c>.</summary>
    internal static string[] Words(string? text) =>
    [
        .. (text ?? "").ToLowerInvariant().Split([.. " \t\r\n.,;:!?()[]{}<>\"'/\\|&+=*`~“”‘’…"], StringSplitOptions.RemoveEmptyEntries)
            .Where(w => w.Length >= 3 && !Empty.Contains(w) && !w.Contains('\0', StringComparison.Ordinal)).Select(Stem).Distinct().Take(WordsMax),
    ];

    private static string Stem(string word)
    {
        foreach (var ending in new[] { "ing", "ed", "es", "s" })
        {
            if (word.Length - ending.Length >= 4 && word.EndsWith(ending, StringComparison.Ordinal))
                return Undoubled(word[..^ending.Length]);
        }
        return word;
    }

    // dropp(ing) → drop
    private static string Undoubled(string stem) => stem.Length > 4 && stem[^1] == stem[^2] ? stem[..^1] : stem;
}
