using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Layout;

public sealed class NavigationLinksTests : ComponentTest
{
    private readonly Caller _caller = new();

    [Theory]
    [InlineData(NavigationArea.Customer, "/home Home,/tickets Tickets")]
    [InlineData(NavigationArea.Staff, "/queue Queue")]
    public void Area_ShowsItsOwnLinksInOrder_AndNoneOfTheOthers(NavigationArea area, string expected)
    {
        Register(null);
        Assert.Equal(expected, string.Join(',', Render<NavigationLinks>(p => p.Add(n => n.Area, area)).FindAll("a").Select(a => $"{a.GetAttribute("href")} {a.TextContent.Trim()}")));
    }

    [Theory]
    [InlineData("/tickets")]
    [InlineData("/tickets/ACME-7")]
    [InlineData("/tickets?view=all")]
    public void Link_IsCurrentForEveryPageBelowIt(string address)
    {
        Register(null);
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        var current = Render<NavigationLinks>(p => p.Add(n => n.Area, NavigationArea.Customer)).FindAll("[aria-current=page]");
        Assert.Equal("/tickets", Assert.Single(current).GetAttribute("href"));
    }

    [Fact]
    public void FailingCount_TakesOnlyItselfAway()
    {
        Register(typeof(BrokenCount));
        Assert.Equal(2, Render<NavigationLinks>(p => p.Add(n => n.Area, NavigationArea.Customer)).FindAll("a").Count);
    }

    [Theory]
    [InlineData(Roles.Admin, "/home,/tickets,/keys")]
    [InlineData(Roles.Viewer, "/home,/tickets")]
    public void Link_IsAbsentForWhoLacksItsPermission(string role, string expected)
    {
        Register(null);
        Services.AddNavigation(new NavigationItem(NavigationArea.Customer, "Keys", "/keys", IconName.Lock, 30) { Permission = new Permission("keys.test", null, [Roles.Admin]) });
        _caller.Become(new Actor(Guid.CreateVersion7(), Guid.CreateVersion7(), "Someone", ActorKind.Customer, role));
        Assert.Equal(expected, string.Join(',', Render<NavigationLinks>(p => p.Add(n => n.Area, NavigationArea.Customer)).FindAll("a").Select(a => a.GetAttribute("href"))));
    }

    [Theory]
    [InlineData(5, 5, 0)]
    [InlineData(6, 4, 2)]
    public void Phone_HasFivePlaces_AndTheRestBehindMore(int lines, int tabs, int behindMore)
    {
        Services.AddSingleton(_caller);
        for (var line = 1; line <= lines; line++)
            Services.AddNavigation(new NavigationItem(NavigationArea.Customer, $"Line {line}", $"/line-{line}", IconName.Home, line));
        var phone = Render<BottomTabs>(p => p.Add(b => b.Area, NavigationArea.Customer).Add(b => b.Label, "Main"));
        Assert.Equal(tabs, phone.FindAll("nav > a").Count);
        Assert.Equal(behindMore, phone.FindAll(".menu-panel a").Count);
    }

    private void Register(Type? count) => Services.AddSingleton(_caller).AddNavigation(
        new NavigationItem(NavigationArea.Customer, "Tickets", "/tickets", IconName.Ticket, 20) { Count = count },
        new NavigationItem(NavigationArea.Customer, "Home", "/home", IconName.Home, 10),
        new NavigationItem(NavigationArea.Staff, "Queue", "/queue", IconName.Queue, 10));

    private sealed class BrokenCount : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder) => throw new InvalidOperationException("The count is away.");
    }
}
