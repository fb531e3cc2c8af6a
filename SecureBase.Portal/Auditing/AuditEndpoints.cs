using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Auditing;

/// <summary><c>/v1/audit</c>: reads only. Entries are made by everything else.</summary>
internal static class AuditEndpoints
{
    internal static void MapAudit(this RouteGroupBuilder v1)
    {
        var audit = v1.MapGroup("/audit").WithTags("Audit");

        audit.MapGet("", ListAsync)
            .Needs(AuditPermissions.Read)
            .WithName("ListAuditEntries")
            .WithSummary("List audit entries, newest first")
            .WithDescription("Who did what, when, where from and with which outcome, refused attempts and visits of the provider's staff included. Filters combine.")
            .TakesQuery("from", "From this time on, e.g. 2026-11-22T04:05:06Z or 2026-11-22.")
            .TakesQuery("to", "Before this time.")
            .TakesQuery("actor", "By the person of this id; for an API key, its service person.", ParameterKind.Id)
            .TakesQuery<ActorKind>("actor_kind", "By people of your organisation, by the provider's staff or by the product itself.")
            .TakesQuery("action", "Of this action, e.g. ticket.created, or of all of a noun: ticket.")
            .TakesQuery("subject_kind", "On subjects of this kind, e.g. ticket.")
            .TakesQuery("subject", "On the subject of this id.", ParameterKind.Id)
            .TakesQuery<AuditOutcome>("outcome", "Done or refused.")
            .TakesQuery("q", "Part of a name, an action or an address, or the whole id of an entry, a person, a subject or a trace; up to 200 characters.")
            .TakesPage()
            .Answers(200, "A page of entries.", AuditExamples.Entries);

        audit.MapGet("/{entryId:guid}", GetAsync)
            .Needs(AuditPermissions.Read)
            .WithName("GetAuditEntry")
            .WithSummary("Read an audit entry")
            .WithDescription("With its place in your organisation's hash chain, once it is sealed, which happens within seconds.")
            .Answers(200, "The entry.", AuditExamples.Entry)
            .Refuses(404);
    }

    private static async Task<Results<Ok<Page<AuditEntryView>>, ProblemAnswer>> ListAsync(QueryValues query, AuditLogService log, CancellationToken ct)
    {
        var filter = new AuditFilter
        {
            From = query.Instant("from"),
            To = query.Instant("to"),
            ActorId = query.Id("actor"),
            ActorKind = query.One<ActorKind>("actor_kind"),
            Action = query.Text("action"),
            SubjectKind = query.Text("subject_kind"),
            SubjectId = query.Id("subject"),
            Outcome = query.One<AuditOutcome>("outcome"),
            Text = query.Text("q"),
        };
        var (limit, cursor) = (query.Number("limit", 25), query.Text("cursor"));
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await log.ListAsync(filter, cursor, limit, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<AuditEntryView>, ProblemAnswer>> GetAsync(Guid entryId, AuditLogService log, CancellationToken ct)
    {
        var found = await log.FindAsync(entryId, ct);
        return found.IsSuccess ? TypedResults.Ok(found.Value) : (ProblemAnswer)found.Error;
    }
}
