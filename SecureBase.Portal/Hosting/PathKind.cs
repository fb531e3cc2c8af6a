namespace SecureBase.Portal.Hosting;

/// <summary>Who reads the answer: a program, or a person with a browser.</summary>
internal static class PathKind
{
    internal static bool IsApi(PathString path) => path.StartsWithSegments("/v1");

    internal static bool IsForPrograms(PathString path) =>
        IsApi(path) || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/health") || IsLiveConnection(path);

    /// <summary>Circuits and hubs: long-lived connections that carry a person's cookie.</summary>
    internal static bool IsLiveConnection(PathString path) => path.StartsWithSegments("/_blazor") || path.StartsWithSegments("/hubs");

    /// <summary>Where pages send files.</summary>
    internal static bool IsUpload(PathString path) => path.Value?.EndsWith("/uploads", StringComparison.Ordinal) == true;

    /// <summary>A tenant's own picture and colour: parts of pages, for everybody who can reach its sign-in page.</summary>
    internal static bool IsBranding(PathString path) => path.StartsWithSegments("/branding");

    /// <summary>
    /// Style sheets, scripts and pictures: the same for everybody, signed in or not. The pages that refuse a visitor need them too,
    /// so they are served outside any tenant.
    /// </summary>
    internal static bool IsStaticAsset(PathString path) =>
        path.StartsWithSegments("/css") || path.StartsWithSegments("/js") || path.StartsWithSegments("/img")
        || path.StartsWithSegments("/_content") || path.StartsWithSegments("/_framework") || path == "/favicon.ico" || path == "/SecureBase.Portal.styles.css";
}
