using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>A reply somebody on the staff has begun and shows to the others.</summary>
public sealed record SharedDraft(PersonRef Author, string Body, DateTimeOffset At);

/// <summary>
/// Drafts of replies that staff share with each other: one per person and ticket, beside the private one that follows the typing. Kept in the
/// operator's tenant, where no customer reads; gone with the ticket they are for.
/// </summary>
public sealed class SharedDraftService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller)
{
    /// <summary>Kind of the live signals; their id is the ticket's.</summary>
    public const string Kind = "shared_draft";

    /// <summary>Refreshes staff pages; never delivered.</summary>
    public const string Changed = "internal.draft_shared";

    /// <summary>All that is shared on a ticket, oldest first.</summary>
    public async Task<Result<IReadOnlyList<SharedDraft>>> ListAsync(Guid ticketId, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return Error.Forbidden(SupportPermissions.Work);
        var key = Key(ticketId);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var drafts = await db.Drafts.AsNoTracking().Where(d => d.Key == key).Join(db.Users, d => d.PersonId, p => p.Id, (d, p) => new { d.Body, d.UpdatedAt, p.Id, p.DisplayName })
            .OrderBy(d => d.UpdatedAt).ToListAsync(ct);
        return Result<IReadOnlyList<SharedDraft>>.Success([.. drafts.Select(d => new SharedDraft(new PersonRef(d.Id, d.DisplayName), d.Body, d.UpdatedAt))]);
    }

    /// <summary>Shows a text to the other staff; a second one of the same person replaces the first.</summary>
    public async Task<Result<Done>> ShareAsync(Guid ticketId, string? text, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var body = TicketRules.Comment(text, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        return await unit.ChangeAsync<Done>(SupportPermissions.Work, "draft.shared", async (change, ct) =>
        {
            await change.Db.Database.ExecuteSqlAsync($"""
                insert into drafts (tenant_id, person_id, key, body, updated_at) values ({tenant.Tenant.Id}, {change.Actor.PersonId}, {Key(ticketId)}, {body}, {change.At})
                on conflict (tenant_id, person_id, key) do update set body = excluded.body, updated_at = excluded.updated_at
                """, ct);
            Tell(change, "draft.shared", ticketId);
            return Done.Value;
        }, ct);
    }

    /// <summary>Takes a shared draft away, one's own or one that somebody takes over, into whose own draft it goes: only one of two who take it at once gets it.</summary>
    /// <returns>The text.</returns>
    public Task<Result<string>> TakeAsync(Guid ticketId, Guid authorId, CancellationToken ct) => unit.ChangeAsync<string>(SupportPermissions.Work, "draft.taken", async (change, ct) =>
    {
        var taken = await change.Db.Database.SqlQuery<string>($"""
            delete from drafts where tenant_id = {tenant.Tenant.Id} and person_id = {authorId} and key = {Key(ticketId)} returning body as "Value"
            """).ToListAsync(ct);
        if (taken is not [var body])
            return Error.NotFound("shared draft");
        if (authorId != change.Actor.PersonId)
        {
            // With the same commit it is the taker's own, so that it is in somebody's drafts at every moment.
            await change.Db.Database.ExecuteSqlAsync($"""
                insert into drafts (tenant_id, person_id, key, body, updated_at) values ({tenant.Tenant.Id}, {change.Actor.PersonId}, {ReplyKey(ticketId)}, {body}, {change.At})
                on conflict (tenant_id, person_id, key) do update set body = left(drafts.body || {"\n\n"} || excluded.body, {DraftService.BodyMax}), updated_at = excluded.updated_at
                """, ct);
        }
        Tell(change, "draft.taken", ticketId);
        return body;
    }, ct);

    /// <summary>The private draft of a reply on a ticket.</summary>
    public static string ReplyKey(Guid ticketId) => $"ticket/{ticketId}/reply";

    private static string Key(Guid ticketId) => $"ticket/{ticketId}/shared";

    private static void Tell(Change change, string action, Guid ticketId)
    {
        change.Audit(action, SupportEvents.Ticket, ticketId);
        change.Emit(Changed, Kind, ticketId, 0, data: null);
    }
}
