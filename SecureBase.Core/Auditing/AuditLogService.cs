using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

/// <summary>
/// Reads the audit log of this scope's tenant, newest first. Customers read it under their own row-level security, which hides
/// what is the operator's business alone; staff read it in the tenant they have entered, with everything.
/// </summary>
public sealed class AuditLogService(
    IDbContextFactory<SecureBaseDb> contexts, IDbContextFactory<StaffDb> staff, UnitOfWork unit, TenantContext tenant, Caller caller)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 100;
    private const int ExportBatch = 1_000;
    private const int FacetsListed = 200;

    /// <summary>A page of entries.</summary>
    /// <param name="limit">1 to 100.</param>
    public async Task<Result<Page<AuditEntryView>>> ListAsync(AuditFilter filter, string? cursor, int limit, CancellationToken ct)
    {
        if (await RefusalAsync("audit.listed", ct) is { } refusal)
            return refusal;
        Cursor? after = null;
        if (cursor is not null)
        {
            if (!Cursor.TryParse(cursor, out var parsed))
                return Error.Invalid("cursor", "This is no cursor of this list; start at its first page.");
            after = parsed;
        }
        if (limit is < 1 or > MaxLimit)
            return Error.Invalid("limit", "The limit lies between 1 and 100.");
        await using var db = await OpenAsync(ct);
        var entries = await ReadAsync(db, filter, after, limit + 1, ct);
        var more = entries.Count > limit;
        if (more)
            entries.RemoveAt(limit);
        return new Page<AuditEntryView>(entries, more ? new Cursor(entries[^1].At, entries[^1].Id).ToString() : null);
    }

    /// <summary>One entry with its place in the chain.</summary>
    public async Task<Result<AuditEntryView>> FindAsync(Guid id, CancellationToken ct)
    {
        if (await RefusalAsync("audit.read", ct) is { } refusal)
            return refusal;
        await using var db = await OpenAsync(ct);
        return await View(db, Own(db).Where(e => e.Id == id)).SingleOrDefaultAsync(ct) is { } entry ? entry.ToView() : Error.NotFound("audit entry");
    }

    /// <summary>Everything that matches, streamed in batches of one query each; itself recorded in the log.</summary>
    /// <param name="format">What is made of it, for the record.</param>
    public async Task<Result<IAsyncEnumerable<AuditEntryView>>> ExportAsync(AuditFilter filter, string format, CancellationToken ct)
    {
        var recorded = await unit.ChangeAsync<Done>(AuditPermissions.Read, "audit.exported", (change, _) =>
        {
            // Not what was searched for: people look for what they should not have written down.
            change.Audit("audit.exported", details: new { format, filter = filter with { Text = null } });
            return Task.FromResult<Result<Done>>(Done.Value);
        }, ct);
        return recorded.IsSuccess ? Result<IAsyncEnumerable<AuditEntryView>>.Success(AllAsync(filter, ct)) : recorded.Error;
    }

    /// <summary>The actors, actions and kinds of subject since the instant, the most frequent first.</summary>
    public async Task<Result<AuditFacets>> FacetsAsync(DateTimeOffset since, CancellationToken ct)
    {
        if (await RefusalAsync("audit.listed", ct) is { } refusal)
            return refusal;
        await using var db = await OpenAsync(ct);
        var from = since.ToUniversalTime();
        var counts = await Own(db).Where(e => e.At >= from)
            .GroupBy(e => new { e.ActorId, e.ActorName, e.ActorKind, e.Action, e.SubjectKind })
            .Select(g => new { g.Key.ActorId, g.Key.ActorName, g.Key.ActorKind, g.Key.Action, g.Key.SubjectKind, Count = g.Count() })
            .ToListAsync(ct);
        return new AuditFacets(
            [.. counts.Where(c => c.ActorId is not null).GroupBy(c => c.ActorId).OrderByDescending(g => g.Sum(c => c.Count)).Take(FacetsListed).Select(g => new AuditActor(g.Key, g.First().ActorName, g.First().ActorKind))],
            [.. counts.Select(c => c.Action).Distinct().Order(StringComparer.Ordinal)],
            [.. counts.Select(c => c.SubjectKind).OfType<string>().Distinct().Order(StringComparer.Ordinal)]);
    }

    private async IAsyncEnumerable<AuditEntryView> AllAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        Cursor? after = null;
        while (true)
        {
            List<AuditEntryView> batch;
            await using (var db = await OpenAsync(ct))
                batch = await ReadAsync(db, filter, after, ExportBatch, ct);
            foreach (var entry in batch)
                yield return entry;
            if (batch.Count < ExportBatch)
                yield break;
            after = new Cursor(batch[^1].At, batch[^1].Id);
        }
    }

    private async Task<List<AuditEntryView>> ReadAsync(SecureBaseDb db, AuditFilter filter, Cursor? after, int take, CancellationToken ct)
    {
        var wanted = Filtered(Own(db), filter);
        if (after is { } cursor)
            wanted = wanted.Where(e => e.At <= cursor.At && (e.At < cursor.At || e.Id.CompareTo(cursor.Id) < 0));
        var rows = await View(db, wanted.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(take)).ToListAsync(ct);
        return [.. rows.OrderByDescending(r => r.Entry.At).ThenByDescending(r => r.Entry.Id, ById).Select(r => r.ToView())];
    }

    private static IQueryable<AuditEntry> Filtered(IQueryable<AuditEntry> entries, AuditFilter filter)
    {
        // No text of PostgreSQL's holds a NUL, so no entry can be meant.
        if (new[] { filter.Action, filter.SubjectKind, filter.Text }.Any(text => text?.Contains('\0', StringComparison.Ordinal) == true))
            return entries.Where(_ => false);
        if (filter.From?.ToUniversalTime() is { } from)
            entries = entries.Where(e => e.At >= from);
        if (filter.To?.ToUniversalTime() is { } to)
            entries = entries.Where(e => e.At < to);
        if (filter.ActorId is { } actor)
            entries = entries.Where(e => e.ActorId == actor);
        if (filter.ActorKind is { } kind)
            entries = entries.Where(e => e.ActorKind == kind);
        if (filter.Action is { } action)
            entries = action.EndsWith('.') ? entries.Where(e => e.Action.StartsWith(action)) : entries.Where(e => e.Action == action);
        if (filter.SubjectKind is { } subjectKind)
            entries = entries.Where(e => e.SubjectKind == subjectKind);
        if (filter.SubjectId is { } subject)
            entries = entries.Where(e => e.SubjectId == subject);
        if (filter.Outcome is { } outcome)
            entries = entries.Where(e => e.Outcome == outcome);
        return filter.Text?.Trim() is { Length: > 0 } text ? Matching(entries, text) : entries;
    }

    private static IQueryable<AuditEntry> Matching(IQueryable<AuditEntry> entries, string text)
    {
        if (Guid.TryParse(text, out var id))
        {
            var trace = text.ToLowerInvariant();
            return entries.Where(e => e.Id == id || e.ActorId == id || e.SubjectId == id || e.TraceId == trace);
        }
        var pattern = LikePattern.Containing(text);
        return entries.Where(e => EF.Functions.ILike(e.ActorName, pattern, "\\") || EF.Functions.ILike(e.Action, pattern, "\\") || EF.Functions.ILike(e.RemoteAddress!, pattern, "\\"));
    }

    // The staff's view has no filter of its own.
    private IQueryable<AuditEntry> Own(SecureBaseDb db)
    {
        var entries = db.AuditEntries.AsNoTracking();
        if (db is not StaffDb)
            return entries;
        var tenantId = tenant.Tenant.Id;
        return entries.Where(e => e.TenantId == tenantId);
    }

    private static IQueryable<Row> View(SecureBaseDb db, IQueryable<AuditEntry> entries) =>
        from entry in entries
        join link in db.AuditLinks.AsNoTracking() on new { entry.TenantId, entry.Id } equals new { link.TenantId, Id = link.EntryId } into links
        from link in links.DefaultIfEmpty()
        select new Row { Entry = entry, Link = link };

    private async Task<SecureBaseDb> OpenAsync(CancellationToken ct) =>
        caller.Actor.Kind == ActorKind.Agent ? await staff.CreateDbContextAsync(ct) : await contexts.CreateDbContextAsync(ct);

    private async Task<Error?> RefusalAsync(string attempted, CancellationToken ct) =>
        caller.Can(AuditPermissions.Read) ? null : await unit.RefuseAsync(AuditPermissions.Read, attempted, refusal: null, ct);

    // PostgreSQL orders ids by their bytes as written.
    private static readonly Comparer<Guid> ById = Comparer<Guid>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    private sealed class Row
    {
        public required AuditEntry Entry { get; init; }
        public AuditLink? Link { get; init; }

        public AuditEntryView ToView() => new()
        {
            Id = Entry.Id, At = Entry.At, Actor = new AuditActor(Entry.ActorId, Entry.ActorName, Entry.ActorKind), Action = Entry.Action,
            Subject = Entry.SubjectKind is { } kind ? new AuditSubject(kind, Entry.SubjectId) : null, Outcome = Entry.Outcome,
            RemoteAddress = Entry.RemoteAddress, TraceId = Entry.TraceId,
            Details = Entry.Details is { } details ? JsonSerializer.Deserialize<JsonElement>(details) : null,
            Chain = Link is null ? null : new AuditChainPosition(Link.Sequence, Link.SealedAt, Convert.ToHexStringLower(Link.EntryHash), Convert.ToHexStringLower(Link.ChainHash)),
        };
    }
}
