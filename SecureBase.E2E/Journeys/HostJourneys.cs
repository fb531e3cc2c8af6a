using Microsoft.Playwright;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Addresses that lead nowhere.</summary>
public sealed class HostJourneys
{
    [Fact]
    public Task An_unknown_host_answers_404_and_tells_nothing() => Journey.RunAsync(async journey =>
    {
        var window = await journey.OpenAsync("nobody-here");
        window.Problems.Expect("404");
        var answer = await window.Page.GotoAsync(window.Address("/tickets/ACME-1"));
        Assert.Equal(404, answer!.Status);
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing is here" })).ToBeVisibleAsync();
        Assert.DoesNotContain("nobody-here", await window.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
    });
}
