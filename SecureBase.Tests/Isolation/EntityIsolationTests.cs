using SecureBase.Tests.Isolation.Attacks;
using SecureBase.Tests.Isolation.Rows;
using Xunit.Abstractions;

namespace SecureBase.Tests.Isolation;

/// <summary>
/// Every entity of the model, attacked by another tenant and by nobody, with both locks on and with each of them alone.
/// </summary>
public sealed class EntityIsolationTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyList<Attack> AllAttacks = [.. EfAttacks.All, .. SqlAttacks.All];

    [Fact]
    public async Task BothLocks_Hold()
    {
        await using var arena = await Arena.PrepareAsync();
        await AssertHeldAsync(arena, filterOn: true, Locks.Filter | Locks.RowSecurity | Locks.Keys | Locks.Stamp, LockSetting.Both);
    }

    [Fact]
    public async Task RowSecurityAlone_Holds()
    {
        await using var arena = await Arena.PrepareAsync();
        await AssertHeldAsync(arena, filterOn: false, Locks.RowSecurity | Locks.Keys | Locks.Stamp, LockSetting.RowSecurityAlone);
    }

    [Fact]
    public async Task FilterAlone_HoldsOnEveryPathThroughTheContext()
    {
        await using var arena = await Arena.PrepareAsync(rowSecurity: false);
        await AssertHeldAsync(arena, filterOn: true, Locks.Filter | Locks.Keys | Locks.Stamp, LockSetting.FilterAlone);
    }

    /// <summary>With every lock off each attack finds what it is after, wherever the role has the right at all: so a leak would be seen.</summary>
    [Fact]
    public async Task NoLocks_EveryAttackLeaksOrHasNoRight()
    {
        await using var arena = await Arena.PrepareAsync(rowSecurity: false, constraints: false);
        var attacks = AllAttacks.Where(a => !a.StoppedBy.HasFlag(Locks.Stamp)).ToList();
        var report = await AttackAsync(arena, filterOn: false, asTenant: true, attacks, LockSetting.None);
        report.Write(output);
        Assert.Empty(report.Where(Outcome.Held, Outcome.Refused));
        CertificateLedger.Found(report);
        foreach (var attack in attacks)
            Assert.Contains(report.Leaks, leak => leak.Contains($": {attack.Name}: ", StringComparison.Ordinal));
    }

    private async Task AssertHeldAsync(Arena arena, bool filterOn, Locks on, string title)
    {
        var before = await arena.FingerprintAsync();
        var attacks = AllAttacks.Where(a => (a.StoppedBy & on) != 0).ToList();
        foreach (var asTenant in new[] { true, false })
        {
            var report = await AttackAsync(arena, filterOn, asTenant, attacks, title);
            report.AssertHeld([.. TenantModel.Entities.Select(TenantModel.Table)], output);
        }
        Assert.Equal(before, await arena.FingerprintAsync());
    }

    private static async Task<AttackReport> AttackAsync(Arena arena, bool filterOn, bool asTenant, IEnumerable<Attack> attacks, string title)
    {
        var report = new AttackReport(title, SurfaceKind.Entity, asTenant ? ", as another tenant" : ", as nobody");
        foreach (var attack in attacks)
        {
            foreach (var entity in TenantModel.Entities)
            {
                var assault = new Assault(arena, entity, asTenant ? arena.Attacker.TenantId : null, filterOn);
                report.Add(TenantModel.Table(entity), attack.Name, await attack.RunAsync(assault));
            }
        }
        return report;
    }
}
