using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>In and out, and everything in between that must not work.</summary>
public sealed class SignInJourneys
{
    private const string Refused = "That e-mail and password do not match";

    [Fact]
    public Task A_wrong_password_is_refused_in_the_words_of_a_wrong_address() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-wrong");
        var ada = await acme.PersonAsync(Roles.Viewer, "Ada Customer");
        var window = await journey.OpenAsync(acme.Slug);
        await window.Page.GotoAsync(window.Address("/account/sign-in"));
        await window.SubmitSignInAsync(ada.Email, "not her password");
        await Expect(window.Page.GetByLabel("Password", new() { Exact = true })).ToHaveValueAsync("");
        var wrongPassword = await window.Page.GetByText(Refused).TextContentAsync();
        await Expect(window.Page.GetByLabel("E-mail")).ToHaveValueAsync(ada.Email);
        await window.SubmitSignInAsync("nobody@acme-wrong.test", GivenTenant.Password);
        await Expect(window.Page.GetByLabel("Password", new() { Exact = true })).ToHaveValueAsync("");
        await Expect(window.Page.GetByLabel("E-mail")).ToHaveValueAsync("nobody@acme-wrong.test");
        Assert.Equal(wrongPassword, await window.Page.GetByText(Refused).TextContentAsync());
    });

    [Fact]
    public Task Five_wrong_passwords_lock_the_right_one_out() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-locked");
        var ada = await acme.PersonAsync(Roles.Viewer, "Ada Customer");
        var window = await journey.OpenAsync(acme.Slug);
        await window.Page.GotoAsync(window.Address("/account/sign-in"));
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await window.SubmitSignInAsync(ada.Email, $"wrong password {attempt}");
            await Expect(window.Page.GetByLabel("Password", new() { Exact = true })).ToHaveValueAsync("");
            await Expect(window.Page.GetByText(Refused)).ToBeVisibleAsync();
        }
        await window.SubmitSignInAsync(ada.Email, GivenTenant.Password);
        await Expect(window.Page.GetByText(Refused)).ToBeVisibleAsync();
        await window.Page.GotoAsync(window.Address("/tickets"));
        await Expect(window.Heading($"Sign in to {acme.Info.Name}")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Signing_in_leads_back_to_the_page_that_was_asked_for() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-return");
        var ada = await acme.PersonAsync(Roles.Viewer, "Ada Customer");
        var window = await journey.OpenAsync(acme.Slug);
        await window.Page.GotoAsync(window.Address("/tickets?view=all&q=peering"));
        await window.SubmitSignInAsync(ada.Email, GivenTenant.Password);
        await Expect(window.Page).ToHaveURLAsync(window.Address("/tickets?view=all&q=peering"));

        // An address elsewhere is no way back.
        await window.SignOutAsync();
        await window.Page.GotoAsync(window.Address("/account/sign-in?return_url=https%3A%2F%2Fevil.example%2F"));
        await window.SubmitSignInAsync(ada.Email, GivenTenant.Password);
        await Expect(window.Page).ToHaveURLAsync(window.Address("/home"));
    });

    [Fact]
    public Task Signing_out_ends_the_session_in_another_tab() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-out");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var ticket = await ada.OpenTicketAsync("A page that stays open");
        var window = await journey.SignInAsync(ada);
        // The other tab loses its circuit, and its reconnect is refused.
        window.Problems.ExpectLostCircuit();
        var other = await window.NewTabAsync($"/tickets/{ticket.Number}");
        await window.SignOutAsync();
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = $"Sign in to {acme.Info.Name}" })).ToBeVisibleAsync();
    });
}
