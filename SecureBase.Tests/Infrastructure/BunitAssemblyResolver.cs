using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace SecureBase.Tests.Infrastructure;

/// <summary>bunit needs an older AngleSharp.Diffing than the package graph would choose; it lies in a folder of its own.</summary>
internal static class BunitAssemblyResolver
{
    [ModuleInitializer]
    internal static void Install() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        name.Name == "AngleSharp.Diffing"
            ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "diffing", "AngleSharp.Diffing.dll"))
            : null;
}
