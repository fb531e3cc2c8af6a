using SecureBase.Core.Access.Metering;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Api;

/// <summary>
/// Counts each request of a key and refuses what is beyond its limits, before anything else is done for it: a refused request costs
/// no query, so that whoever is over their limit does not slow others.
/// </summary>
internal sealed class RateLimits(RequestDelegate next, RequestMeters meters)
{
    public async Task InvokeAsync(HttpContext context, CallingKey calling, TenantContext tenancy)
    {
        if (calling.Key is not { } key)
        {
            await next(context);
            return;
        }
        var admission = await meters.AdmitAsync(tenancy.Tenant, key, context.Connection.RemoteIpAddress, context.RequestAborted);
        RateLimitFields.Put(context.Response, admission);
        await (admission.RefusedBy is null ? next(context) : ApiProblems.WriteAsync(context, RateLimitProblems.Of(admission, tenancy.Tenant)));
    }
}

/// <summary>The key this request came with, once it was found good.</summary>
internal sealed class CallingKey
{
    internal Core.Access.LiveApiKey? Key { get; set; }
}
