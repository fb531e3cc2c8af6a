namespace SecureBase.Portal.Hosting;

/// <summary>Who reads the answer: a program, or a person with a browser.</summary>
internal static class PathKind
{
    internal static bool IsApi(PathString path) => path.StartsWithSegments("/v1");

    internal static bool IsForPrograms(PathString path) =>
        IsApi(path) || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/health") || IsLiveConnection(path);

    /// <summary>Circuits and hubs: long-lived connections that carry a person's cookie.</summary>
    internal static bool IsLiveConnection(PathString path) => path.StartsWithSegments("/_blazor") || path.StartsWithSegments("/hubs");
}
