using Bunit;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Shared;

public sealed class ToastsTests : ComponentTest
{
    [Fact]
    public void Toast_IsSpokenOnce_ByTheRegionOfItsUrgency()
    {
        var page = Render<Portal.Shared.Toasts>();
        Toasts.Show(new Toast("ACME-7 is resolved", "The peering drops"));
        Toasts.Show(new Toast("New ticket ACME-8", "The vault is open", ToastTone.Critical));

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".toast").Count));
        Assert.Equal("ACME-7 is resolved. The peering drops", page.Find("[role=status]").TextContent);
        Assert.Equal("New ticket ACME-8. The vault is open", page.Find("[role=alert]").TextContent);
        Assert.All(page.FindAll(".toast"), toast => Assert.False(toast.HasAttribute("role")));
    }

    [Fact]
    public async Task Toast_WithALink_LeadsThereAndGoes()
    {
        Toasts.Show(new Toast("Reply on ACME-7") { Href = "/tickets/ACME-7", LinkText = "Open the ticket" });
        var page = Render<Portal.Shared.Toasts>();
        var link = page.Find(".toast a");
        Assert.Equal(("/tickets/ACME-7", "Open the ticket"), (link.GetAttribute("href"), link.TextContent));

        await page.PressAsync(".toast a");

        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".toast")));
    }

    [Fact]
    public async Task Hovering_KeepsIt_AndTheCrossSendsItAway()
    {
        Toasts.Show(new Toast("Saved"));
        var page = Render<Portal.Shared.Toasts>();
        await page.RaiseAsync(".toast", "onpointerenter", new Microsoft.AspNetCore.Components.Web.PointerEventArgs());
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(page.FindAll(".toast"));

        await page.PressAsync("button[aria-label='Dismiss'][aria-describedby]");

        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".toast")));
    }
}
