using SecureBase.Portal.Account;

namespace SecureBase.Portal.Hosting;

/// <summary>A page's address with a NUL in it is none that the portal ever made; it is refused before a page meets it. The API says which parameter it is.</summary>
internal sealed class ReadableAddress(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        !PathKind.IsApi(context.Request.Path) && context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true
            ? StatusPages.Unreadable(StatusCodes.Status400BadRequest).ExecuteAsync(context)
            : next(context);
}
