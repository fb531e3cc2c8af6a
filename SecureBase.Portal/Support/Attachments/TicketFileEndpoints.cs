using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Files;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Portal.Api;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Support.Attachments;

/// <summary>
/// Files in and out of tickets for people: by their cookie, past the circuit. js/uploads.js sends a file as the body of a request,
/// with the antiforgery token in a header; it then waits under the draft of whoever sent it.
/// </summary>
internal static class TicketFileEndpoints
{
    private static readonly Error Forged = new(ErrorKind.Forbidden, "form_expired", "This page has been open for too long, or you signed in again meanwhile. Load it again, then attach the file.");

    /// <summary>Where a customer's pages send files and find them.</summary>
    internal const string ForCustomers = "/tickets";

    /// <summary>Where staff's pages send a tenant's files and find them.</summary>
    internal static string ForStaff(string tenant) => "/queue/" + tenant;

    internal static void MapTicketFiles(this IEndpointRouteBuilder routes)
    {
        var comment = PagePermissionPolicies.Prefix + SupportPermissions.Comment.Name;
        var read = PagePermissionPolicies.Prefix + SupportPermissions.Read.Name;
        routes.MapPost("/tickets/uploads", UploadAsync).RequireAuthorization(Policies.Customer, comment).ExcludeFromDescription();
        routes.MapGet("/tickets/attachments/{id:guid}", OwnAsync).RequireAuthorization(Policies.Customer, read).ExcludeFromDescription();
        routes.MapPost("/queue/{tenant}/uploads", UploadForStaffAsync).RequireAuthorization(Policies.Staff, comment).ExcludeFromDescription();
        routes.MapGet("/queue/{tenant}/attachments/{id:guid}", ForStaffAsync).RequireAuthorization(Policies.Staff, PagePermissionPolicies.Prefix + SupportPermissions.Work.Name).ExcludeFromDescription();
    }

    private static Task UploadAsync(HttpContext http, string? draft, string? name) => KeepAsync(http.RequestServices, draft, name, http);

    private static async Task UploadForStaffAsync(string tenant, HttpContext http, StaffAccess access, string? draft, string? name)
    {
        var entered = await access.EnterAsync(tenant, http.RequestAborted);
        if (!entered.IsSuccess)
        {
            await RefuseAsync(http, entered.Error);
            return;
        }
        await using var scope = entered.Value;
        await KeepAsync(scope.Services, draft, name, http);
    }

    private static Task<Results<EmptyHttpResult, NotFound>> OwnAsync(Guid id, string? view, HttpContext http) => SendAsync(http.RequestServices, id, view, http);

    private static async Task<Results<EmptyHttpResult, NotFound>> ForStaffAsync(string tenant, Guid id, string? view, HttpContext http, StaffAccess access)
    {
        var entered = await access.EnterAsync(tenant, http.RequestAborted);
        if (!entered.IsSuccess)
            return TypedResults.NotFound();
        await using var scope = entered.Value;
        return await SendAsync(scope.Services, id, view, http);
    }

    private static Task<Results<EmptyHttpResult, NotFound>> SendAsync(IServiceProvider services, Guid id, string? view, HttpContext http) =>
        AttachmentDownload.SendAsync(services, ticketId: null, id, view == AttachmentDownload.Inline, http, _ => TypedResults.NotFound());

    private static async Task KeepAsync(IServiceProvider services, string? draft, string? name, HttpContext http)
    {
        var ct = http.RequestAborted;
        if (!await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
        {
            await RefuseAsync(http, Forged);
            return;
        }
        var body = await FileBody.OpenAsync(http, name, ct);
        var uploaded = body.IsSuccess
            ? await FileBody.ReadAsync(http, () => services.GetRequiredService<AttachmentService>().UploadAsync(draft ?? "", body.Value.File, ct))
            : body.Error;
        if (!uploaded.IsSuccess)
        {
            await RefuseAsync(http, uploaded.Error);
            return;
        }
        await TypedResults.Json(new Uploaded(uploaded.Value.Id)).ExecuteAsync(http);
    }

    private static async Task RefuseAsync(HttpContext http, Error error)
    {
        var status = error.Code == FileErrors.TooLargeCode ? StatusCodes.Status413PayloadTooLarge : ApiProblems.StatusOf(error.Kind);
        await TypedResults.Json(new Refusal(error.Code, error.Message), statusCode: status).ExecuteAsync(http);
        await UnreadBody.DropAsync(http);
    }

    private sealed record Uploaded(Guid Id);

    private sealed record Refusal(string Code, string Message);
}
