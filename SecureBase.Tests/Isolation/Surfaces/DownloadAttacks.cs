using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>Every download, asked for by the neighbour, by staff and by nobody, at every host, with the victim's names in its address.</summary>
internal static class DownloadAttacks
{
    internal static async Task<AttackReport> RunAsync(Neighbourhood town, string setting)
    {
        var report = new AttackReport(setting, SurfaceKind.Download);
        using var attacker = await town.Attacker.SignInAsync();
        using var staff = await town.Staff.SignInAsync();
        using var attackerAtVictims = town.Carry(attacker, town.Victim.Slug);
        using var attackerAtStaffs = town.Carry(attacker, TenantSlug.Operator);
        using var staffAtVictims = town.Carry(staff, town.Victim.Slug);
        using var nobody = town.Portal.Visit(town.Victim);
        foreach (var download in DownloadRoute.All(town.Portal.Services))
        {
            foreach (var (theirs, nowhere) in download.Probes(town.Clues).Zip(download.Probes(town.Nowhere)))
            {
                // Without another's name in its address it is the attacker's own file, which may have grown in between.
                var answer = await theirs.SendAsync(attacker);
                (theirs.Said.Count == 0 ? Judgement.OfOwn(town, theirs, answer) : Judgement.OfAnswers(town, theirs, answer, nowhere, await nowhere.SendAsync(attacker)))
                    .AddTo(report, download.Name, $"{theirs.What} by another customer at home");
            }

            var plain = download.Probes(town.Clues).First();
            town.SaidInAddresses.UnionWith(plain.Said);
            await RefusedAsync(attackerAtVictims, "with the cookie of another customer at the victim's host");
            await RefusedAsync(attackerAtStaffs, "with the cookie of a customer at the staff's host");
            await RefusedAsync(staffAtVictims, "with the cookie of staff at the victim's host");
            if (!download.IsPublic)
                await RefusedAsync(nobody, "by nobody at the victim's host");

            async Task RefusedAsync(Visitor who, string how) => Judgement.OfRefusal(town, plain, await plain.SendAsync(who)).AddTo(report, download.Name, $"{plain.What} {how}");
        }
        return report;
    }

    /// <summary>The same files asked for by those they are for: what shows them nothing has not been attacked.</summary>
    internal static async Task AssertOwnerIsAnsweredAsync(Neighbourhood town)
    {
        using var owner = await town.Owner.SignInAsync();
        using var staff = await town.Staff.SignInAsync();
        foreach (var download in DownloadRoute.All(town.Portal.Services))
        {
            var probe = download.Probes(town.Clues).First();
            Answer[] answers = [await probe.SendAsync(owner), await probe.SendAsync(staff)];
            Assert.True(answers.Any(a => a.IsSuccess), $"{download.Name} answers neither its own tenant nor staff: {string.Join(", ", answers.Select(a => (int)a.Status))}. Plant what it needs in {nameof(Neighbourhood)}.");
            Assert.True(answers.Any(a => town.ShownIn(a, probe).Count > 0), $"{download.Name} holds no canary, so a leak would not be seen. Plant one in {nameof(Neighbourhood)}.");
        }
    }
}
