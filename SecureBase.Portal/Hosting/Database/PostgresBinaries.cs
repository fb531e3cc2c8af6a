using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>One installation of PostgreSQL's programs.</summary>
internal sealed partial record PostgresBinaries(string Directory, int Major)
{
    public const int OldestMajor = 15;

    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    public string Program(string name) => Path.Combine(Directory, name);

    /// <summary>
    /// Finds an installation: the configured folder and no other when there is one, else PATH, then the usual places,
    /// newest first. With <paramref name="requiredMajor"/> only that version will do, because a cluster's files belong to one.
    /// </summary>
    public static PostgresBinaries Find(string? configured, int? requiredMajor)
    {
        var places = string.IsNullOrWhiteSpace(configured) ? UsualPlaces() : [Path.GetFullPath(configured)];
        var found = places.Where(HoldsPrograms).Distinct().Select(Identify).OfType<PostgresBinaries>().ToList();
        return found.Find(b => requiredMajor is null ? b.Major >= OldestMajor : b.Major == requiredMajor)
            ?? throw new DatabaseSetupException(Explain(configured, requiredMajor, found));
    }

    private static IEnumerable<string> UsualPlaces()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return folder;

        (string Parent, string Pattern, string Below)[] versioned =
        [
            ("/usr/lib/postgresql", "*", "bin"),
            ("/usr", "pgsql-*", "bin"),
            ("/opt/homebrew/opt", "postgresql@*", "bin"),
            ("/usr/local/opt", "postgresql@*", "bin"),
        ];
        foreach (var (parent, pattern, below) in versioned)
        {
            if (!System.IO.Directory.Exists(parent))
                continue;

            foreach (var folder in System.IO.Directory.EnumerateDirectories(parent, pattern).OrderByDescending(TrailingNumber))
                yield return Path.Combine(folder, below);
        }

        yield return "/usr/local/pgsql/bin";
        yield return "/usr/lib64/pgsql/bin";
        yield return "/usr/libexec/postgresql";
    }

    private static int TrailingNumber(string folder) =>
        int.TryParse(LastNumber().Match(Path.GetFileName(folder)).Value, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool HoldsPrograms(string folder) => Programs.All(program => File.Exists(Path.Combine(folder, program)));

    private static PostgresBinaries? Identify(string folder)
    {
        var start = new ProcessStartInfo(Path.Combine(folder, "postgres"), ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var version = Version().Match(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        return version.Success ? new PostgresBinaries(folder, int.Parse(version.Groups[1].Value, CultureInfo.InvariantCulture)) : null;
    }

    private static string Explain(string? configured, int? requiredMajor, List<PostgresBinaries> found)
    {
        var seen = found.Count == 0
            ? "none was found"
            : "found only " + string.Join(", ", found.Select(b => $"{b.Major} in {b.Directory}"));
        var place = string.IsNullOrWhiteSpace(configured) ? "PATH and the usual places" : $"SecureBase:PostgresBinDirectory ({configured})";
        return requiredMajor is { } major
            ? $"The data directory was made by PostgreSQL {major}; looked for its programs in {place}, {seen}. "
              + $"Install PostgreSQL {major} (Debian: postgresql-{major}), or move the data to a newer version with pg_upgrade. Nothing was changed."
            : $"PostgreSQL {OldestMajor} or newer is needed; looked in {place}, {seen}. Install it (Debian: apt-get install postgresql), "
              + "name its folder in SecureBase:PostgresBinDirectory, or set ConnectionStrings:SecureBase to a server.";
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex Version();

    [GeneratedRegex(@"\d+$")]
    private static partial Regex LastNumber();
}
