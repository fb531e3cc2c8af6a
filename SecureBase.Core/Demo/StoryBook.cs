using System.Reflection;

namespace SecureBase.Core.Demo;

/// <summary>All stories the demo can tell, from the text files built into this assembly.</summary>
internal static class StoryBook
{
    private const string Folder = ".Demo.Stories.";

    /// <summary>In a stable order: by file, then as written.</summary>
    /// <exception cref="FormatException">A file breaks the format; see <see cref="StoryParser"/>.</exception>
    public static IReadOnlyList<Story> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.Contains(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(name => StoryParser.Parse(Read(assembly, name), name[(name.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..]))];
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
