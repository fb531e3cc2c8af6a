using System.Net;
using Microsoft.AspNetCore.SignalR;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Surfaces;
using SecureBase.Tests.Live;

namespace SecureBase.Tests.Isolation;

/// <summary>Every method of every hub and every address a live connection begins at, attacked by another tenant.</summary>
public sealed class HubIsolationTests : IAsyncLifetime
{
    private Neighbourhood _town = null!;

    public async Task InitializeAsync() => _town = await Neighbourhood.PrepareAsync();

    public Task DisposeAsync() => _town.DisposeAsync().AsTask();

    [Fact]
    public async Task EveryMethod_CalledWithAnotherTenantsIds_AnswersAsForWhatExistsNowhere_AndNothingIsHeard()
    {
        using var browser = await _town.Attacker.SignInAsync();
        using var program = _town.Portal.Call(await Neighbourhood.KeyAsync(_town.Attacker.Tenant));
        using var ownersBrowser = await _town.Owner.SignInAsync();
        var methods = HubMethod.All(_town.Portal.Services);
        Assert.NotEmpty(methods);
        foreach (var hub in methods.GroupBy(m => m.Path))
        {
            await using var byCookie = await HubClient.ConnectAsync(browser, _town.Portal, path: hub.Key);
            await using var byKey = await HubClient.ConnectAsync(program, _town.Portal, path: hub.Key);
            await using var owner = await HubClient.ConnectAsync(ownersBrowser, _town.Portal, path: hub.Key);
            foreach (var method in hub)
            {
                await AttackAsync(method, byCookie, "with the cookie of another tenant");
                await AttackAsync(method, byKey, "with the key of another tenant");
            }
            await AssertHeardByOwnerOnlyAsync(owner, byCookie, byKey);
        }
    }

    [Fact]
    public async Task EveryLiveAddress_RefusesForeignOriginsForeignCookiesAndNobody()
    {
        using var browser = await _town.Attacker.SignInAsync();
        using var atVictims = _town.Carry(browser, _town.Victim.Slug);
        using var atStaffs = _town.Carry(browser, TenantSlug.Operator);
        using var nobody = _town.Portal.Visit(_town.Victim);
        var paths = PortalEndpoints.Of(_town.Portal.Services).Where(PortalEndpoints.IsHub).Select(e => "/" + e.RoutePattern.RawText!.Trim('/')).Distinct().ToList();
        Assert.Contains("/_blazor/negotiate", paths);
        Assert.Contains("/hubs/live", paths);
        foreach (var path in paths)
        {
            await AssertAsync(HttpStatusCode.Forbidden, browser, _town.Victim.Slug, "from a page of the victim's");
            await AssertAsync(HttpStatusCode.Forbidden, browser, "evil", "from a page of a stranger's");
            await AssertAsync(HttpStatusCode.Forbidden, atVictims, _town.Victim.Slug, "with a foreign cookie at the victim's host");
            await AssertAsync(HttpStatusCode.Forbidden, atStaffs, TenantSlug.Operator, "with a customer's cookie at the staff's host");
            await AssertAsync(HttpStatusCode.Unauthorized, nobody, _town.Victim.Slug, "without a cookie");
            var admitted = await StatusAsync(browser, path, _town.Attacker.Tenant.Slug);
            Assert.True(admitted is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized), $"{path} refuses its own page, with {(int)admitted}, so its refusals prove nothing.");

            async Task AssertAsync(HttpStatusCode expected, Visitor visitor, string origin, string how)
            {
                var status = await StatusAsync(visitor, path, origin);
                Assert.True(status == expected, $"{path} {how} answered {(int)status}, not {(int)expected}.");
            }
        }
    }

    private async Task AttackAsync(HubMethod method, HubClient attacker, string how)
    {
        var portal = _town.Portal.Services;
        foreach (var (theirs, nowhere) in method.Calls(_town.Clues, portal).Zip(method.Calls(_town.Nowhere, portal)))
        {
            var (answer, expected) = (await AnswerAsync(theirs), await AnswerAsync(nowhere));
            Assert.True(answer == expected, $"{method.Name}({string.Join(", ", theirs)}) {how} answered '{answer}', where what exists nowhere is answered '{expected}'.");
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
    private async Task AssertHeardByOwnerOnlyAsync(HubClient owner, params HubClient[] attackers)
    {
        var theirs = Guid.Parse(_town.Clues["tickets.id"]);
        await owner.SubscribeAsync("ticket", theirs);
        foreach (var attacker in attackers)
            await attacker.SubscribeAsync("ticket", _town.AttackersTicket.Id);

        await CommentAsync(_town.Owner, theirs);
        await Until.TrueAsync("the owner hears of the change", () => owner.Changes.Any(c => c.Id == theirs));
        await CommentAsync(_town.Attacker, _town.AttackersTicket.Id);
        foreach (var attacker in attackers)
        {
            await Until.TrueAsync("the attacker hears of their own ticket", () => !attacker.Changes.IsEmpty);
            Assert.All(attacker.Changes, change => Assert.Equal(_town.AttackersTicket.Id, change.Id));
        }
    }

    private static async Task CommentAsync(GivenPerson author, Guid ticket)
    {
        await using var scope = author.Scope();
        Assert.True((await scope.Get<TicketService>().CommentAsync(ticket, new AddComment { Body = "Something changes." }, CancellationToken.None)).IsSuccess);
    }

    private async Task<HttpStatusCode> StatusAsync(Visitor visitor, string path, string origin)
    {
        using var answer = await visitor.SendAsync(HttpMethod.Post, path + "?negotiateVersion=1", null, ("Origin", _town.Portal.AddressOf(origin).GetLeftPart(UriPartial.Authority)));
        return answer.StatusCode;
    }
}
