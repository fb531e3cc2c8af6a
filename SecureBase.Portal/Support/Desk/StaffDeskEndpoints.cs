using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Macros;
using SecureBase.Core.Support.Views;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Support.Desk;

/// <summary>What staff keep for their work, for the operator's keys: macros and views of the queue, and who can be assigned.</summary>
internal static class StaffDeskEndpoints
{
    private const string Route = "/v1/admin/support";

    internal static IServiceCollection AddStaffSupportApi(this IServiceCollection services)
    {
        foreach (var fact in StaffDeskSchemas.All)
            services.AddSingleton(fact);
        return services;
    }

    internal static void MapStaffSupport(this RouteGroupBuilder v1)
    {
        var desk = v1.MapGroup("/admin/support").WithTags("Staff support");
        desk.MapStaffTickets();
        desk.MapStaffConversation();
        desk.MapStaffRelations();
        desk.MapStaffTeams();

        desk.MapGet("/staff", StaffAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ListStaff")
            .WithSummary("List who can be assigned")
            .WithDescription("For the operator's keys. By name.")
            .Answers(200, "All of them.", StaffDeskExamples.Staff);

        desk.MapGet("/macros", MacrosAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ListMacros")
            .WithSummary("List macros")
            .WithDescription("For the operator's keys. By name; all, or those with every word of q in name, text or tags.")
            .TakesQuery("q", "Words, all of which must be found.")
            .Answers(200, "All of them.", StaffDeskExamples.Macros);

        desk.MapPost("/macros", CreateMacroAsync)
            .Needs(SupportPermissions.WriteMacros)
            .WithName("CreateMacro")
            .WithSummary("Write a macro")
            .WithDescription($"For the operator's keys. Placeholders: {string.Join(", ", MacroPlaceholders.All.Select(p => $"{{{{{p.Name}}}}}"))}.")
            .TakesIdempotencyKey()
            .WithRequestExample(StaffDeskExamples.Macro)
            .Answers(201, "The macro.", StaffDeskExamples.SavedMacro, "ETag", Idempotency.ReplayedHeader)
            .Refuses(422);

        desk.MapPut("/macros/{id:guid}", ChangeMacroAsync)
            .Needs(SupportPermissions.WriteMacros)
            .WithName("ChangeMacro")
            .WithSummary("Replace a macro")
            .WithDescription("For the operator's keys.")
            .TakesIfMatch()
            .WithRequestExample(StaffDeskExamples.Macro)
            .Answers(200, "The macro as it is now.", StaffDeskExamples.SavedMacro, "ETag")
            .Refuses(404, 412, 422, 428);

        desk.MapDelete("/macros/{id:guid}", DeleteMacroAsync)
            .Needs(SupportPermissions.WriteMacros)
            .WithName("DeleteMacro")
            .WithSummary("Delete a macro")
            .WithDescription("For the operator's keys. Replies written with it stay as they are.")
            .Answers(204, "There is no such macro any more.")
            .Refuses(404);

        desk.MapGet("/views", ViewsAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ListQueueViews")
            .WithSummary("List kept views of the queue")
            .WithDescription("For the operator's keys. The key's own and those shared with all staff, by name.")
            .Answers(200, "All of them.", StaffDeskExamples.Views);

        desk.MapPost("/views", CreateViewAsync)
            .Needs(SupportPermissions.Work)
            .WithName("CreateQueueView")
            .WithSummary("Keep a view of the queue")
            .WithDescription("For the operator's keys.")
            .TakesIdempotencyKey()
            .WithRequestExample(StaffDeskExamples.View)
            .Answers(201, "The view.", StaffDeskExamples.SavedView, "ETag", Idempotency.ReplayedHeader)
            .Refuses(409, 422);

        desk.MapPut("/views/{id:guid}", ChangeViewAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ChangeQueueView")
            .WithSummary("Replace a kept view")
            .WithDescription("For the operator's keys.")
            .TakesIfMatch()
            .WithRequestExample(StaffDeskExamples.View)
            .Answers(200, "The view as it is now.", StaffDeskExamples.SavedView, "ETag")
            .Refuses(404, 412, 422, 428);

        desk.MapDelete("/views/{id:guid}", DeleteViewAsync)
            .Needs(SupportPermissions.Work)
            .WithName("DeleteQueueView")
            .WithSummary("Delete a kept view")
            .WithDescription("For the operator's keys.")
            .Answers(204, "There is no such view any more.")
            .Refuses(404);
    }

    private static async Task<Ok<Page<PersonRef>>> StaffAsync(StaffDirectory staff, CancellationToken ct) => TypedResults.Ok(new Page<PersonRef>(await staff.ListAsync(ct), null));

    private static async Task<Results<Ok<Page<MacroView>>, ProblemAnswer>> MacrosAsync(QueryValues query, MacroService macros, CancellationToken ct)
    {
        var text = query.Text("q");
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var all = await macros.ListAsync(text, ct);
        return all.IsSuccess ? TypedResults.Ok(new Page<MacroView>(all.Value, null)) : (ProblemAnswer)all.Error;
    }

    private static async Task<Results<Created<MacroView>, ProblemAnswer>> CreateMacroAsync(SaveMacro request, HttpContext http, MacroService macros, Idempotency once, CancellationToken ct) =>
        Created(http, $"{Route}/macros", await once.OnceAsync(http, () => macros.CreateAsync(request, ct), ct), m => m.Version);

    private static async Task<Results<Ok<MacroView>, ProblemAnswer>> ChangeMacroAsync(Guid id, SaveMacro request, HttpContext http, MacroService macros, CancellationToken ct)
    {
        if (!IfMatch.TryRead(http.Request, out var condition, out var problem))
            return (ProblemAnswer)problem;
        var all = await macros.ListAsync(null, ct);
        if (!all.IsSuccess)
            return (ProblemAnswer)all.Error;
        if (all.Value.FirstOrDefault(m => m.Id == id) is not { } current)
            return (ProblemAnswer)Error.NotFound("macro");
        var expected = await condition.ExpectedAsync(() => Task.FromResult<int?>(current.Version)) ?? current.Version;
        return Changed(http, await macros.ChangeAsync(id, request, expected, ct), m => m.Version);
    }

    private static async Task<Results<NoContent, ProblemAnswer>> DeleteMacroAsync(Guid id, MacroService macros, CancellationToken ct)
    {
        var deleted = await macros.DeleteAsync(id, ct);
        return deleted.IsSuccess ? TypedResults.NoContent() : (ProblemAnswer)deleted.Error;
    }

    private static async Task<Results<Ok<Page<SavedViewSummary>>, ProblemAnswer>> ViewsAsync(SavedViewService views, CancellationToken ct)
    {
        var all = await views.ListAsync(ct);
        return all.IsSuccess ? TypedResults.Ok(new Page<SavedViewSummary>(all.Value, null)) : (ProblemAnswer)all.Error;
    }

    private static async Task<Results<Created<SavedViewSummary>, ProblemAnswer>> CreateViewAsync(SaveQueueView request, HttpContext http, SavedViewService views, Idempotency once, CancellationToken ct) =>
        Created(http, $"{Route}/views", await once.OnceAsync(http, () => views.CreateAsync(Wanted(request), ct), ct), v => v.Version);

    private static async Task<Results<Ok<SavedViewSummary>, ProblemAnswer>> ChangeViewAsync(Guid id, SaveQueueView request, HttpContext http, SavedViewService views, CancellationToken ct)
    {
        if (!IfMatch.TryRead(http.Request, out var condition, out var problem))
            return (ProblemAnswer)problem;
        var all = await views.ListAsync(ct);
        if (!all.IsSuccess)
            return (ProblemAnswer)all.Error;
        if (all.Value.FirstOrDefault(v => v.Id == id) is not { } current)
            return (ProblemAnswer)Error.NotFound("view");
        var expected = await condition.ExpectedAsync(() => Task.FromResult<int?>(current.Version)) ?? current.Version;
        return Changed(http, await views.ChangeAsync(id, Wanted(request), expected, ct), v => v.Version);
    }

    private static async Task<Results<NoContent, ProblemAnswer>> DeleteViewAsync(Guid id, SavedViewService views, CancellationToken ct)
    {
        var deleted = await views.DeleteAsync(id, ct);
        return deleted.IsSuccess ? TypedResults.NoContent() : (ProblemAnswer)deleted.Error;
    }

    private static SaveView Wanted(SaveQueueView request) => new(request.Name, request.Filter ?? "", request.IsShared ?? false);

    internal static Results<Created<T>, ProblemAnswer> Created<T>(HttpContext http, string list, Result<T> created, Func<T, int> version)
    {
        if (!created.IsSuccess)
            return (ProblemAnswer)created.Error;
        EntityTags.Put(http.Response, version(created.Value));
        return TypedResults.Created(list, created.Value);
    }

    internal static Results<Ok<T>, ProblemAnswer> Changed<T>(HttpContext http, Result<T> changed, Func<T, int> version)
    {
        if (!changed.IsSuccess)
            return (ProblemAnswer)changed.Error;
        EntityTags.Put(http.Response, version(changed.Value));
        return TypedResults.Ok(changed.Value);
    }
}
