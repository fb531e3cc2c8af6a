using System.Net.WebSockets;
using SecureBase.Core.Access;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Surfaces;
using SecureBase.Tests.Live;

namespace SecureBase.Tests.Isolation;

/// <summary>Pages within a circuit, where there is no request and the browser says what it likes about its address.</summary>
public sealed class CircuitIsolationTests : IAsyncLifetime
{
    private Neighbourhood _town = null!;

    private static IEnumerable<PageRoute> Pages => PageRoute.All.Where(p => !p.IsAnonymous && !PageRoute.WithoutData.ContainsKey(p.Template));

    public async Task InitializeAsync() => _town = await Neighbourhood.PrepareAsync();

    public Task DisposeAsync() => _town.DisposeAsync().AsTask();

    [Fact]
    public async Task EveryPage_WithAnotherTenantsNames_ShowsWhatExistsNowhere()
    {
        using var attacker = await _town.Attacker.SignInAsync();
        await using var circuit = await Circuit.OpenAsync(attacker, _town.Portal, "/tickets/new");
        await AssertAttackersViewAsync(circuit, attacker.Home);

        using var owner = await _town.Owner.SignInAsync();
        await using var owners = await Circuit.OpenAsync(owner, _town.Portal, "/tickets/new");
        using var staff = await _town.Staff.SignInAsync();
        await using var staffs = await Circuit.OpenAsync(staff, _town.Portal, "/outbox");
        foreach (var page in Pages)
        {
            var (theirs, home) = page.IsForStaff ? (staffs, staff.Home) : (owners, owner.Home);
            await theirs.GoAsync(new Uri(home, page.Probes(_town.Clues).First().Path));
            await Until.TrueAsync($"{page.Name} shows those it is for something, so that a leak would be seen", () => Canaries(theirs, page).Any(place => place != "tenants.name" || page.IsForStaff));
        }
    }

    [Fact]
    public async Task NoLocks_TheVictimsTicketIsShown()
    {
        await using var town = await Neighbourhood.PrepareAsync(filter: false, rowSecurity: false);
        using var attacker = await town.Attacker.SignInAsync();
        await using var circuit = await Circuit.OpenAsync(attacker, town.Portal, "/tickets/new");
        var ticket = Pages.Single(p => p.Template == "/tickets/{Number}").Probes(town.Clues).First();
        await circuit.GoAsync(new Uri(attacker.Home, ticket.Path));
        await Until.TrueAsync("without locks the suite sees the leak", () => town.Rows.Canaries.FoundIn(circuit.Shown, ticket.Said).Contains("ticket_comments.body"));
    }

    [Fact]
    public async Task ACircuitThatClaimsTheVictimsAddress_KeepsTheTenantOfItsCookie()
    {
        using var attacker = await _town.Attacker.SignInAsync();
        var victims = _town.Portal.AddressOf(_town.Victim.Slug);
        await using var circuit = await Circuit.OpenAsync(attacker, _town.Portal, "/tickets", claimed: victims);
        await AssertAttackersViewAsync(circuit, victims);
    }

    [Fact]
    public async Task ACircuit_IsTakenUpAgainByItsOwnSessionWhileThatLasts_AndByNoOther()
    {
        using var owner = await _town.Owner.SignInAsync();
        await using var circuit = await Circuit.OpenAsync(owner, _town.Portal, "/tickets");
        await Until.TrueAsync("the circuit shows the page", () => circuit.Shown.Length > 0);
        using var attacker = await _town.Attacker.SignInAsync();
        using var carried = _town.Carry(attacker, _town.Victim.Slug);
        using var elsewhere = await _town.Owner.SignInAsync();

        circuit.Abort();
        await Assert.ThrowsAsync<WebSocketException>(() => Circuit.ReconnectAsync(carried, _town.Portal, circuit.Secret));
        Assert.False(await Circuit.ReconnectAsync(attacker, _town.Portal, circuit.Secret));
        Assert.False(await Circuit.ReconnectAsync(elsewhere, _town.Portal, circuit.Secret));
        Assert.True(await Circuit.ReconnectAsync(owner, _town.Portal, circuit.Secret));

        await using (var scope = _town.Owner.Scope())
            await scope.Get<SessionService>().EndAsync(await SessionAsync(), CancellationToken.None);
        await Until.TrueAsync("the ended session is refused", () => IsRefusedAsync(owner, circuit.Secret));
    }

    private async Task AssertAttackersViewAsync(Circuit circuit, Uri home)
    {
        foreach (var page in Pages)
        {
            await circuit.GoAsync(new Uri(home, page.Probes(_town.Clues).First().Path));
            var done = page.IsForStaff ? "Your role does not include this page" : page.Template.Contains('{', StringComparison.Ordinal) ? "There is no such" : OwnWords(page);
            await Until.TrueAsync($"{page.Name} comes to say '{done}' in a circuit of another tenant at {home}; its error is '{circuit.Error}'", () => circuit.Shown.Contains(done, StringComparison.Ordinal));
            AssertShowsNoCanary(circuit, page, home);
            if (page.IsForStaff || page.Bare is not null)
                continue;
            await circuit.GoAsync(new Uri(home, page.Probes(_town.Own).First().Path));
            await Until.TrueAsync($"{page.Name} shows the attacker's own", () => circuit.Shown.Contains(OwnWords(page), StringComparison.Ordinal));
            AssertShowsNoCanary(circuit, page, home);
        }
    }

    /// <summary>Words of the attacker's own that the page shows: by them it has come, and without the victim's.</summary>
    private string OwnWords(PageRoute page) => page.Template.Split('/')[1] switch
    {
        "api-keys" => _town.Own["api_keys.name"],
        "audit" => _town.Own["audit_entries.actor_name"],
        "settings" => "Branding",
        "team" => _town.Own["people.display_name"],
        "webhooks" => _town.Own["webhooks.description"],
        _ when page.Bare is null => _town.Own["tickets.subject"],
        _ => _town.AttackersTicket.Subject,
    };

    private void AssertShowsNoCanary(Circuit circuit, PageRoute page, Uri home)
    {
        Assert.True(circuit.IsOpen, $"{page.Name} ended the circuit: {circuit.Error}");
        var shown = Canaries(circuit, page);
        Assert.True(shown.Count == 0, $"{page.Name} in a circuit of another tenant at {home} shows {string.Join(", ", shown)}.");
    }

    private IReadOnlyList<string> Canaries(Circuit circuit, PageRoute page) => _town.Rows.Canaries.FoundIn(circuit.Shown, page.Probes(_town.Clues).First().Said);

    private async Task<Guid> SessionAsync() => (Guid)(await _town.ScalarAsync($"select id from sessions where tenant_id = '{_town.Victim.Id}' and person_id = '{_town.Owner.Id}' order by id limit 1"))!;

    private async Task<bool> IsRefusedAsync(Visitor visitor, string secret)
    {
        try
        {
            return !await Circuit.ReconnectAsync(visitor, _town.Portal, secret);
        }
        catch (WebSocketException)
        {
            return true;
        }
    }
}
