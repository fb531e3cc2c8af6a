using Bunit;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Shared;

/// <summary>What every list is made of: pages, filters, and the states without rows.</summary>
public sealed class ListPartsTests : ComponentTest
{
    [Theory]
    [InlineData(1, 25, 0, "0 of 0 shown")]
    [InlineData(1, 25, 25, "25 of 25 shown")]
    [InlineData(1, 25, 26, "1–25 of 26")]
    [InlineData(2, 25, 26, "26–26 of 26")]
    [InlineData(3, 50, 12_345, "101–150 of 12,345")]
    public void Pager_SaysWhichRowsAreShown(int page, int size, int total, string expected) =>
        Assert.Equal(expected, Pager(page, size, total).Find(".pager > span").TextContent);

    [Fact]
    public void Pager_OnePage_HasNoLinks() => Assert.Empty(Pager(1, 25, 25).FindAll("nav"));

    [Theory]
    [InlineData(1, null, "?page=2")]
    [InlineData(2, "?page=1", "?page=3")]
    [InlineData(3, "?page=2", null)]
    public void Pager_LinksToTheNeighbours_AndNowhereBeyondTheEnds(int page, string? previous, string? next)
    {
        var pager = Pager(page, 10, 30);
        foreach (var (rel, href) in new[] { ("prev", previous), ("next", next) })
        {
            var link = pager.Find($"a[rel={rel}]");
            Assert.Equal(href, link.GetAttribute("href"));
            Assert.Equal(href is null ? "true" : null, link.GetAttribute("aria-disabled"));
        }
    }

    [Fact]
    public void Pager_WhoseTotalWasNotCountedToTheEnd_SaysSo_AndStillLeadsOn()
    {
        var pager = Render<Pager>(p => p.Add(x => x.Page, 20).Add(x => x.PageSize, 50).Add(x => x.Total, 1_000).Add(x => x.TotalIsMinimum, true).Add(x => x.Link, number => $"?page={number}"));
        Assert.Equal("951–1,000 of 1,000+", pager.Find(".pager > span").TextContent);
        Assert.Equal("20 of 20+", pager.Find("nav span").TextContent);
        Assert.Equal("?page=21", pager.Find("a[rel=next]").GetAttribute("href"));
    }

    [Fact]
    public void FilterChip_Off_OffersItsChoices()
    {
        var chip = Chip([]);
        Assert.Equal("priority", chip.Find("summary").TextContent.Trim());
        Assert.Empty(chip.FindAll("a.clear"));
        Assert.Equal("high", chip.Find(".menu-panel").TextContent);
    }

    [Fact]
    public void FilterChip_On_SaysWhatIsChosenAndHowToTakeItAway()
    {
        var chip = Chip(["high", "critical"]);
        Assert.Equal("high, critical", chip.Find("summary b").TextContent);
        var clear = chip.Find("a.clear");
        Assert.Equal(("/tickets", "Remove filter priority"), (clear.GetAttribute("href"), clear.GetAttribute("aria-label")));
    }

    [Fact]
    public async Task ErrorState_SaysWhatFailed_AndTriesAgain()
    {
        var tries = 0;
        var state = Render<ErrorState>(p => p.Add(s => s.Title, "The tickets could not be listed").Add(s => s.Error, Error.NotFound("tenant")).Add(s => s.TraceId, "4bf92f").Add(s => s.OnRetry, () => { tries++; }));
        Assert.Equal("alert", state.Find(".state").GetAttribute("role"));
        Assert.Contains("There is no such tenant.", state.Markup, StringComparison.Ordinal);
        Assert.Equal("4bf92f", state.Find(".mono").TextContent);
        await state.PressAsync("button");
        Assert.Equal(1, tries);
    }

    [Fact]
    public void ErrorState_WithoutAnError_PromisesThatWhatWasSavedIsSafe()
    {
        var state = Render<ErrorState>();
        Assert.Contains("What you saved is safe", state.Markup, StringComparison.Ordinal);
        Assert.Empty(state.FindAll("button"));
    }

    [Fact]
    public void SkeletonRows_AreHeardAsLoading()
    {
        var rows = Render<SkeletonRows>(p => p.Add(s => s.Rows, 3).Add(s => s.Label, "Loading tickets"));
        Assert.Equal(3, rows.FindAll("i").Count);
        Assert.Equal(("status", "Loading tickets"), (rows.Find(".skeleton").GetAttribute("role"), rows.Find(".skeleton").GetAttribute("aria-label")));
    }

    private IRenderedComponent<Pager> Pager(int page, int size, int total) =>
        Render<Pager>(p => p.Add(x => x.Page, page).Add(x => x.PageSize, size).Add(x => x.Total, total).Add(x => x.Link, number => $"?page={number}"));

    private IRenderedComponent<FilterChip> Chip(IReadOnlyList<string> chosen) =>
        Render<FilterChip>(p => p.Add(c => c.Field, "priority").Add(c => c.Chosen, chosen).Add(c => c.ClearLink, "/tickets").AddChildContent("high"));
}
