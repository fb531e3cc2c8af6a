using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>From an invitation to a colleague, and out again.</summary>
public sealed partial class InvitationJourneys
{
    private const string Password = "tin gravel moth lantern";

    [Fact]
    public Task Someone_is_invited_joins_by_the_mail_appears_in_the_team_and_is_deactivated() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-joining");
        var admin = await journey.SignInAsync(await acme.PersonAsync(Roles.Admin, "Ada Admin"));
        await admin.GoAsync("/team");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Invite", Exact = false }).First.ClickAsync();
        await admin.Page.GetByLabel("E-mail").FillAsync("lena@acme-joining.test");
        await admin.Page.Locator("input[name=role][value=analyst]").CheckAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Send the invitation" }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Cell, new() { Name = "lena@acme-joining.test", Exact = true })).ToBeVisibleAsync();

        var guest = await journey.OpenAsync(acme.Slug, journey.Stage.Second);
        await guest.Page.GotoAsync(guest.Address("/account/invitation") + await LinkFragmentAsync("lena@acme-joining.test"));
        await Expect(guest.Page.GetByLabel("Code from the e-mail")).ToBeHiddenAsync();
        await Expect(guest.Page).Not.ToHaveURLAsync(Fragment());
        await guest.Page.GetByLabel("Your name").FillAsync("Lena Brandt");
        await guest.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await Expect(guest.Page.GetByText("23 characters.")).ToBeVisibleAsync();
        await guest.Page.GetByRole(AriaRole.Button, new() { Name = "Join", Exact = true }).ClickAsync();
        await guest.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await guest.SubmitSignInAsync("lena@acme-joining.test", Password);
        await Window.ReadyAsync(guest.Page);

        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "People" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Lena Brandt" }).ClickAsync();
        guest.Problems.Expect("WebSocket closed with status code: 1006|40[13]");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Deactivate", Exact = true }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Deactivate Lena Brandt" }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Reactivate", Exact = true })).ToBeVisibleAsync();
        // Their open page notices by itself.
        await Expect(guest.Page).ToHaveURLAsync(SignIn());
    });

    private static async Task<string> LinkFragmentAsync(string address)
    {
        string? fragment = null;
        await Until.TrueAsync($"a mail comes to {address}", async () =>
        {
            foreach (var summary in await Stage.Mails.ListAsync(200, CancellationToken.None))
            {
                if (summary.To.Contains(address, StringComparison.Ordinal) && await Stage.Mails.FindAsync(summary.Id, CancellationToken.None) is { } mail)
                    fragment = Fragment().Match(mail.Text).Value;
            }
            return fragment is not null;
        });
        return fragment!;
    }

    [GeneratedRegex("#[0-9A-Za-z]{43}")]
    private static partial Regex Fragment();

    [GeneratedRegex("/account/sign-in")]
    private static partial Regex SignIn();
}
