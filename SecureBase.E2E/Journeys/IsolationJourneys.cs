using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>What a browser can try to see another organisation's data, and what it gets.</summary>
public sealed class IsolationJourneys
{
    [Fact]
    public Task A_cookie_of_one_tenant_opens_nothing_at_another() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-cookie");
        var globex = await journey.Given.TenantAsync("globex-cookie", "Globex Cookie");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var ticket = await (await globex.PersonAsync(Roles.Admin, "Gil Customer")).OpenTicketAsync("The secret of Globex");
        var window = await journey.SignInAsync(ada);
        window.Problems.Expect("403");

        var cookie = Assert.Single(await window.Context.CookiesAsync(), c => c.Name == "securebase");
        await window.Context.AddCookiesAsync([new Cookie { Name = cookie.Name, Value = cookie.Value, Domain = "globex-cookie.localhost", Path = "/", HttpOnly = true }]);
        foreach (var path in new[] { "/tickets", $"/tickets/{ticket.Number}", "/" })
        {
            var answer = await window.Page.GotoAsync(window.Node.AddressOf(globex.Slug, path));
            Assert.Equal(403, answer!.Status);
            await Expect(window.Heading("This sign-in is for another address")).ToBeVisibleAsync();
            Assert.DoesNotContain("The secret of Globex", await window.Page.ContentAsync(), StringComparison.Ordinal);
        }

        // At home the same cookie still works.
        await window.GoAsync("/tickets");
        await Expect(window.Heading("No tickets yet")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Another_tenants_ticket_does_not_exist() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-number");
        var globex = await journey.Given.TenantAsync("globex-number");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var ticket = await (await globex.PersonAsync(Roles.Admin, "Gil Customer")).OpenTicketAsync("The secret of Globex");
        var window = await journey.SignInAsync(ada);
        foreach (var name in new[] { ticket.Number, ticket.Id.ToString() })
        {
            window.Problems.Expect("404");
            await window.Page.GotoAsync(window.Address($"/tickets/{name}"));
            await Expect(window.Heading("There is no such ticket")).ToBeVisibleAsync();
            Assert.DoesNotContain("The secret of Globex", await window.Page.ContentAsync(), StringComparison.Ordinal);
        }
        await window.GoAsync("/tickets?view=all&q=secret");
        await Expect(window.Heading("No tickets yet")).ToBeVisibleAsync();
    });

    [Fact]
    public Task The_staffs_pages_do_not_exist_for_a_customer() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-staff");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var ticket = await ada.OpenTicketAsync("What the staff sees");
        var window = await journey.SignInAsync(ada);
        window.Problems.Expect("403|404");
        foreach (var path in new[] { "/queue", $"/queue/{acme.Slug}/{ticket.Number}" })
        {
            await window.Page.GotoAsync(window.Address(path));
            await Expect(window.Page.GetByText("What the staff sees")).ToHaveCountAsync(0);
            await Expect(window.Heading("Queue")).ToHaveCountAsync(0);
        }
    });

    [Fact]
    public Task A_person_signs_in_at_their_own_organisation_only() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-home");
        var globex = await journey.Given.TenantAsync("globex-home");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        foreach (var host in new[] { globex.Slug, "admin" })
        {
            await journey.Given.OperatorAsync();
            var window = await journey.OpenAsync(host);
            await window.Page.GotoAsync(window.Address("/account/sign-in"));
            await window.SubmitSignInAsync(ada.Email, GivenTenant.Password);
            await Expect(window.Page.GetByText("That e-mail and password do not match")).ToBeVisibleAsync();
        }
    });

    [Fact]
    public Task An_unknown_host_answers_404_and_tells_nothing() => Journey.RunAsync(async journey =>
    {
        var window = await journey.OpenAsync("nobody-here");
        window.Problems.Expect("404");
        var answer = await window.Page.GotoAsync(window.Address("/tickets/ACME-1"));
        Assert.Equal(404, answer!.Status);
        await Expect(window.Heading("Nothing is here")).ToBeVisibleAsync();
        Assert.DoesNotContain("nobody-here", await window.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
    });

    [Fact]
    public Task Suspending_a_tenant_ends_its_open_pages_on_both_nodes() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-suspended");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var ticket = await ada.OpenTicketAsync("A page that stays open");
        var windows = new[] { await journey.SignInAsync(ada, journey.Stage.First), await journey.SignInAsync(ada, journey.Stage.Second) };
        foreach (var window in windows)
        {
            window.Problems.Expect("403");
            window.Problems.ExpectLostCircuit();
            await window.GoAsync($"/tickets/{ticket.Number}");
        }
        await acme.SuspendAsync();
        foreach (var window in windows)
            await Expect(window.Heading("This portal is suspended")).ToBeVisibleAsync();
    });
}
