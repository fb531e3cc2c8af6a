using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Accounts;

/// <summary>What the features with mailed links have in common.</summary>
internal static class OneTimeLinks
{
    internal const string SubjectKind = "one_time_link";

    /// <summary>One answer for every link that does not work, so that it does not tell whether it ever did, or where.</summary>
    internal static readonly Error Invalid = new(ErrorKind.Conflict, "link_invalid",
        "This link does not work: it was used, replaced by a newer one, taken back, or its time is over. Ask for a new one.");

    /// <summary>Adds the link to this change and asks for its mail.</summary>
    /// <param name="type">The event whose composer writes the mail; its subject is the link, and it carries nothing else.</param>
    internal static void RequestLink(this Change change, OneTimeLink link, string type)
    {
        change.Db.OneTimeLinks.Add(link);
        change.Emit(type, SubjectKind, link.Id, subjectVersion: 1, data: null);
    }

    /// <summary>The open link with this token, locked until the commit, so that of two who use it at once the second finds it used; null when there is none in this tenant.</summary>
    internal static async Task<OneTimeLink?> OpenLinkAsync(this Change change, string? token, LinkPurpose purpose, CancellationToken ct)
    {
        var hash = OneTimeToken.Hash(token);
        if (await change.Db.OneTimeLinks.AsNoTracking().SingleOrDefaultAsync(l => l.Hash == hash, ct) is not { } found)
            return null;
        await LockOwnerAsync(change.Db, found.PersonId, found.InvitationId, ct);
        var link = await change.Db.OneTimeLinks.FromSql($"select * from one_time_links where hash = {hash} for update").SingleOrDefaultAsync(ct);
        return link is not null && link.Purpose == purpose && link.IsOpenAt(change.At) ? link : null;
    }

    /// <summary>Makes the other links for the same purpose worthless.</summary>
    internal static async Task CancelLinksAsync(this Change change, LinkPurpose purpose, Guid? personId, Guid? invitationId, CancellationToken ct)
    {
        await LockOwnerAsync(change.Db, personId, invitationId, ct);
        await CancelAsync(change.Db, purpose, personId, invitationId, except: Guid.Empty, change.At, ct);
    }

    /// <summary>Gives the link a token in place of any before it, and cancels the older links of its kind. To be called while its mail is written.</summary>
    /// <returns>The token; null when the link may no longer be used.</returns>
    internal static async Task<string?> MintAsync(SecureBaseDb db, OneTimeLink link, DateTimeOffset now, CancellationToken ct)
    {
        var token = OneTimeToken.New();
        var hash = OneTimeToken.Hash(token);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockOwnerAsync(db, link.PersonId, link.InvitationId, ct);
        var minted = await db.OneTimeLinks.Where(l => l.Id == link.Id && l.UsedAt == null && l.CancelledAt == null && l.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.Hash, hash), ct);
        if (minted == 0)
            return null;
        await CancelAsync(db, link.Purpose, link.PersonId, link.InvitationId, link.Id, now, ct, olderThan: link.CreatedAt);
        await transaction.CommitAsync(ct);
        return token;
    }

    // Whoever changes links locks whose they are first: two that took the links in different orders would wait for each other.
    private static Task<int> LockOwnerAsync(SecureBaseDb db, Guid? personId, Guid? invitationId, CancellationToken ct) => personId is { } person
        ? db.Database.ExecuteSqlAsync($"select from people where id = {person} for no key update", ct)
        : db.Database.ExecuteSqlAsync($"select from invitations where id = {invitationId} for no key update", ct);

    private static Task<int> CancelAsync(SecureBaseDb db, LinkPurpose purpose, Guid? personId, Guid? invitationId, Guid except, DateTimeOffset now, CancellationToken ct, DateTimeOffset? olderThan = null)
    {
        var others = db.OneTimeLinks.Where(l => l.Purpose == purpose && l.Id != except && l.UsedAt == null && l.CancelledAt == null);
        others = personId is { } person ? others.Where(l => l.PersonId == person) : others.Where(l => l.InvitationId == invitationId && l.InvitationId != null);
        if (olderThan is { } than)
            others = others.Where(l => l.CreatedAt <= than);
        return others.ExecuteUpdateAsync(set => set.SetProperty(l => l.CancelledAt, now), ct);
    }
}
