using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Tenants;

/// <summary><c>/v1/admin/tenants</c>, for the operator's keys: binds, calls <see cref="TenantService"/> and <see cref="TenantOverview"/>, answers.</summary>
internal static class TenantEndpoints
{
    private const string Route = "/v1/admin/tenants";
    private const int DefaultLimit = 25;

    internal static IServiceCollection AddTenantsApi(this IServiceCollection services)
    {
        foreach (var fact in TenantSchemas.All)
            services.AddSingleton(fact);
        return services;
    }

    internal static RouteGroupBuilder MapTenants(this RouteGroupBuilder v1)
    {
        var tenants = v1.MapGroup("/admin/tenants").WithTags("Tenants");

        tenants.MapPost("", CreateAsync)
            .Needs(TenantPermissions.Manage)
            .WithName("CreateTenant")
            .WithSummary("Create a tenant and invite its first admin")
            .WithDescription("For the operator's keys. Tenant and invitation are made together or not at all. A slug is never used twice.")
            .TakesIdempotencyKey()
            .WithRequestExample(TenantExamples.Creating)
            .Answers(201, "The tenant, at the address in Location.", TenantExamples.Tenant, "Location", "ETag", Idempotency.ReplayedHeader)
            .Refuses(409, 422);

        tenants.MapGet("", ListAsync)
            .Needs(TenantPermissions.Read)
            .WithName("ListTenants")
            .WithSummary("List tenants with their health, newest first")
            .WithDescription("For the operator's keys. Filters combine; a filter with several values, separated by commas, takes any of them.")
            .TakesQuery<TenantStatus>("status", "In any of these states.")
            .TakesQuery<Plan>("plan", "On any of these plans.")
            .TakesQuery("q", $"Part of name or slug; up to {TenantListQuery.TextMax} characters.")
            .TakesPage()
            .Answers(200, "A page of tenants.", TenantExamples.Tenants)
            .Refuses(422);

        tenants.MapGet("/{tenant}", GetAsync)
            .Needs(TenantPermissions.Read)
            .WithName("GetTenant")
            .WithSummary("Read a tenant")
            .WithDescription("For the operator's keys. Recorded in the tenant's own audit log, at most once per key and 15 minutes.")
            .Answers(200, "The tenant.", TenantExamples.Tenant, "ETag")
            .Answers(304, "The tenant is still the one named in If-None-Match.")
            .Refuses(404);

        tenants.MapPatch("/{tenant}", EditAsync)
            .Needs(TenantPermissions.Manage)
            .WithName("EditTenant")
            .WithSummary("Change a tenant")
            .WithDescription("For the operator's keys. Fields left out stay as they are; quotas are replaced together, and one left out of them is the plan's again.")
            .TakesIfMatch()
            .WithRequestExample(TenantExamples.Editing)
            .Answers(200, "The tenant as it is now.", TenantExamples.EditedTenant, "ETag")
            .Refuses(404, 409, 412, 422, 428);

        tenants.MapPost("/{tenant}/suspend", SuspendAsync)
            .Needs(TenantPermissions.Manage)
            .WithName("SuspendTenant")
            .WithSummary("Close a tenant's doors")
            .WithDescription("For the operator's keys. Sessions, open pages and API keys stop within five seconds; data is kept.")
            .TakesIdempotencyKey()
            .WithRequestExample(TenantExamples.Suspending)
            .Answers(200, "The tenant as it is now.", TenantExamples.SuspendedTenant, "ETag", Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        tenants.MapPost("/{tenant}/resume", ResumeAsync)
            .Needs(TenantPermissions.Manage)
            .WithName("ResumeTenant")
            .WithSummary("Open a suspended tenant's doors again")
            .WithDescription("For the operator's keys. Takes no body.")
            .TakesIdempotencyKey()
            .WithRequestExample(new { })
            .Answers(200, "The tenant as it is now.", TenantExamples.Tenant, "ETag", Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        return v1;
    }

    private static async Task<Results<Created<TenantView>, ProblemAnswer>> CreateAsync(
        CreateTenant request, HttpContext http, TenantService tenants, TenantOverview overview, Idempotency once, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(request.AdminEmail))
            return (ProblemAnswer)Error.Invalid("admin_email", "A tenant needs somebody who can come in: name its first admin's e-mail address.");
        var created = await once.OnceAsync(http, async () => await ViewAsync(await tenants.CreateAsync(request.ToNew(), ct), overview, ct), ct);
        if (!created.IsSuccess)
            return (ProblemAnswer)created.Error;
        EntityTags.Put(http.Response, created.Value.Version);
        return TypedResults.Created($"{Route}/{created.Value.Slug}", created.Value);
    }

    private static async Task<Results<Ok<Page<TenantListItem>>, ProblemAnswer>> ListAsync(QueryValues query, TenantOverview overview, CancellationToken ct)
    {
        var filter = new TenantListQuery
        {
            View = TenantListView.Everything,
            Statuses = query.Many<TenantStatus>("status"),
            Plans = query.Many<Plan>("plan"),
            Text = query.Text("q") is { Length: > TenantListQuery.TextMax } longer ? longer[..TenantListQuery.TextMax] : query.Text("q"),
            Limit = query.Number("limit", DefaultLimit),
            Cursor = query.Text("cursor"),
        };
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await overview.ListAsync(filter, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<TenantView>, StatusCodeHttpResult, ProblemAnswer>> GetAsync(string tenant, HttpContext http, TenantOverview overview, CancellationToken ct)
    {
        var found = await overview.GetAsync(tenant, ct);
        if (!found.IsSuccess)
            return (ProblemAnswer)found.Error;
        EntityTags.Put(http.Response, found.Value.Version);
        return EntityTags.IsKnown(http.Request, found.Value.Version) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(found.Value);
    }

    private static async Task<Results<Ok<TenantView>, ProblemAnswer>> EditAsync(
        string tenant, EditTenant request, HttpContext http, TenantService tenants, TenantOverview overview, CancellationToken ct)
    {
        if (!IfMatch.TryRead(http.Request, out var condition, out var problem))
            return (ProblemAnswer)problem;
        var expected = await condition.ExpectedAsync(async () => await overview.GetAsync(tenant, ct) is { IsSuccess: true, Value: var current } ? current.Version : null);
        return Answer(http, await tenants.EditAsync(tenant, request, expected, ct));
    }

    private static async Task<Results<Ok<TenantView>, ProblemAnswer>> SuspendAsync(
        string tenant, SuspendTenant request, HttpContext http, TenantService tenants, TenantOverview overview, Idempotency once, CancellationToken ct) =>
        Answer(http, await once.OnceAsync(http, async () => await ViewAsync(await tenants.SuspendAsync(tenant, request.Reason, ct), overview, ct), ct));

    private static async Task<Results<Ok<TenantView>, ProblemAnswer>> ResumeAsync(
        string tenant, HttpContext http, TenantService tenants, TenantOverview overview, Idempotency once, CancellationToken ct) =>
        Answer(http, await once.OnceAsync(http, async () => await ViewAsync(await tenants.ResumeAsync(tenant, ct), overview, ct), ct));

    private static async Task<Result<TenantView>> ViewAsync(Result<TenantInfo> changed, TenantOverview overview, CancellationToken ct) =>
        changed.IsSuccess ? await overview.GetAsync(changed.Value.Slug, ct) : changed.Error;

    private static Results<Ok<TenantView>, ProblemAnswer> Answer(HttpContext http, Result<TenantView> result)
    {
        if (!result.IsSuccess)
            return (ProblemAnswer)result.Error;
        EntityTags.Put(http.Response, result.Value.Version);
        return TypedResults.Ok(result.Value);
    }
}
