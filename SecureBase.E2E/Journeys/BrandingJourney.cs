using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>An organisation's own picture and colour.</summary>
public sealed class BrandingJourney
{
    private const string Natural = "image => image.complete ? image.naturalWidth : 0";

    [Fact]
    public Task A_logo_and_a_colour_are_chosen_and_stand_in_the_portal_and_on_the_sign_in_page() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-branded");
        var admin = await journey.SignInAsync(await acme.PersonAsync(Roles.Admin, "Ada Admin"));
        await admin.GoAsync("/settings");
        await admin.MarkDocumentAsync();
        var picture = await admin.Page.ScreenshotAsync(new() { Clip = new Clip { X = 0, Y = 0, Width = 48, Height = 48 } });
        await admin.Page.Locator("#logo").SetInputFilesAsync(new FilePayload { Name = "logo.png", MimeType = "image/png", Buffer = picture });
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Take the logo away" })).ToBeVisibleAsync();
        await ShownAsync(admin.Page);

        // The page is loaded anew for it.
        await admin.Page.WaitForFunctionAsync("() => window.journeyMark === undefined && document.querySelector('[data-ready]')");
        await admin.Page.Locator("#accent").FillAsync("#7a1fa2");
        await admin.Page.Locator("#accent").BlurAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();
        await Expect(admin.Page.Locator("link[href*='branding/theme.css']")).ToHaveCountAsync(1);

        var guest = await journey.OpenAsync(acme.Slug, journey.Stage.Second);
        await Until.TrueAsync("the other node knows the colour", async () =>
        {
            await guest.Page.GotoAsync(guest.Address("/account/sign-in"));
            return (await guest.Page.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).getPropertyValue('--sb-brand').trim()")).StartsWith("light-dark(#7a1fa2,", StringComparison.Ordinal);
        });
        await ShownAsync(guest.Page);
    });

    private static Task ShownAsync(IPage page) =>
        Until.TrueAsync("the picture is drawn", async () => await page.Locator("img[src*='/branding/logo/']").First.EvaluateAsync<int>(Natural) == 48);
}
