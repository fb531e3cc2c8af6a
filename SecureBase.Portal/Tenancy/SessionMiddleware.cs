using Microsoft.AspNetCore.Authentication;
using SecureBase.Core.Access;
using SecureBase.Core.Auditing;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Account;
using SecureBase.Portal.Api;
using SecureBase.Portal.Hosting;

namespace SecureBase.Portal.Tenancy;

/// <summary>
/// The third layer for people: the cookie's tenant must be the host's, and its session must live. A live session becomes the
/// scope's <see cref="Caller"/>. Circuits and hubs are registered, so that a revocation ends them.
/// </summary>
internal sealed class SessionMiddleware(RequestDelegate next, SessionDirectory sessions, LiveConnections connections)
{
    public async Task InvokeAsync(HttpContext context, TenantContext tenancy, Caller caller, RefusalAudit audit)
    {
        if (PathKind.IsStaticAsset(context.Request.Path))
        {
            await next(context);
            return;
        }
        var user = context.User;
        if (PortalClaims.SessionId(user) is { } sessionId)
        {
            var claimed = PortalClaims.TenantId(user);
            if (!tenancy.IsSet || claimed != tenancy.TenantId)
            {
                if (tenancy.IsSet)
                    await audit.RecordStrangerAsync("access.tenant_mismatch", claimed, context.Connection.RemoteIpAddress?.ToString(), context.RequestAborted);
                await (PathKind.IsForPrograms(context.Request.Path)
                    ? ApiProblems.WriteAsync(context, ApiProblems.OfStatus(StatusCodes.Status403Forbidden))
                    : StatusPages.ForeignSession().ExecuteAsync(context));
                return;
            }
            if (await sessions.FindAsync(tenancy.Tenant, sessionId, context.RequestAborted) is { } session)
            {
                var address = context.Connection.RemoteIpAddress?.ToString();
                context.User = PortalClaims.Principal(session, address);
                caller.Become(PortalClaims.Actor(session, address));
            }
            else
            {
                context.User = new System.Security.Claims.ClaimsPrincipal();
                await context.SignOutAsync(PortalClaims.Scheme);
            }
        }

        if (!PathKind.IsLiveConnection(context.Request.Path))
        {
            await next(context);
            return;
        }
        if (!caller.IsKnown)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        using (connections.Register(tenancy.Tenant.Id, caller.Actor, context.Abort))
            await next(context);
    }
}
