using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>What holds for this scope's tenant since when, and what its plan promises now.</summary>
public sealed class TermsBook(DbContextOptions<SecureBaseDb> options, TenantContext tenant, TermsCache cache)
{
    // The context whose transaction has written terms: what it reads may never be committed.
    private SecureBaseDb? _writing;

    /// <summary>The terms in their order. A tenant without any agrees to its plan's present ones, in the caller's transaction.</summary>
    internal async Task<IReadOnlyList<SlaTerms>> AgreedAsync(SecureBaseDb db, DateTimeOffset at, CancellationToken ct)
    {
        var rows = await RowsAsync(db, ct);
        if (rows.Count > 0)
            return Read(db, rows);
        await AgreeAsync(db, await PresentAsync(1, at, ct), ct);
        return Read(db, await RowsAsync(db, ct));
    }

    /// <summary>The terms in their order; what the plan promises at present where none are agreed yet. Writes nothing.</summary>
    internal async Task<IReadOnlyList<SlaTerms>> ReadAsync(SecureBaseDb db, DateTimeOffset at, CancellationToken ct)
    {
        var rows = await RowsAsync(db, ct);
        return rows.Count > 0 ? Read(db, rows) : [(await PresentAsync(1, at, ct)).ToTerms()];
    }

    /// <summary>Agrees to what the plan promises now, in the tenant's present zone, if that is something else than what holds.</summary>
    /// <returns>Whether new terms came to hold.</returns>
    internal async Task<bool> RenewAsync(SecureBaseDb db, DateTimeOffset at, CancellationToken ct) =>
        await LastAsync(db, ct) is { } last && await RenewalAsync(last, at, ct) is { } present && await AgreeAsync(db, present, ct) > 0;

    /// <summary>Whether the plan promises something else now than what holds. Writes nothing.</summary>
    internal async Task<bool> IsRenewalDueAsync(SecureBaseDb db, CancellationToken ct) =>
        await LastAsync(db, ct) is { } last && await RenewalAsync(last, last.From, ct) is not null;

    private static Task<AgreedTerms?> LastAsync(SecureBaseDb db, CancellationToken ct) =>
        db.AgreedTerms.AsNoTracking().OrderByDescending(t => t.Sequence).FirstOrDefaultAsync(ct);

    private async Task<AgreedTerms?> RenewalAsync(AgreedTerms last, DateTimeOffset at, CancellationToken ct)
    {
        var present = await PresentAsync(last.Sequence + 1, at > last.From ? at : last.From, ct);
        return (present.Plan, present.TimeZone, present.PolicyVersion, present.CalendarVersion) == (last.Plan, last.TimeZone, last.PolicyVersion, last.CalendarVersion) ? null : present;
    }

    private static Task<List<AgreedTerms>> RowsAsync(SecureBaseDb db, CancellationToken ct) => db.AgreedTerms.AsNoTracking().OrderBy(t => t.Sequence).ToListAsync(ct);

    // Whoever comes second takes the row of whoever came first.
    private Task<int> AgreeAsync(SecureBaseDb db, AgreedTerms terms, CancellationToken ct)
    {
        _writing = db;
        return db.Database.ExecuteSqlAsync($"""
            insert into sla_terms (tenant_id, sequence, from_at, plan, time_zone, policy_version, calendar_version, policy, calendar)
            values ({tenant.Tenant.Id}, {terms.Sequence}, {terms.From}, {WireName.Of(terms.Plan)}, {terms.TimeZone}, {terms.PolicyVersion}, {terms.CalendarVersion}, {terms.Policy}::jsonb, {terms.Calendar}::jsonb)
            on conflict do nothing
            """, ct);
    }

    private async Task<AgreedTerms> PresentAsync(int sequence, DateTimeOffset from, CancellationToken ct)
    {
        var plan = tenant.Tenant.Plan;
        // What a plan promises is the provider's, and so are the rows that say it.
        await using var provider = new SecureBaseDb(options, Tenant.OperatorId);
        var saved = await provider.SlaVersions.AsNoTracking().Where(v => v.Plan == plan).OrderByDescending(v => v.Version).FirstOrDefaultAsync(ct);
        return new AgreedTerms
        {
            Sequence = sequence,
            From = from,
            Plan = plan,
            TimeZone = Zone(tenant.Tenant.TimeZone),
            PolicyVersion = saved?.PolicyVersion ?? 1,
            CalendarVersion = saved?.CalendarVersion ?? 1,
            Policy = saved?.Policy ?? JsonSerializer.Serialize(SlaDefaults.Policy(plan), WireJson.Options),
            Calendar = saved?.Calendar ?? JsonSerializer.Serialize(SlaDefaults.Calendar(plan), WireJson.Options),
        };
    }

    // A ticket must never fail for a zone that this machine's data has never heard of.
    private static string Zone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out _) ? name : "Etc/UTC";

    private List<SlaTerms> Read(SecureBaseDb db, List<AgreedTerms> rows) =>
        [.. rows.Select(row => ReferenceEquals(db, _writing) ? row.ToTerms() : cache.Of(tenant.Tenant.Id, row))];
}

/// <summary>Committed terms as read once on this node: their rows never change, and a calendar remembers what it has worked out.</summary>
public sealed class TermsCache : IDisposable
{
    private readonly MemoryCache _terms = new(new MemoryCacheOptions { SizeLimit = 5_000 });

    internal SlaTerms Of(Guid tenantId, AgreedTerms row) =>
        _terms.GetOrCreate((tenantId, row.Sequence), entry =>
        {
            entry.Size = 1;
            return row.ToTerms();
        })!;

    public void Dispose() => _terms.Dispose();
}
