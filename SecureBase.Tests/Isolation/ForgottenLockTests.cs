using Microsoft.EntityFrameworkCore.Metadata;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Attacks;
using SecureBase.Tests.Isolation.Rows;

namespace SecureBase.Tests.Isolation;

/// <summary>The suite under mutation: one lock of one table is forgotten at a time, as a hurried migration would, and the suite must name that table.</summary>
public sealed class ForgottenLockTests
{
    private static readonly IReadOnlyList<Attack> Reads = [.. EfAttacks.All.Where(a => a.StoppedBy.HasFlag(Locks.Filter) && a.StoppedBy.HasFlag(Locks.RowSecurity))];

    private static readonly Attack ListAlone = EfAttacks.All.Single(a => a.Name == "ef list");

    [Fact]
    public async Task RowSecurityForgottenOnOneTable_IsNoticedThereAndNowhereElse()
    {
        await using var arena = await Arena.PrepareAsync();
        foreach (var forgotten in TenantModel.Entities)
        {
            await arena.ScalarAsync($"alter table {TenantModel.Table(forgotten)} disable row level security");
            await AssertNoticedAsync(arena, forgotten, filterOn: _ => false);
            await arena.ScalarAsync($"alter table {TenantModel.Table(forgotten)} enable row level security");
        }
    }

    [Fact]
    public async Task FilterForgottenOnOneEntity_IsNoticedThereAndNowhereElse()
    {
        await using var arena = await Arena.PrepareAsync(rowSecurity: false);
        foreach (var forgotten in TenantModel.Entities)
            await AssertNoticedAsync(arena, forgotten, filterOn: entity => entity != forgotten);
    }

    // A table that the role may not read at all cannot leak by being read, whatever else is forgotten.
    private static async Task AssertNoticedAsync(Arena arena, IEntityType forgotten, Func<IEntityType, bool> filterOn)
    {
        var table = TenantModel.Table(forgotten);
        var leaking = await LeakingAsync(arena, forgotten, filterOn(forgotten));
        var deniedAltogether = leaking.All(outcome => outcome is Outcome.Denied or Outcome.NoOccasion);
        var noticed = deniedAltogether || leaking.Contains(Outcome.Leaked);
        CertificateLedger.Forgot(noticed);
        Assert.True(noticed, $"A lock of {table} was taken away and no attack noticed.");

        var other = TenantModel.Entities[(TenantModel.Entities.ToList().IndexOf(forgotten) + 1) % TenantModel.Entities.Count];
        // Only what reads that table alone: an include may well reach the one that leaks.
        Assert.NotEqual(Outcome.Leaked, await ListAlone.RunAsync(new Assault(arena, other, arena.Attacker.TenantId, filterOn(other))));
    }

    private static async Task<IReadOnlyList<Outcome>> LeakingAsync(Arena arena, IEntityType entity, bool filterOn)
    {
        List<Outcome> outcomes = [];
        foreach (var attack in Reads)
            outcomes.Add(await attack.RunAsync(new Assault(arena, entity, arena.Attacker.TenantId, filterOn)));
        return outcomes;
    }
}
