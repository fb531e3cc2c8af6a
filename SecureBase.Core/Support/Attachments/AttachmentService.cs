using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Files;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Attachments;

/// <summary>
/// Files beside the messages of this scope's tenant's tickets. Uploaded ahead they wait under a draft for the message they go with,
/// seen by their uploader alone; attached they are for everybody who reads the ticket. Internal notes take none.
/// </summary>
public sealed class AttachmentService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, FileStore files, TransferGate gate, TicketClocks clocks, TenantContext tenant, Caller caller, TimeProvider clock)
{
    /// <summary>Files of one message, or of the ticket itself.</summary>
    public const int MaxPerMessage = 10;

    /// <summary>Bytes of one file.</summary>
    public const long MaxBytes = 25 * 1024 * 1024;

    /// <summary>Files of one person that wait to be sent.</summary>
    public const int MaxWaiting = 40;

    /// <summary>After so long a file that was never sent is deleted.</summary>
    public static readonly TimeSpan WaitsFor = TimeSpan.FromDays(30);

    /// <summary>The audit action of a file attached by itself.</summary>
    public const string Attached = "ticket.attached";

    private const string Uploaded = "ticket.attachment_uploaded";

    /// <summary>Takes a file that is to go with what the caller writes under this draft. Errors: forbidden, too large, empty, too many, too many at once.</summary>
    public async Task<Result<AttachmentView>> UploadAsync(string draftKey, IncomingFile incoming, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Comment))
            return await unit.RefuseAsync(SupportPermissions.Comment, Uploaded, refusal: null, ct);
        if (draftKey.Length is 0 or > DraftService.KeyMax || draftKey.Any(c => c is < '!' or > '~'))
            return Error.Invalid("draft", $"A draft's key is 1 to {DraftService.KeyMax} visible ASCII characters.");
        // Before a byte is read, and again when it is kept.
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            if (await TooManyAsync(db, draftKey, ct) is { } refused)
                return refused;
        }
        var received = await ReceiveAsync(incoming, ct);
        return received.IsSuccess ? await KeptAsync(received.Value, unit.ChangeAsync<AttachmentView>(SupportPermissions.Comment, Uploaded, async (change, ct) =>
        {
            await change.Db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"uploads:" + change.Actor.PersonId}, 0))", ct);
            if (await TooManyAsync(change.Db, draftKey, ct) is { } refused)
                return refused;
            var attachment = New(Guid.CreateVersion7(change.At), received.Value, incoming.Name, change);
            attachment.DraftKey = draftKey;
            return await AddAsync(change, attachment, ct);
        }, ct)) : received.Error;
    }

    /// <summary>The caller's own files that wait under this draft, oldest first.</summary>
    public async Task<IReadOnlyList<AttachmentView>> WaitingAsync(string draftKey, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var waiting = await Waiting(db).Where(a => a.DraftKey == draftKey).Include(a => a.File).OrderBy(a => a.UploadedAt).ThenBy(a => a.Id).ToListAsync(ct);
        return [.. waiting.Select(a => AttachmentView.Of(a, a.File))];
    }

    /// <summary>Deletes one of the caller's own files that was not sent yet. Not found for any other.</summary>
    public async Task<Result<Done>> RemoveAsync(Guid id, CancellationToken ct)
    {
        var me = caller.Actor.PersonId;
        return await DeleteWaitingAsync($"delete from ticket_attachments where tenant_id = {tenant.Tenant.Id} and id = {id} and uploader_id = {me} and ticket_id is null returning file_id as \"Value\"", ct) > 0 ? Done.Value : AttachmentErrors.NotFound;
    }

    /// <summary>Takes the bytes of a file for a ticket, to be attached with <see cref="AttachAsync"/>. Errors: those of attaching, found before a byte is read; too large, empty, too many at once.</summary>
    /// <param name="isRetry">It may have been attached before and is then answered as it was: whether there is room for it is for <see cref="AttachAsync"/> to say.</param>
    public async Task<Result<ReceivedFile>> ReceiveAsync(Guid ticketId, Guid? commentId, IncomingFile incoming, bool isRetry, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Comment))
            return await unit.RefuseAsync(SupportPermissions.Comment, Attached, refusal: null, ct);
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            if (await db.Tickets.AsNoTracking().SingleOrDefaultAsync(t => t.Id == ticketId, ct) is not { } ticket)
                return SupportErrors.TicketNotFound;
            if (!isRetry && await RefusesAsync(db, ticket, commentId, ct) is { } refused)
                return refused;
        }
        return await ReceiveAsync(incoming, ct);
    }

    /// <summary>
    /// Attaches a received file to a ticket itself, which its history shows, or to a comment of the caller's own.
    /// Errors: forbidden, no such ticket or comment, the ticket is closed, it has <see cref="MaxPerMessage"/> files; then the file is deleted.
    /// </summary>
    public async Task<Result<AttachmentView>> AttachAsync(Guid ticketId, Guid? commentId, ReceivedFile received, string? name, CancellationToken ct) =>
        await KeptAsync(received, unit.ChangeAsync<AttachmentView>(SupportPermissions.Comment, Attached, async (change, ct) =>
        {
            if (await TicketChanges.LockAsync(change.Db, ticketId, ct) is not { } ticket)
                return SupportErrors.TicketNotFound;
            if (await RefusesAsync(change.Db, ticket, commentId, ct) is { } refused)
                return refused;
            var attachment = New(Guid.CreateVersion7(change.At), received, name, change);
            (attachment.TicketId, attachment.CommentId, attachment.AttachedAt) = (ticketId, commentId, change.At);
            ticket.Attach(attachment.Id, change.Actor, change.At);
            await TicketChanges.SaveAsync(change, ticket, clocks, ct);
            change.Audit(Attached, SupportEvents.Ticket, ticketId, new { ticket.Number, received.Size, received.ContentType });
            change.Emit(SupportEvents.Updated, SupportEvents.Ticket, ticketId, ticket.Version, ticket.ToView());
            return await AddAsync(change, attachment, ct);
        }, ct));

    /// <summary>Deletes a received file that is not to be attached after all.</summary>
    public Task DiscardAsync(ReceivedFile received, CancellationToken ct) => files.DeleteAsync(received.Id, ct);

    /// <summary>A ticket's attachments, oldest first, by cursor.</summary>
    public async Task<Result<Page<AttachmentView>>> ListAsync(Guid ticketId, int limit, string? cursor, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        if (TicketSearch.Validate(new TicketQuery { Limit = limit, Cursor = cursor }) is { } invalid)
            return invalid;
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!await db.Tickets.AnyAsync(t => t.Id == ticketId, ct))
            return SupportErrors.TicketNotFound;
        var attachments = db.TicketAttachments.AsNoTracking().Where(a => a.TicketId == ticketId);
        if (Cursor.TryParse(cursor, out var from))
            attachments = attachments.Where(a => a.UploadedAt > from.At || (a.UploadedAt == from.At && a.Id.CompareTo(from.Id) > 0));
        var page = await attachments.Include(a => a.File).OrderBy(a => a.UploadedAt).ThenBy(a => a.Id).Take(limit + 1).ToListAsync(ct);
        var next = page.Count > limit ? new Cursor(page[limit - 1].UploadedAt, page[limit - 1].Id).ToString() : null;
        return new Page<AttachmentView>([.. page.Take(limit).Select(a => AttachmentView.Of(a, a.File))], next);
    }

    /// <summary>One attachment of a ticket.</summary>
    public async Task<Result<AttachmentView>> GetAsync(Guid ticketId, Guid id, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.TicketAttachments.AsNoTracking().Include(a => a.File).SingleOrDefaultAsync(a => a.Id == id && a.TicketId == ticketId, ct) is { } found
            ? AttachmentView.Of(found, found.File) : AttachmentErrors.NotFound;
    }

    /// <summary>An attachment for download. Not found when it is another's that waits, was refused, or is still being scanned.</summary>
    /// <param name="ticketId">Null for any ticket of the tenant, and for what waits.</param>
    /// <param name="db">Serves the content; keep it until the last byte is read.</param>
    public async Task<Result<AttachmentFile>> OpenAsync(Guid? ticketId, Guid id, SecureBaseDb db, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        var me = caller.Actor.PersonId;
        var found = await db.TicketAttachments.AsNoTracking()
            .SingleOrDefaultAsync(a => a.Id == id && (ticketId == null ? a.TicketId != null || a.UploaderId == me : a.TicketId == ticketId), ct);
        return found is not null && await files.OpenAsync(found.FileId, db, ct) is { } content ? new AttachmentFile(found.Name, content) : AttachmentErrors.NotFound;
    }

    /// <summary>Deletes files that were never sent.</summary>
    internal async Task PurgeWaitingAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - WaitsFor;
        await DeleteWaitingAsync($"delete from ticket_attachments where tenant_id = {tenant.Tenant.Id} and uploaded_at < {before} and ticket_id is null returning file_id as \"Value\"", ct);
    }

    // The attachment first: when it is being sent at this moment the database looks again once that is done, and leaves it and its file alone.
    private async Task<int> DeleteWaitingAsync(FormattableString deletion, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var ids = await db.Database.SqlQuery<Guid>(deletion).ToListAsync(ct);
        await db.Files.Where(f => ids.Contains(f.Id)).ExecuteDeleteAsync(ct);
        await transaction.CommitAsync(ct);
        return ids.Count;
    }

    private async Task<Result<ReceivedFile>> ReceiveAsync(IncomingFile incoming, CancellationToken ct)
    {
        var place = gate.Enter(tenant.Tenant.Id, caller.Actor.PersonId);
        if (!place.IsSuccess)
            return place.Error;
        using (place.Value)
            return await files.ReceiveAsync(incoming.Content, incoming.Name, MaxBytes, ct);
    }

    private IQueryable<TicketAttachment> Waiting(SecureBaseDb db)
    {
        var me = caller.Actor.PersonId;
        return db.TicketAttachments.Where(a => a.TicketId == null && a.UploaderId == me);
    }

    private async Task<Error?> TooManyAsync(SecureBaseDb db, string draftKey, CancellationToken ct)
    {
        if (await Waiting(db).CountAsync(a => a.DraftKey == draftKey, ct) >= MaxPerMessage)
            return AttachmentErrors.TooMany;
        return await Waiting(db).CountAsync(ct) >= MaxWaiting ? AttachmentErrors.TooManyWaiting : null;
    }

    private async Task<Error?> RefusesAsync(SecureBaseDb db, Ticket ticket, Guid? commentId, CancellationToken ct)
    {
        if (ticket.Status == TicketStatus.Closed)
            return SupportErrors.TicketClosed(ticket.Number);
        var me = caller.Actor.PersonId;
        if (commentId is not null && !await db.TicketComments.AnyAsync(c => c.Id == commentId && c.TicketId == ticket.Id && c.AuthorId == me, ct))
            return AttachmentErrors.CommentNotFound;
        return await db.TicketAttachments.CountAsync(a => a.TicketId == ticket.Id && a.CommentId == commentId, ct) >= MaxPerMessage ? AttachmentErrors.TooMany : null;
    }

    private static TicketAttachment New(Guid id, ReceivedFile received, string? name, Change change) => new()
    {
        Id = id,
        FileId = received.Id,
        Name = AttachmentName.Of(name, ContentKind.Extension(received.ContentType)),
        UploaderTenantId = change.Actor.TenantId,
        UploaderId = change.Actor.PersonId,
        UploaderName = change.Actor.Name,
        UploaderKind = change.Actor.Kind,
        UploadedAt = change.At,
    };

    private async Task<Result<AttachmentView>> AddAsync(Change change, TicketAttachment attachment, CancellationToken ct)
    {
        await files.KeepAsync(change.Db, attachment.FileId, ct);
        change.Db.TicketAttachments.Add(attachment);
        return AttachmentView.Of(attachment, await change.Db.Files.AsNoTracking().SingleAsync(f => f.Id == attachment.FileId, ct));
    }

    private async Task<Result<AttachmentView>> KeptAsync(ReceivedFile received, Task<Result<AttachmentView>> keeping)
    {
        var kept = await keeping;
        if (kept.IsSuccess)
            files.Kept();
        else
            await files.DeleteAsync(received.Id, CancellationToken.None);
        return kept;
    }
}
