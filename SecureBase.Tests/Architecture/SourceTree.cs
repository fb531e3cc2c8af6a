namespace SecureBase.Tests.Architecture;

/// <summary>The files people write, as they lie in the repository the tests were built from.</summary>
internal static class SourceTree
{
    internal static readonly string Root = FindRoot();

    /// <summary>Paths below the root, with forward slashes, without what tools generate.</summary>
    internal static IReadOnlyList<string> Files(params string[] extensions) =>
    [
        .. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => path.StartsWith("SecureBase.", StringComparison.Ordinal) && extensions.Contains(Path.GetExtension(path)))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "Migrations" or "_framework" or "node_modules"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>What ships, without tests and benchmarks.</summary>
    internal static IReadOnlyList<string> ProductFiles(params string[] extensions) =>
        [.. Files(extensions).Where(path => path.StartsWith("SecureBase.Core/", StringComparison.Ordinal) || path.StartsWith("SecureBase.Portal/", StringComparison.Ordinal))];

    internal static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SecureBase.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not lie below the repository they were built from.");
    }
}
