using Microsoft.Playwright;
using SecureBase.Core.Factors;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Second factors as people set them up and use them: an authenticator app, recovery codes, a passkey of the browser's own.</summary>
public sealed class SecondFactorJourneys
{
    private const string SecurityPage = "/profile/security";

    [Fact]
    public Task An_authenticator_app_is_set_up_and_asked_for_from_then_on() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-totp");
        var ada = await acme.PersonAsync(Roles.Viewer, "Ada Customer");
        var window = await journey.SignInAsync(ada);
        await window.GoAsync(SecurityPage);
        await Faults.NoneAsync(window.Page);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Set up an authenticator app" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Img, new() { Name = "QR code for your authenticator app" })).ToBeVisibleAsync();
        var secret = Base32.Decode(await window.Page.Locator("#secret").InnerTextAsync());
        await Faults.NoneAsync(window.Page);
        await window.Page.GetByLabel("Code", new() { Exact = true }).FillAsync(Code(secret, 0));
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm the app" }).ClickAsync();
        var codes = window.Page.GetByRole(AriaRole.List, new() { Name = "Recovery codes" }).GetByRole(AriaRole.Listitem);
        await Expect(codes).ToHaveCountAsync(10);
        var recoveryCode = await codes.First.InnerTextAsync();
        await Faults.NoneAsync(window.Page);

        await window.SignOutAsync();
        await window.Page.GotoAsync(window.Address("/account/sign-in"));
        await window.SubmitSignInAsync(ada.Email, GivenTenant.Password);
        await Expect(window.Heading("Second factor")).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.Page.GetByLabel("Code", new() { Exact = true }).FillAsync(Code(secret, 1));
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(window.Address("/home"));

        // The phone is lost: a recovery code stands in for it, once.
        await window.SignOutAsync();
        await window.Page.GotoAsync(window.Address("/account/sign-in"));
        await window.SubmitSignInAsync(ada.Email, GivenTenant.Password);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Use a recovery code" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Recovery code" }).FillAsync(recoveryCode);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(window.Address("/home"));
        await window.GoAsync(SecurityPage);
        await Expect(window.Page.GetByText("9 left")).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("by password and recovery code")).ToBeVisibleAsync();
    });

    [Fact]
    public Task A_passkey_is_added_and_signs_in_without_a_password() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-passkey");
        var ada = await acme.PersonAsync(Roles.Viewer, "Ada Customer");
        var window = await journey.SignInAsync(ada);
        var device = await window.Context.NewCDPSessionAsync(window.Page);
        await device.SendAsync("WebAuthn.enable");
        await device.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
        await window.GoAsync(SecurityPage);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.List, new() { Name = "Your passkeys" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await Expect(window.Page.GetByRole(AriaRole.List, new() { Name = "Recovery codes" })).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Textbox, new() { Name = "New name of" }).FillAsync("The blue laptop");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save name" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Remove The blue laptop" })).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);

        await window.SignOutAsync();
        await window.Page.GotoAsync(window.Address("/account/sign-in"));
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(window.Address("/home"));
        await window.GoAsync(SecurityPage);
        await Expect(window.Page.GetByText("by passkey")).ToBeVisibleAsync();
    });

    private static string Code(byte[] secret, int away) => Totp.CodeOf(secret, Totp.StepAt(TimeProvider.System.GetUtcNow()) + away);
}
