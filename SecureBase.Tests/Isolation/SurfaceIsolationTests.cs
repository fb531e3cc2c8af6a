using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Surfaces;
using Xunit.Abstractions;

namespace SecureBase.Tests.Isolation;

/// <summary>
/// Every route of the API, every page and every download, found by reflection and attacked from outside by another tenant, with both locks
/// on, with each of them alone, and with none, which shows that a leak would be seen.
/// </summary>
public sealed class SurfaceIsolationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task BothLocks_Hold_AndTheOwnerIsAnswered()
    {
        await using var town = await Neighbourhood.PrepareAsync();
        await AssertHeldAsync(town, LockSetting.Both);
        await PageAttacks.AssertOwnerIsAnsweredAsync(town);
        await DownloadAttacks.AssertOwnerIsAnsweredAsync(town);
        await RouteAttacks.AssertOwnerIsAnsweredAsync(town); // which changes and closes what the pages show
    }

    [Fact]
    public async Task RowSecurityAlone_Holds()
    {
        await using var town = await Neighbourhood.PrepareAsync(filter: false);
        await AssertHeldAsync(town, LockSetting.RowSecurityAlone);
    }

    [Fact]
    public async Task FilterAlone_Holds()
    {
        await using var town = await Neighbourhood.PrepareAsync(rowSecurity: false);
        await AssertHeldAsync(town, LockSetting.FilterAlone);
    }

    [Fact]
    public async Task NoLocks_EveryRouteAndPageThatShowsDataLeaks()
    {
        await using var town = await Neighbourhood.PrepareAsync(filter: false, rowSecurity: false);
        var downloads = await DownloadAttacks.RunAsync(town, LockSetting.None);
        var routes = await RouteAttacks.RunAsync(town, LockSetting.None);
        var pages = await PageAttacks.RunAsync(town, LockSetting.None);
        downloads.Write(output);
        routes.Write(output);
        pages.Write(output);
        CertificateLedger.Found(downloads);
        CertificateLedger.Found(routes);
        CertificateLedger.Found(pages);
        Assert.All(ApiRoute.All(town.Portal.Services).Where(r => r is { ReachesRows: true, IsForStaff: false }),
            route => Assert.True(routes.Leaks.Any(leak => leak.StartsWith(route.Name + ": ", StringComparison.Ordinal)) != ApiRoute.WithAThirdLock.ContainsKey(route.Name),
                $"{route.Name} {(ApiRoute.WithAThirdLock.ContainsKey(route.Name) ? "leaks" : "holds")} with both locks taken off; {nameof(ApiRoute.WithAThirdLock)} says otherwise."));
        // An export needs no lock of the database besides: another tenant's seal cannot be opened.
        Assert.Contains(downloads.Leaks, leak => leak.StartsWith("download /branding/logo/", StringComparison.Ordinal));
        Assert.All(PageRoute.All.Where(p => p.IsForCustomers && !PageRoute.WithoutData.ContainsKey(p.Template)), page => Assert.Contains(pages.Leaks, leak => leak.StartsWith(page.Name + ": ", StringComparison.Ordinal)));
    }

    /// <summary>Counts and totals hold no canary; that they count the neighbour shows when there comes to be one.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task EveryListAndPage_SaysTheSameBeforeAndAfterANeighbourHasRows(bool filter, bool rowSecurity)
    {
        await using var town = await Neighbourhood.PrepareAsync(filter, rowSecurity, plant: false);
        using var browser = await town.Attacker.SignInAsync();
        var key = await Neighbourhood.KeyAsync(town.Attacker.Tenant);
        var before = await RoundAsync(town, browser, key);
        await town.PlantAsync();
        var after = await RoundAsync(town, browser, key);
        Assert.NotEmpty(before);
        foreach (var (name, answer) in before)
            Assert.True(after[name].IsLike(answer, [], []), $"{name} tells one tenant of another's rows. Before there were any it said:\n{answer.Body}\nand afterwards:\n{after[name].Body}");
    }

    private static async Task<Dictionary<string, Answer>> RoundAsync(Neighbourhood town, Visitor browser, string key)
    {
        using var program = town.Portal.Call(key);
        Dictionary<string, Answer> answers = [];
        foreach (var page in PageRoute.All.Where(p => p.IsForCustomers && p.Bare is not null && !Judgement.TellsOfItself(p.Bare)))
            answers.Add(page.Name, await Answer.ReadAsync(browser.GetAsync(page.Bare!)));
        foreach (var route in ApiRoute.All(town.Portal.Services).Where(r => r.Method == HttpMethod.Get && r.Bare is not null && !Judgement.TellsOfItself(r.Bare)))
            answers.Add(route.Name, await Answer.ReadAsync(program.GetAsync(route.Bare!)));
        return answers;
    }

    private async Task AssertHeldAsync(Neighbourhood town, string title)
    {
        var before = await town.FingerprintAsync();
        (await DownloadAttacks.RunAsync(town, title)).AssertHeld([.. DownloadRoute.All(town.Portal.Services).Select(d => d.Name)], output);
        (await RouteAttacks.RunAsync(town, title)).AssertHeld([.. ApiRoute.All(town.Portal.Services).Select(r => r.Name)], output);
        Assert.True(before == await town.FingerprintAsync(), "A call of the API by another tenant changed the victim's rows.");
        (await PageAttacks.RunAsync(town, title)).AssertHeld([.. PageRoute.All.Select(p => p.Name)], output);
        Assert.True(before == await town.FingerprintAsync(), "A page asked for by another tenant changed the victim's rows.");
    }
}
