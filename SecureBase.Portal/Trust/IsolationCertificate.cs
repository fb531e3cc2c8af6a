using System.Security.Cryptography;
using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Trust;

/// <summary>What the isolation suite did to one build: every way to a tenant's data, attacked as another tenant, and what came of it.</summary>
/// <param name="Build">The build that was attacked, see <see cref="BuildIdentity"/>; the certificate says nothing about any other.</param>
/// <param name="Kinds">Entities, routes, pages, downloads, hub methods and jobs, each with all the build has.</param>
/// <param name="Detector">What shows that a leak would have been seen.</param>
public sealed record IsolationCertificate(string Build, DateTimeOffset MadeAt, IReadOnlyList<CertifiedKind> Kinds, CertifiedDetector Detector)
{
    public int Surfaces => Kinds.Sum(kind => kind.Surfaces.Count);

    public int Attempts => Kinds.Sum(kind => kind.Attempts);

    public int Leaks => Kinds.Sum(kind => kind.Surfaces.Sum(surface => surface.Leaks));
}

/// <summary>All surfaces of one kind.</summary>
/// <param name="Settings">Attempts by what was switched on: both locks, then each of them alone.</param>
public sealed record CertifiedKind(string Kind, IReadOnlyList<CertifiedSetting> Settings, IReadOnlyList<CertifiedSurface> Surfaces)
{
    public int Attempts => Settings.Sum(setting => setting.Attempts);
}

public sealed record CertifiedSetting(string Locks, int Attempts);

/// <param name="Verbs">Different attacks that were tried on it.</param>
public sealed record CertifiedSurface(string Name, int Verbs, int Attempts, int Leaks);

/// <param name="LeaksWithoutLocks">What the same attacks found with both locks switched off. Zero would mean that the suite is blind.</param>
/// <param name="ForgottenLocks">Tables whose row-level security, or entities whose filter, was taken away one at a time.</param>
/// <param name="ForgottenLocksNoticed">How many of those the suite noticed.</param>
public sealed record CertifiedDetector(int LeaksWithoutLocks, int ForgottenLocks, int ForgottenLocksNoticed);

/// <summary>Names exactly the program that runs: a digest over the module version ids of its assemblies, which a deterministic compiler derives from what it compiled.</summary>
public static class BuildIdentity
{
    public static string Current { get; } = Convert.ToHexStringLower(SHA256.HashData(
        [.. typeof(Permission).Module.ModuleVersionId.ToByteArray(), .. typeof(App).Module.ModuleVersionId.ToByteArray()]))[..32];
}
