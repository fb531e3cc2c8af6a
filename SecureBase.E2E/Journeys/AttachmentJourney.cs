using System.Security.Cryptography;
using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Files chosen, dropped and pasted by a customer on one node reach an agent on the other, byte for byte.</summary>
public sealed class AttachmentJourney
{
    // As a browser hands over what is dropped or pasted.
    private const string Give = """
        (box, [name, text, how]) => {
          const data = new DataTransfer();
          data.items.add(new File([text], name));
          const event = how === "paste"
            ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
          box.dispatchEvent(event);
        }
        """;

    [Fact]
    public Task Files_travel_with_messages_and_outlive_a_reload() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-files", "Acme Files");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var dump = RandomNumberGenerator.GetBytes(2_000_000);

        // Chosen in the form, it opens with the ticket.
        var customer = await journey.SignInAsync(ada, journey.Stage.First);
        await customer.GoAsync("/tickets/new");
        await customer.Page.GetByLabel("Attach files").SetInputFilesAsync(new FilePayload { Name = "dump.bin", MimeType = "text/html", Buffer = dump });
        await Expect(Waiting(customer).GetByText("dump.bin")).ToBeVisibleAsync();
        await customer.Page.GetByLabel("Subject").FillAsync("The export is broken");
        await customer.Page.GetByRole(AriaRole.Textbox, new() { Name = "Description" }).FillAsync("The dump is attached.");
        await customer.Page.GetByRole(AriaRole.Button, new() { Name = "Open ticket" }).ClickAsync();
        await Expect(Attached(customer).GetByText("dump.bin")).ToBeVisibleAsync();
        var number = customer.Page.Url.Split('/')[^1];

        var agent = await journey.SignInAsync(priya, journey.Stage.Second);
        await agent.GoAsync($"/queue/acme-files/{number}");
        var download = await agent.Page.RunAndWaitForDownloadAsync(() => agent.Page.GetByRole(AriaRole.Link, new() { Name = "Download dump.bin" }).ClickAsync());
        Assert.Equal("dump.bin", download.SuggestedFilename);
        await using (var read = await download.CreateReadStreamAsync())
            Assert.Equal(SHA256.HashData(dump), await SHA256.HashDataAsync(read));

        // Pasted and dropped beside a reply; one is taken away again, and a reload keeps the other.
        await Expect(customer.Reply()).ToBeEditableAsync();
        await customer.Reply().EvaluateAsync(Give, new[] { "pasted.txt", "one", "paste" });
        await Expect(Waiting(customer).GetByText("pasted.txt")).ToBeVisibleAsync();
        await customer.Reply().EvaluateAsync(Give, new[] { "dropped.txt", "two", "drop" });
        await Expect(Waiting(customer).GetByText("dropped.txt")).ToBeVisibleAsync();
        await customer.Page.GetByRole(AriaRole.Button, new() { Name = "Remove pasted.txt" }).ClickAsync();
        await Expect(Waiting(customer).GetByText("pasted.txt")).ToHaveCountAsync(0);
        await Expect(Attached(agent).GetByText("dropped.txt")).ToHaveCountAsync(0);
        await customer.GoAsync($"/tickets/{number}");
        await Expect(Waiting(customer).GetByText("dropped.txt")).ToBeVisibleAsync();
        await customer.ReplyAsync("See the second file.");
        await Expect(Attached(agent).GetByText("dropped.txt")).ToBeVisibleAsync();
        await Expect(Waiting(customer).GetByText("dropped.txt")).ToHaveCountAsync(0);
        await Expect(agent.Conversation().GetByText("pasted.txt")).ToHaveCountAsync(0);
    });

    private static ILocator Waiting(Window window) => window.Page.GetByRole(AriaRole.List, new() { Name = "Files to send" });

    private static ILocator Attached(Window window) => window.Conversation().GetByRole(AriaRole.List, new() { Name = "Attachments" });
}
