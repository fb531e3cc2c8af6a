using Microsoft.Extensions.Options;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Account;
using SecureBase.Portal.Api;
using SecureBase.Portal.Hosting;

namespace SecureBase.Portal.Tenancy;

/// <summary>
/// The second layer: turns the Host header into this request's tenant, or ends the request. An unknown tenant learns nothing,
/// a suspended one is told so, and without a directory the answer is 503: there is never a fallback tenant.
/// </summary>
internal sealed class TenantMiddleware(RequestDelegate next, TenantDirectory directory, IOptions<PortalOptions> options)
{
    private static readonly PathString FindOrganisation = "/account/find-organisation";

    public async Task InvokeAsync(HttpContext context, TenantContext tenancy)
    {
        if (PathKind.IsStaticAsset(context.Request.Path))
        {
            await next(context);
            return;
        }
        var host = TenantHost.Parse(context.Request.Host.Value, options.Value.BaseDomain);
        try
        {
            switch (host)
            {
                case TenantHost.Tenant(var slug):
                    await EnterAsync(context, tenancy, await directory.FindAsync(slug, context.RequestAborted));
                    break;
                case TenantHost.Admin:
                    await EnterAsync(context, tenancy, await directory.FindAsync(Tenant.OperatorId, context.RequestAborted));
                    break;
                case TenantHost.Api when PathKind.IsForPrograms(context.Request.Path) || context.Request.Path.StartsWithSegments("/reference"):
                    await next(context);
                    break;
                case TenantHost.BaseDomain when context.Request.Path == "/" || context.Request.Path == FindOrganisation:
                    context.Request.Path = FindOrganisation;
                    await next(context);
                    break;
                default:
                    await RefuseAsync(context, ApiProblems.OfStatus(StatusCodes.Status404NotFound), StatusPages.UnknownHost());
                    break;
            }
        }
        catch (DirectoryUnavailableException) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "5";
            await RefuseAsync(context, ApiProblems.OfStatus(StatusCodes.Status503ServiceUnavailable), StatusPages.DirectoryDown(context.Request.Path));
        }
    }

    private async Task EnterAsync(HttpContext context, TenantContext tenancy, TenantInfo? tenant)
    {
        // Whose data is gone was never here, for all a visitor can tell.
        if (tenant is null or { Status: TenantStatus.OffBoarded })
        {
            await RefuseAsync(context, ApiProblems.OfStatus(StatusCodes.Status404NotFound), StatusPages.UnknownHost());
            return;
        }
        if (tenant.Status == TenantStatus.Suspended)
        {
            await RefuseAsync(context, ApiProblems.TenantSuspended, StatusPages.Suspended());
            return;
        }
        tenancy.Enter(tenant);
        await next(context);
    }

    private Task RefuseAsync(HttpContext context, ApiProblem problem, IResult page)
    {
        if (PathKind.IsForPrograms(context.Request.Path))
            return ApiProblems.WriteAsync(context, problem);
        // A page is rendered against its address, and a refused host need not make a valid one.
        context.Request.Host = new HostString(options.Value.BaseDomain);
        return page.ExecuteAsync(context);
    }
}
