using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>A customer from the first form to the closed door, as staff and the customer see it, on two nodes.</summary>
public sealed class TenantAdministrationJourney
{
    [Fact]
    public Task Tenant_is_created_its_admin_invited_and_its_doors_closed_while_its_people_are_inside() => Journey.RunAsync(async journey =>
    {
        var platform = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.PlatformAdmin, "Pat Platform");
        var staff = await journey.SignInAsync(platform);
        await staff.GoAsync("/tenants/new");
        await staff.Page.GetByLabel("Organisation").FillAsync("Zürich Clinics");
        await staff.Page.GetByLabel("Organisation").BlurAsync();
        await Expect(staff.Page.GetByLabel("Address")).ToHaveValueAsync("zurich-clinics");
        await Expect(staff.Page.GetByText("zurich-clinics.localhost is free")).ToBeVisibleAsync();
        await staff.Page.GetByLabel("Address").FillAsync("support");
        await Expect(staff.Page.GetByText("'support' is kept for the provider's own use.")).ToBeVisibleAsync();
        await staff.Page.GetByLabel("Address").FillAsync("clinics-tour");
        await Expect(staff.Page.GetByText("clinics-tour.localhost is free")).ToBeVisibleAsync();
        await staff.Page.GetByLabel("Time zone").SelectOptionAsync("Europe/Zurich");
        await staff.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Nora Wind");
        await staff.Page.GetByLabel("E-mail").FillAsync("nora@clinics.test");
        await staff.Page.GetByRole(AriaRole.Button, new() { Name = "Create tenant" }).ClickAsync();
        await Expect(staff.Page).ToHaveURLAsync(staff.Address("/tenants/clinics-tour"));
        await Expect(staff.Heading("Zürich Clinics")).ToBeVisibleAsync();

        // The invitation is in the outbox as soon as a worker has sent it.
        var outbox = await staff.NewTabAsync("/outbox");
        await Expect(outbox.GetByText("nora@clinics.test").First).ToBeVisibleAsync();
        await outbox.CloseAsync();

        // Somebody of another customer is inside, on another node, when the doors close.
        var acme = await journey.Given.TenantAsync("acme-closing");
        var ada = await journey.SignInAsync(await acme.PersonAsync(Roles.Admin, "Ada Customer"), journey.Stage.Second);
        await ada.GoAsync("/home");
        ada.Problems.Expect("40[13]");
        ada.Problems.ExpectLostCircuit();
        await staff.GoAsync("/tenants/acme-closing");
        await staff.Page.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        var dialog = staff.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await Expect(dialog.GetByText("Say why")).ToBeVisibleAsync();
        await dialog.GetByLabel("Reason").FillAsync("Invoices of three months are unpaid");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await Expect(ada.Heading("This portal is suspended")).ToBeVisibleAsync();
        await Expect(staff.Page.GetByText("Invoices of three months are unpaid").First).ToBeVisibleAsync();
        await staff.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await staff.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(staff.Page.GetByRole(AriaRole.Button, new() { Name = "Suspend", Exact = true })).ToBeVisibleAsync();
        await Until.TrueAsync("the portal is open again", async () =>
        {
            await ada.Page.GotoAsync(ada.Address("/home"));
            return await ada.Page.GetByRole(AriaRole.Navigation).CountAsync() > 0;
        });
    });
}
