using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Attacks;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>Every page as the server renders it, asked for by the neighbour, by staff and by nobody, at every host, with the victim's names in its address.</summary>
internal static class PageAttacks
{
    internal static async Task<AttackReport> RunAsync(Neighbourhood town, string setting)
    {
        var report = new AttackReport(setting, SurfaceKind.Page);
        using var attacker = await town.Attacker.SignInAsync();
        using var staff = await town.Staff.SignInAsync();
        using var staffAtVictims = town.Carry(staff, town.Victim.Slug);
        using var attackerAtVictims = town.Carry(attacker, town.Victim.Slug);
        using var attackerAtStaffs = town.Carry(attacker, TenantSlug.Operator);
        using var nobody = town.Portal.Visit(town.Victim);
        foreach (var page in PageRoute.All)
        {
            foreach (var (theirs, nowhere) in page.Probes(town.Clues).Zip(page.Probes(town.Nowhere)))
                Judgement.OfAnswers(town, theirs, await theirs.SendAsync(attacker), nowhere, await nowhere.SendAsync(attacker)).AddTo(report, page.Name, $"{theirs.What} by another customer at home");

            var own = page.Probes(town.Own).First();
            if (page.IsForCustomers)
                Judgement.OfOwn(town, own, await own.SendAsync(attacker)).AddTo(report, page.Name, "asked for by the caller's own names");
            var plain = page.Probes(town.Clues).First();
            await RefusedAsync(attackerAtVictims, "with the cookie of another customer at the victim's host");
            await RefusedAsync(attackerAtStaffs, "with the cookie of a customer at the staff's host");
            await RefusedAsync(staffAtVictims, "with the cookie of staff at the victim's host");
            if (!page.IsAnonymous)
                await RefusedAsync(nobody, "by nobody at the victim's host");
            if (page.IsForStaff)
                await RefusedAsync(attacker, "by a customer at home");
            if (page.IsForCustomers && !page.IsForBoth)
                await RefusedAsync(staff, "by staff at their own host");

            async Task RefusedAsync(Visitor who, string how) => Judgement.OfRefusal(town, plain, await plain.SendAsync(who)).AddTo(report, page.Name, $"{plain.What} {how}");
        }
        return report;
    }

    /// <summary>The same addresses asked for by those they are for: what shows them nothing has not been attacked.</summary>
    internal static async Task AssertOwnerIsAnsweredAsync(Neighbourhood town)
    {
        using var owner = await town.Owner.SignInAsync();
        using var staff = await town.Staff.SignInAsync();
        foreach (var page in PageRoute.All)
        {
            var shown = new HashSet<string>();
            foreach (var probe in page.Probes(town.Clues))
                shown.UnionWith(town.ShownIn(await probe.SendAsync(page.IsForStaff ? staff : owner), probe));
            if (!page.IsForStaff)
                Assert.DoesNotContain(shown, Judgement.IsForStaffOnly);
            if (!page.IsForStaff)
                if (!page.IsForStaff)
                shown.Remove("tenants.name"); // in every frame of a customer's
            if (PageRoute.WithoutData.ContainsKey(page.Template))
                Assert.True(shown.Count == 0, $"{page.Name} shows {string.Join(", ", shown)}: take it off {nameof(PageRoute)}.{nameof(PageRoute.WithoutData)}.");
            else
                Assert.True(shown.Count > 0, $"{page.Name} shows its own tenant no canary at any address tried, so a leak would not be seen. Plant what it needs in {nameof(Neighbourhood)}, or add it to {nameof(PageRoute)}.{nameof(PageRoute.WithoutData)} and say why.");
        }
    }
}
