using System.Net;
using SecureBase.Core.Access;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Attacks;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>Every route of <c>/v1</c>, called by the neighbour with the victim's ids, words and cursors, at every host.</summary>
internal static class RouteAttacks
{
    internal static async Task<AttackReport> RunAsync(Neighbourhood town, string setting)
    {
        var report = new AttackReport(setting, SurfaceKind.Route);
        var key = await Neighbourhood.KeyAsync(town.Attacker.Tenant);
        using var atApi = town.Portal.Call(key);
        using var atHome = town.Portal.Call(key, town.Attacker.Tenant.Slug);
        foreach (var route in ApiRoute.All(town.Portal.Services))
        {
            foreach (var (theirs, nowhere) in route.Probes(town.Clues).Zip(route.Probes(town.Nowhere)))
            {
                await CompareAsync(atApi, "at the api host");
                await CompareAsync(atHome, "at the caller's own host");

                async Task CompareAsync(Visitor caller, string where) =>
                    Judgement.OfAnswers(town, theirs, await theirs.SendAsync(caller), nowhere, await nowhere.SendAsync(caller)).AddTo(report, route.Name, $"{theirs.What} {where}");
            }
            await AtForeignHostsAsync(town, route, key, report);
            var own = route.Probes(town.Own).First();
            var answer = await own.SendAsync(atApi);
            (route.IsForStaff ? Judgement.OfRefusal(town, own, answer) : Judgement.OfOwn(town, own, answer)).AddTo(report, route.Name, "called with the caller's own ids");
        }
        return report;
    }

    /// <summary>The same calls by the victim's own key: what cannot be reached at all has not been attacked.</summary>
    internal static async Task AssertOwnerIsAnsweredAsync(Neighbourhood town)
    {
        using var owner = town.Portal.Call(await Neighbourhood.KeyAsync(town.Victim));
        using var staff = town.Portal.Call((await town.Staff.Tenant.ApiKeyAsync([.. ApiScopes.For(isOperator: true)])).Text);
        foreach (var route in ApiRoute.All(town.Portal.Services))
        {
            var probe = route.Probes(town.Clues).First();
            var answer = await probe.SendAsync(route.IsForStaff ? staff : owner);
            if (route.IsOfTheOperator)
            {
                Assert.True(answer.IsSuccess || (probe.Said.Count > 0 && answer.Status == HttpStatusCode.NotFound), $"{route.Name} answers {(int)answer.Status}: {answer.Body}");
                Assert.Empty(town.ShownIn(answer, probe));
                continue;
            }
            Assert.True(answer.IsSuccess, $"{route.Name} answers its own tenant with {(int)answer.Status}, so the attacks on it prove nothing. Plant what it needs in {nameof(Neighbourhood)}. It said: {answer.Body}");
            var shown = town.ShownIn(answer, probe);
            while (shown.Count == 0 && probe.ReadingOnFrom(answer) is { } next)
            {
                (probe, answer) = (next, await next.SendAsync(route.IsForStaff ? staff : owner));
                shown = town.ShownIn(answer, probe);
            }
            Assert.True(shown.Count > 0 || route.Method != HttpMethod.Get || ApiRoute.WithoutWords.ContainsKey(route.Name), $"{route.Name} shows its own tenant no canary, so a leak would not be seen. It said: {answer.Body}");
            if (!route.IsForStaff)
                Assert.DoesNotContain(shown, Judgement.IsForStaffOnly);
        }
    }

    private static async Task AtForeignHostsAsync(Neighbourhood town, ApiRoute route, string key, AttackReport report)
    {
        var probe = route.Probes(town.Clues).First();
        using var browser = await town.Attacker.SignInAsync();
        foreach (var host in new[] { town.Victim.Slug, TenantSlug.Operator, "no-such-tenant", null })
        {
            using var program = town.Portal.VisitUri(town.Portal.AddressOf(host));
            program.Authorization = "Bearer " + key;
            using var nobody = town.Portal.VisitUri(town.Portal.AddressOf(host));
            Judge(await probe.SendAsync(program), "with the key of another tenant");
            Judge(await probe.SendAsync(nobody), "with no key");
            if (host is null)
                continue;
            using var carried = town.Carry(browser, host);
            Judge(await probe.SendAsync(carried), "with the cookie of another tenant");

            void Judge(Answer answer, string how) => Judgement.OfRefusal(town, probe, answer).AddTo(report, route.Name, $"{probe.What} {how} at {(host == town.Victim.Slug ? "the victim's host" : host ?? "the base domain")}");
        }
    }
}
