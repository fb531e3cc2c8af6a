using System.Collections.Concurrent;
using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Trust;
using SecureBase.Tests.Architecture;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Isolation;

/// <summary>
/// Enters what the suite tried and held, and at the end of a run that tried everything writes the certificate of the build that
/// was attacked. A run of some tests only, or one with a failure among these, writes none.
/// </summary>
internal static class CertificateLedger
{
    private static readonly ConcurrentBag<(SurfaceKind Kind, string Setting, string Surface, string Attack)> Attempts = [];
    private static readonly JsonSerializerOptions Indented = new(WireJson.Options) { WriteIndented = true };
    private static readonly ConcurrentDictionary<SurfaceKind, int> LeaksFoundWithoutLocks = new();
    private static int _forgotten;
    private static int _noticed;

    static CertificateLedger() => TestRun.AtEnd(WriteAsync);

    /// <summary>All of these were tried and none leaked.</summary>
    internal static void Held(AttackReport report)
    {
        foreach (var (surface, attack) in report.Tried)
            Held(report.Kind, report.Setting, surface, attack);
    }

    internal static void Held(SurfaceKind kind, string setting, string surface, string attack) => Attempts.Add((kind, setting, surface, attack));

    /// <summary>What the same attacks found with no lock on.</summary>
    internal static void Found(AttackReport report) => LeaksFoundWithoutLocks[report.Kind] = report.Leaks.Count;

    /// <summary>One lock was taken away from one table or entity.</summary>
    internal static void Forgot(bool noticed)
    {
        Interlocked.Increment(ref _forgotten);
        if (noticed)
            Interlocked.Increment(ref _noticed);
    }

    private static bool IsComplete =>
        Enum.GetValues<SurfaceKind>().All(kind => LockSetting.ThatMustHold.All(setting => Attempts.Any(a => a.Kind == kind && a.Setting == setting)))
        && JobIsolationTests.Names.All(name => LockSetting.ThatMustHold.All(setting => Attempts.Any(a => a.Kind == SurfaceKind.Job && a.Setting == setting && a.Surface == name)))
        && new[] { SurfaceKind.Entity, SurfaceKind.Route, SurfaceKind.Page, SurfaceKind.HubMethod }.All(LeaksFoundWithoutLocks.ContainsKey)
        && _forgotten > 0;

    private static async Task WriteAsync()
    {
        if (!IsComplete)
            return;
        var certificate = new IsolationCertificate(BuildIdentity.Current, TimeProvider.System.GetUtcNow(), [.. Enum.GetValues<SurfaceKind>().Select(Certify)],
            new CertifiedDetector(LeaksFoundWithoutLocks.Values.Sum(), _forgotten, _noticed));
        var folder = Directory.CreateDirectory(Path.Combine(SourceTree.Root, "artifacts"));
        await using var file = File.Create(Path.Combine(folder.FullName, "isolation-certificate.json"));
        await JsonSerializer.SerializeAsync(file, certificate, Indented);
    }

    private static CertifiedKind Certify(SurfaceKind kind)
    {
        var attempts = Attempts.Where(a => a.Kind == kind).ToList();
        return new CertifiedKind(WireName.Of(kind),
            [.. LockSetting.ThatMustHold.Select(setting => new CertifiedSetting(setting, attempts.Count(a => a.Setting == setting)))],
            [.. attempts.GroupBy(a => a.Surface).OrderBy(surface => surface.Key, StringComparer.Ordinal)
                .Select(surface => new CertifiedSurface(surface.Key, surface.Select(a => a.Attack).Distinct().Count(), surface.Count(), Leaks: 0))]);
    }
}
