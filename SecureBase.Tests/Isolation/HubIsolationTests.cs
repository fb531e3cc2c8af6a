using System.Net;
using Microsoft.AspNetCore.SignalR;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Attacks;
using SecureBase.Tests.Isolation.Surfaces;
using SecureBase.Tests.Live;
using Xunit.Abstractions;

namespace SecureBase.Tests.Isolation;

/// <summary>Every method of every hub and every address a live connection begins at, attacked by another tenant.</summary>
public sealed class HubIsolationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task EveryMethod_CalledWithAnotherTenantsIds_AnswersAsForWhatExistsNowhere_AndNothingIsHeard(bool filter, bool rowSecurity)
    {
        await using var town = await Neighbourhood.PrepareAsync(filter, rowSecurity);
        var (report, heard) = await AttackAsync(town, LockSetting.Of(filter, rowSecurity));
        report.AssertHeld([.. HubMethod.All(town.Portal.Services).Select(m => m.Name)], output);
        Assert.All(heard, id => Assert.Equal(town.AttackersTicket.Id, id));
    }

    [Fact]
    public async Task NoLocks_TheAttackerIsLetInAndHears()
    {
        await using var town = await Neighbourhood.PrepareAsync(filter: false, rowSecurity: false);
        var (report, heard) = await AttackAsync(town, LockSetting.None);
        report.Write(output);
        CertificateLedger.Found(report);
        Assert.Contains(report.Leaks, leak => leak.StartsWith("LiveHub.Subscribe: ", StringComparison.Ordinal));
        Assert.Contains(Guid.Parse(town.Clues["tickets.id"]), heard);
    }

    [Fact]
    public async Task EveryLiveAddress_RefusesForeignOriginsForeignCookiesAndNobody()
    {
        await using var town = await Neighbourhood.PrepareAsync();
        using var browser = await town.Attacker.SignInAsync();
        using var atVictims = town.Carry(browser, town.Victim.Slug);
        using var atStaffs = town.Carry(browser, TenantSlug.Operator);
        using var nobody = town.Portal.Visit(town.Victim);
        var paths = PortalEndpoints.Of(town.Portal.Services).Where(PortalEndpoints.IsHub).Select(e => "/" + e.RoutePattern.RawText!.Trim('/')).Distinct().ToList();
        Assert.Contains("/_blazor/negotiate", paths);
        Assert.Contains("/hubs/live", paths);
        foreach (var path in paths)
        {
            await AssertAsync(HttpStatusCode.Forbidden, browser, town.Victim.Slug, "from a page of the victim's");
            await AssertAsync(HttpStatusCode.Forbidden, browser, "evil", "from a page of a stranger's");
            await AssertAsync(HttpStatusCode.Forbidden, atVictims, town.Victim.Slug, "with a foreign cookie at the victim's host");
            await AssertAsync(HttpStatusCode.Forbidden, atStaffs, TenantSlug.Operator, "with a customer's cookie at the staff's host");
            await AssertAsync(HttpStatusCode.Unauthorized, nobody, town.Victim.Slug, "without a cookie");
            var admitted = await StatusAsync(town, browser, path, town.Attacker.Tenant.Slug);
            Assert.True(admitted is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized), $"{path} refuses its own page, with {(int)admitted}, so its refusals prove nothing.");

            async Task AssertAsync(HttpStatusCode expected, Visitor visitor, string origin, string how)
            {
                var status = await StatusAsync(town, visitor, path, origin);
                Assert.True(status == expected, $"{path} {how} answered {(int)status}, not {(int)expected}.");
            }
        }
    }

    /// <summary>Calls everything as the neighbour, then changes the victim's ticket.</summary>
    /// <returns>What was answered, and the ids of all resources the attacker has heard of.</returns>
    private static async Task<(AttackReport Report, List<Guid> Heard)> AttackAsync(Neighbourhood town, string setting)
    {
        using var browser = await town.Attacker.SignInAsync();
        using var program = town.Portal.Call(await Neighbourhood.KeyAsync(town.Attacker.Tenant));
        using var ownersBrowser = await town.Owner.SignInAsync();
        var report = new AttackReport(setting, SurfaceKind.HubMethod);
        List<Guid> heard = [];
        foreach (var hub in HubMethod.All(town.Portal.Services).GroupBy(m => m.Path))
        {
            await using var byCookie = await HubClient.ConnectAsync(browser, town.Portal, path: hub.Key);
            await using var byKey = await HubClient.ConnectAsync(program, town.Portal, path: hub.Key);
            await using var owner = await HubClient.ConnectAsync(ownersBrowser, town.Portal, path: hub.Key);
            // There and back, so that what one method began and another ended is begun again.
            foreach (var method in hub.Concat(hub.Reverse()))
            {
                await CallAsync(town, method, byCookie, "the cookie", report);
                await CallAsync(town, method, byKey, "the key", report);
            }
            heard.AddRange(await HeardAsync(town, owner, byCookie, byKey));
        }
        return (report, heard);
    }

    private static async Task CallAsync(Neighbourhood town, HubMethod method, HubClient attacker, string by, AttackReport report)
    {
        var portal = town.Portal.Services;
        foreach (var (theirs, nowhere) in method.Calls(town.Clues, portal).Zip(method.Calls(town.Nowhere, portal)))
        {
            var (answer, expected) = (await AnswerAsync(theirs), await AnswerAsync(nowhere));
            report.Add(method.Name, $"called with ({string.Join(", ", theirs)}) and {by} of another tenant",
                answer == expected ? Outcome.Held : Outcome.Leaked, $"answered '{answer}', where what exists nowhere is answered '{expected}'");
        }

        async Task<string> AnswerAsync(object[] arguments)
        {
            try
            {
                await attacker.InvokeAsync(method.Method.Name, arguments);
                return "done";
            }
            catch (HubException refusal)
            {
                return refusal.Message;
            }
        }
    }

    // The attackers also follow a ticket of their own, which changes last: what they have not heard by then, they will not hear.
    private static async Task<IEnumerable<Guid>> HeardAsync(Neighbourhood town, HubClient owner, params HubClient[] attackers)
    {
        var theirs = Guid.Parse(town.Clues["tickets.id"]);
        await owner.SubscribeAsync("ticket", theirs);
        foreach (var attacker in attackers)
            await attacker.SubscribeAsync("ticket", town.AttackersTicket.Id);

        await CommentAsync(town.Owner, theirs);
        await Until.TrueAsync("the owner hears of the change", () => owner.Changes.Any(c => c.Id == theirs));
        await CommentAsync(town.Attacker, town.AttackersTicket.Id);
        foreach (var attacker in attackers)
            await Until.TrueAsync("the attacker hears of their own ticket", () => attacker.Changes.Any(c => c.Id == town.AttackersTicket.Id));
        return attackers.SelectMany(a => a.Changes).Select(c => c.Id);
    }

    private static async Task CommentAsync(GivenPerson author, Guid ticket)
    {
        await using var scope = author.Scope();
        Assert.True((await scope.Get<TicketService>().CommentAsync(ticket, new AddComment { Body = "Something changes." }, CancellationToken.None)).IsSuccess);
    }

    private static async Task<HttpStatusCode> StatusAsync(Neighbourhood town, Visitor visitor, string path, string origin)
    {
        using var answer = await visitor.SendAsync(HttpMethod.Post, path + "?negotiateVersion=1", null, ("Origin", town.Portal.AddressOf(origin).GetLeftPart(UriPartial.Authority)));
        return answer.StatusCode;
    }
}
