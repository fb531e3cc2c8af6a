using Microsoft.AspNetCore.Http.Features;
using SecureBase.Portal.Account;

namespace SecureBase.Portal.Hosting;

/// <summary>Forms are small: a larger body is answered 413 before it is read. What takes more, such as the API and uploads, sets its own limit.</summary>
internal sealed class FormSize(RequestDelegate next)
{
    /// <summary>Bytes.</summary>
    internal const long Max = 1 << 20;

    public Task InvokeAsync(HttpContext context)
    {
        if (PathKind.IsApi(context.Request.Path) || PathKind.IsUpload(context.Request.Path))
            return next(context);
        if (context.Request.ContentLength > Max)
            return StatusPages.Unreadable(StatusCodes.Status413PayloadTooLarge).ExecuteAsync(context);
        // A body that does not say how long it is ends there.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = Max;
        return next(context);
    }
}
