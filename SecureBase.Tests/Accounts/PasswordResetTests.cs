using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Accounts;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Team;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Live;

namespace SecureBase.Tests.Accounts;

/// <summary>A forgotten password, from the form to the mail and back, on two nodes.</summary>
public sealed class PasswordResetTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private const string Fresh = "tin gravel moth lantern";

    private PortalFactory Portal => nodes.Here;

    [Fact]
    public async Task Reset_SetsThePassword_ClearsTheLock_EndsEverySessionOnBothNodes_AndTellsThePerson()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        using var here = await ada.SignInAsync();
        using var there = await ada.SignInAsync(nodes.There);
        await LockAsync(ada);
        await AskAsync(ada.Tenant, ada.Email);
        var mails = MailsTo(ada.Email);
        var mail = (await mails.ReadAsync(1))[0];
        Assert.Equal($"A new password for {ada.Tenant.Info.Name}", mail.Summary.Subject);
        Assert.Contains($"//{ada.Tenant.Slug}.localhost", mail.Text, StringComparison.Ordinal);
        Assert.Contains("/account/reset-password#", mail.Text, StringComparison.Ordinal);

        using var browser = nodes.There.Visit(ada.Tenant);
        var done = await ParseAsync(await browser.SubmitAsync("/account/reset-password", ("token", Mailbox.TokenIn(mail)), ("password", Fresh)));

        Assert.Contains("Your new password is set", done, StringComparison.Ordinal);
        foreach (var (visitor, node) in new[] { (here, "this"), (there, "the other") })
        {
            await Until.TrueAsync($"the session on {node} node has ended", async () =>
            {
                using var answer = await visitor.GetAsync("/tickets");
                return answer.StatusCode == HttpStatusCode.Redirect;
            });
        }

        Assert.False((await SignInAsync(ada, GivenTenant.Password)).IsSuccess);
        Assert.True((await SignInAsync(ada, Fresh)).IsSuccess);
        Assert.Contains("by a link sent to this address", (await mails.ReadAsync(2))[0].Text, StringComparison.Ordinal);
        Assert.False(browser.Cookies.GetCookies(browser.Home).Any(c => c.Name == "securebase"), "A reset must not sign anybody in.");
    }

    [Fact]
    public async Task Link_WorksOnce_AndNotAfterANewerOne()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        var mails = MailsTo(ada.Email);
        await AskAsync(ada.Tenant, ada.Email);
        var first = await mails.TokenAsync(1);
        await AskAsync(ada.Tenant, ada.Email);
        var second = (await mails.ReadAsync(2)).Select(Mailbox.TokenIn).Single(t => t != first);

        Assert.Equal("link_invalid", (await ResetAsync(ada, first)).Error?.Code);
        Assert.True((await ResetAsync(ada, second)).IsSuccess);
        Assert.Equal("link_invalid", (await ResetAsync(ada, second)).Error?.Code);
    }

    [Fact]
    public async Task AskedAgainAndAgain_FillsNobodysMailbox()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        for (var mail = 1; mail <= AccountLinkMails.ResetsPerHour; mail++)
        {
            await AskAsync(ada.Tenant, ada.Email);
            await MailsTo(ada.Email).ReadAsync(mail);
        }

        await AskAsync(ada.Tenant, ada.Email);
        await Until.TrueAsync("the sixth is given up", async () => Equals(1L, await Sql.ScalarAsync(nodes.Database.SuperuserConnectionString,
            $"select count(*) from deliveries where tenant_id = '{ada.Tenant.Id}' and status = 'failed'")));
        Assert.True((await ResetAsync(ada, Mailbox.TokenIn((await MailsTo(ada.Email).ReadAsync(AccountLinkMails.ResetsPerHour))[0]))).IsSuccess);
    }

    [Fact]
    public async Task Link_UsedTwiceAtOnce_WorksOnce()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        await AskAsync(ada.Tenant, ada.Email);
        var token = await MailsTo(ada.Email).TokenAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ResetAsync(ada, token)));
        Assert.Single(results, r => r.IsSuccess);
        Assert.All(results.Where(r => !r.IsSuccess), r => Assert.Equal("link_invalid", r.Error!.Code));
    }

    [Fact]
    public async Task WeakPassword_IsRefused_AndTheLinkStillWorks()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        await AskAsync(ada.Tenant, ada.Email);
        var token = await MailsTo(ada.Email).TokenAsync();
        Assert.Equal("password", (await ResetAsync(ada, token, "password1234")).Error?.Fields[0].Field);
        Assert.True((await ResetAsync(ada, token)).IsSuccess);
    }

    /// <summary>Invented, expired, another tenant's, of somebody deactivated: the page answers all alike, but for what was typed into it.</summary>
    [Fact]
    public async Task LinkThatDoesNotWork_IsAnsweredAlike()
    {
        var acme = await Portal.Given.TenantAsync();
        var (ada, ben) = (await acme.AdminAsync(), await acme.AdminAsync());
        var stranger = await (await Portal.Given.TenantAsync()).AdminAsync();
        foreach (var person in new[] { ada, ben, stranger })
            await AskAsync(person.Tenant, person.Email);
        var tokens = new Dictionary<string, string> { ["invented"] = new('A', 43), ["nonsense"] = "<script>", ["another tenant's"] = await MailsTo(stranger.Email).TokenAsync() };
        tokens["expired"] = await MailsTo(ada.Email).TokenAsync();
        tokens["of somebody deactivated"] = await MailsTo(ben.Email).TokenAsync();
        await Sql.ExecuteAsync(nodes.Database.SuperuserConnectionString, $"update one_time_links set expires_at = now() where person_id = '{ada.Id}'");
        await Sql.ExecuteAsync(nodes.Database.SuperuserConnectionString, $"update people set deactivated_at = now() where id = '{ben.Id}'");

        var answers = new HashSet<string>();
        foreach (var (_, token) in tokens)
        {
            using var browser = Portal.Visit(acme);
            answers.Add(Bare(await ParseAsync(await browser.SubmitAsync("/account/reset-password", ("token", token), ("password", Fresh))), token));
        }

        var only = Assert.Single(answers);
        Assert.Contains("This link does not work", only, StringComparison.Ordinal);
        Assert.True((await ResetAsync(stranger, tokens["another tenant's"])).IsSuccess, "The other tenant's link must still work at home.");
    }

    [Fact]
    public async Task Request_IsAnsweredAlike_WhoeverExists_AndDoesTheSameWork()
    {
        var acme = await Portal.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var gone = await acme.PersonAsync(Roles.Viewer);
        await Sql.ExecuteAsync(nodes.Database.SuperuserConnectionString, $"update people set deactivated_at = now() where id = '{gone.Id}'");
        var answers = new HashSet<string>();
        foreach (var email in new[] { ada.Email, gone.Email, "nobody@nowhere.test", "no address" })
        {
            using var browser = Portal.Visit(acme);
            using var answer = await browser.SubmitAsync("/account/forgot-password", ("email", email));
            var headers = string.Join('\n', answer.Headers.Where(h => h.Key is not ("Date" or "Set-Cookie")).Select(h => $"{h.Key}: {string.Join(',', h.Value)}").Order());
            answers.Add($"{answer.StatusCode}\n{headers}\n{Bare(await ParseAsync(answer), email)}");
        }

        Assert.Single(answers);
        Assert.Equal(4L, await Sql.ScalarAsync(nodes.Database.SuperuserConnectionString, $"select count(*) from one_time_links where tenant_id = '{acme.Id}'"));
        Assert.Equal(4L, await Sql.ScalarAsync(nodes.Database.SuperuserConnectionString, $"select count(*) from outbox_events where tenant_id = '{acme.Id}' and type = 'account.link_requested' and data is null"));
        Assert.Equal(4L, await Sql.ScalarAsync(nodes.Database.SuperuserConnectionString, $"select count(*) from audit_entries where tenant_id = '{acme.Id}' and action = 'password.reset_requested'"));
        await MailsTo(ada.Email).ReadAsync(1);
        await MailsTo(gone.Email).ReadAsync(0);
    }

    /// <summary>The token is in the mail alone; the database holds its hash.</summary>
    [Fact]
    public async Task Token_StandsNowhereButInTheMail()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        await AskAsync(ada.Tenant, ada.Email);
        var token = await MailsTo(ada.Email).TokenAsync();
        await ResetAsync(ada, token);
        await using var scope = ada.Tenant.SystemScope();
        var db = scope.Get<SecureBaseDb>();
        Assert.Equal(32, (await db.OneTimeLinks.SingleAsync()).Hash!.Length);
        foreach (var table in new[] { "one_time_links", "outbox_events", "deliveries", "audit_entries", "people", "idempotent_requests" })
            Assert.Equal(0L, await Sql.ScalarAsync(nodes.Database.SuperuserConnectionString, $"select count(*) from {table} t where t::text like '%{token}%'"));
        Assert.DoesNotContain(Portal.Log.All.Concat(nodes.There.Log.All), record => record.Text.Contains(token, StringComparison.Ordinal));
    }

    private Mailbox MailsTo(string email) => new(email, nodes.Here, nodes.There);

    private static async Task AskAsync(GivenTenant tenant, string email)
    {
        using var browser = tenant.Portal.Visit(tenant);
        using var answer = await browser.SubmitAsync("/account/forgot-password", ("email", email));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<Result<Done>> ResetAsync(GivenPerson person, string token, string password = Fresh)
    {
        await using var scope = Portal.ScopeFor(person.Tenant.Info, actor: null);
        return await scope.Get<PasswordResetService>().ResetAsync(token, password, "192.0.2.1", CancellationToken.None);
    }

    private async Task LockAsync(GivenPerson person)
    {
        for (var i = 0; i < SignInService.FailuresUntilLock; i++)
            await SignInAsync(person, "not the password");
        await using var scope = (await person.Tenant.AdminAsync()).Scope();
        Assert.Equal(MemberStatus.Locked, (await scope.Get<TeamService>().GetAsync(person.Id, CancellationToken.None)).Value.Status);
    }

    private async Task<(bool IsSuccess, int Status)> SignInAsync(GivenPerson person, string password)
    {
        using var browser = Portal.Visit(person.Tenant);
        using var answer = await browser.SubmitAsync("/account/sign-in", ("email", person.Email), ("password", password));
        return (answer.StatusCode == HttpStatusCode.Redirect, (int)answer.StatusCode);
    }

    private static async Task<string> ParseAsync(HttpResponseMessage answer) => (await Visitor.ParseAsync(answer)).QuerySelector("main")!.InnerHtml;

    private static string Bare(string html, string typed) =>
        System.Text.RegularExpressions.Regex.Replace(html.Replace(WebUtility.HtmlEncode(typed), "", StringComparison.Ordinal).Replace(typed, "", StringComparison.Ordinal), "name=\"__RequestVerificationToken\" value=\"[^\"]*\"", "");
}
