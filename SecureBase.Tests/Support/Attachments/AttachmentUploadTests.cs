using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Dom;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Attachments;

/// <summary>Files sent by pages: with cookie and antiforgery token, past the circuit.</summary>
public sealed class AttachmentUploadTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Draft = "ticket/new";

    [Fact]
    public async Task Upload_WaitsUnderTheDraft()
    {
        var ada = await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Analyst);
        using var browser = await ada.SignInAsync();
        using var answer = await UploadAsync(browser, "/tickets", await TokenAsync(browser, "/tickets"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var scope = ada.Scope();
        var waiting = Assert.Single(await scope.Get<AttachmentService>().WaitingAsync(Draft, CancellationToken.None));
        Assert.Equal(((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid(), "über.txt"), (waiting.Id, waiting.Name));
    }

    [Fact]
    public async Task LargerThanAForm_IsTaken_AndTooLargeIs413WithWords()
    {
        var ada = await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Analyst);
        using var browser = await ada.SignInAsync();
        var token = await TokenAsync(browser, "/tickets");
        using var large = await UploadAsync(browser, "/tickets", token, new byte[3 << 20]);
        Assert.Equal(HttpStatusCode.OK, large.StatusCode);
        using var tooLarge = await UploadAsync(browser, "/tickets", token, new byte[AttachmentService.MaxBytes + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        Assert.StartsWith("A file may have up to 25 MB", (await tooLarge.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutToken_OrWithAnothers_NothingIsKept()
    {
        var acme = await fixture.Given.TenantAsync();
        var (ada, bob) = (await acme.PersonAsync(Roles.Analyst), await acme.PersonAsync(Roles.Analyst));
        using var adas = await ada.SignInAsync();
        using var bobs = await bob.SignInAsync();
        foreach (var token in new[] { null, "CfDJ8forged", await TokenAsync(bobs, "/tickets") })
        {
            using var answer = await UploadAsync(adas, "/tickets", token);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        Assert.Equal(0L, await FilesAsync(acme));
    }

    [Fact]
    public async Task Stranger_Viewer_NeighbourAndCustomerAtStaffsHost_AreRefused()
    {
        var (acme, globex) = (await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync());
        using var nobody = fixture.Portal.Visit(acme);
        using (var answer = await UploadAsync(nobody, "/tickets", null))
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);

        using var viewer = await (await acme.PersonAsync(Roles.Viewer)).SignInAsync();
        var token = await TokenAsync(viewer, "/tickets");
        using (var answer = await UploadAsync(viewer, "/tickets", token))
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using (var answer = await UploadAsync(viewer, $"/queue/{globex.Slug}", token))
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((0L, 0L), (await FilesAsync(acme), await FilesAsync(globex)));
    }

    [Fact]
    public async Task Staff_UploadIntoTheTenantTheyEnter_AndToNoneThatIsNot()
    {
        var acme = await fixture.Given.TenantAsync();
        var agent = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent);
        using var browser = await agent.SignInAsync();
        var token = await TokenAsync(browser, "/queue");
        using var answer = await UploadAsync(browser, $"/queue/{acme.Slug}", token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1L, await FilesAsync(acme));
        using var nowhere = await UploadAsync(browser, "/queue/no-such-tenant", token);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);

        // Sent in a reply, both sides can have it; before, only who sent it.
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        using var customer = await (await acme.PersonAsync(Roles.Viewer)).SignInAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await customer.GetAsync($"/tickets/attachments/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/queue/{acme.Slug}/attachments/{id}")).StatusCode);
        var ticket = await (await acme.AdminAsync()).OpenTicketAsync();
        await using (var scope = agent.Scope(acme))
            Assert.True((await scope.Get<TicketService>().CommentAsync(ticket.Id, new AddComment { Body = "The report.", Attachments = [id] }, CancellationToken.None)).IsSuccess);
        Assert.Equal("a file", await (await customer.GetAsync($"/tickets/attachments/{id}")).Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> UploadAsync(Visitor browser, string path, string? token, byte[]? bytes = null) => browser.SendAsync(
        HttpMethod.Post, $"{path}/uploads?draft={Uri.EscapeDataString(Draft)}&name={Uri.EscapeDataString("über.txt")}", new ByteArrayContent(bytes ?? "a file"u8.ToArray()),
        token is null ? [] : [("RequestVerificationToken", token)]);

    private static async Task<string> TokenAsync(Visitor browser, string page) =>
        (await browser.PageAsync(page)).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

    private async Task<long> FilesAsync(GivenTenant tenant) =>
        (long)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select count(*) from files where tenant_id = '{tenant.Id}'"))!;
}
