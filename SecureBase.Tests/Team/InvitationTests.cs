using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Team;
using SecureBase.Tests.Accounts;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Team;

/// <summary>Invitations from the inviter to the person who has joined.</summary>
public sealed class InvitationTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Password = "tin gravel moth lantern";

    private PortalFactory Portal => fixture.Portal;

    [Fact]
    public async Task Invited_JoinsByTheMailsLink_AndSignsIn()
    {
        var acme = await Portal.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Admin, name: "Ada Admin");
        var email = Fresh(acme);
        var invited = (await InviteAsync(ada, email, Roles.Analyst)).Value;
        Assert.Equal((InvitationStatus.Pending, "Ada Admin"), (invited.Status, invited.InvitedBy.Name));
        Assert.Equal(TimeSpan.FromDays(7), invited.ExpiresAt - invited.CreatedAt);

        var mail = (await MailsTo(email).ReadAsync(1))[0];
        Assert.Equal($"Ada Admin invites you to {acme.Info.Name}", mail.Summary.Subject);
        Assert.Contains($"{acme.Slug}.localhost", mail.Text, StringComparison.Ordinal);
        Assert.Contains("role analyst", mail.Text, StringComparison.Ordinal);
        Assert.Contains($"until {invited.ExpiresAt.UtcDateTime.ToString("d MMMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture)}", mail.Text, StringComparison.Ordinal);

        using var browser = Portal.Visit(acme);
        using var joined = await browser.SubmitAsync("/account/invitation", ("token", Mailbox.TokenIn(mail)), ("name", "Lena Brandt"), ("password", Password));
        Assert.Contains("Welcome to", await joined.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await browser.SignInAsync(email, Password);

        await using var scope = ada.Scope();
        var member = Assert.Single((await scope.Get<TeamService>().ListAsync(new TeamQuery { Text = "lena" }, CancellationToken.None)).Value.Items);
        Assert.Equal(("Lena Brandt", email, Roles.Analyst, MemberStatus.Active), (member.Name, member.Email, member.Role, member.Status));
        Assert.Empty((await scope.Get<InvitationService>().ListAsync(25, null, CancellationToken.None)).Value.Items);
        Assert.Equal(InvitationStatus.Accepted, (await scope.Get<InvitationService>().GetAsync(invited.Id, CancellationToken.None)).Value.Status);
    }

    [Fact]
    public async Task AcceptedTwiceAtOnce_MakesOnePerson()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        var token = await InvitedTokenAsync(ada, Fresh(ada.Tenant));
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => AcceptAsync(ada.Tenant, token, $"Person {i}")));
        Assert.Single(results, r => r.IsSuccess);
        Assert.All(results.Where(r => !r.IsSuccess), r => Assert.Equal("link_invalid", r.Error!.Code));
    }

    /// <summary>Used, revoked, sent again, expired, another tenant's, invented: one answer.</summary>
    [Fact]
    public async Task LinkThatDoesNotWork_IsAnsweredAlike()
    {
        var acme = await Portal.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var stranger = await (await Portal.Given.TenantAsync()).AdminAsync();
        List<string> tokens = [new('z', 43), "", "'; drop table people", await InvitedTokenAsync(stranger, Fresh(stranger.Tenant))];

        var used = await InvitedTokenAsync(ada, Fresh(acme));
        Assert.True((await AcceptAsync(acme, used)).IsSuccess);
        tokens.Add(used);

        var (revokedMail, resentMail, expiredMail) = (Fresh(acme), Fresh(acme), Fresh(acme));
        tokens.AddRange([await InvitedTokenAsync(ada, revokedMail), await InvitedTokenAsync(ada, resentMail), await InvitedTokenAsync(ada, expiredMail)]);
        await using (var scope = ada.Scope())
        {
            var open = (await scope.Get<InvitationService>().ListAsync(25, null, CancellationToken.None)).Value.Items;
            Assert.True((await scope.Get<InvitationService>().RevokeAsync(open.Single(i => i.Email == revokedMail).Id, CancellationToken.None)).IsSuccess);
            Assert.True((await scope.Get<InvitationService>().ResendAsync(open.Single(i => i.Email == resentMail).Id, CancellationToken.None)).IsSuccess);
        }

        var fresh = (await MailsTo(resentMail).ReadAsync(2)).Select(Mailbox.TokenIn).Single(t => !tokens.Contains(t));
        await SqlAsync($"update one_time_links l set expires_at = now() from invitations i where i.id = l.invitation_id and i.email = '{expiredMail}'");

        var answers = new HashSet<string>();
        foreach (var token in tokens)
        {
            var refused = await AcceptAsync(acme, token);
            answers.Add($"{refused.Error?.Kind} {refused.Error?.Code} {refused.Error?.Message}");
        }

        Assert.Contains("link_invalid", Assert.Single(answers), StringComparison.Ordinal);
        Assert.True((await AcceptAsync(acme, fresh)).IsSuccess);
    }

    [Fact]
    public async Task WhoIsHereAlready_IsToldToTheInviter()
    {
        var acme = await Portal.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var ben = await acme.PersonAsync(Roles.Viewer, name: "Ben Viewer");
        Assert.Contains("Ben Viewer is in the team already", (await InviteAsync(ada, ben.Email.ToUpperInvariant())).Error!.Message, StringComparison.Ordinal);
        await using (var scope = ada.Scope())
            await scope.Get<TeamService>().DeactivateAsync(ben.Id, CancellationToken.None);
        Assert.Contains("Reactivate", (await InviteAsync(ada, ben.Email)).Error!.Message, StringComparison.Ordinal);
        var email = Fresh(acme);
        Assert.True((await InviteAsync(ada, email)).IsSuccess);
        Assert.Equal("already_invited", (await InviteAsync(ada, email)).Error?.Code);
        var other = await (await Portal.Given.TenantAsync()).AdminAsync();
        Assert.True((await InviteAsync(other, ben.Email)).IsSuccess, "Another organisation may have the same person.");
    }

    [Fact]
    public async Task ExpiredInvitation_GivesItsPlaceBack_AndCanBeReplaced()
    {
        var acme = await Portal.Given.TenantAsync(plan: Plan.Standard);
        var ada = await acme.AdminAsync();
        var emails = Enumerable.Range(0, 4).Select(_ => Fresh(acme)).ToList();
        foreach (var email in emails)
            Assert.True((await InviteAsync(ada, email)).IsSuccess);
        Assert.Equal("user_quota_exceeded", (await InviteAsync(ada, Fresh(acme))).Error?.Code);
        await SqlAsync($"update invitations set expires_at = now() where email = '{emails[0]}'");
        Assert.True((await InviteAsync(ada, emails[0])).IsSuccess);
        Assert.Equal("user_quota_exceeded", (await InviteAsync(ada, Fresh(acme))).Error?.Code);
    }

    [Fact]
    public async Task ManyInvitedAtOnce_FillThePlanExactly()
    {
        var acme = await Portal.Given.TenantAsync(plan: Plan.Standard);
        var ada = await acme.AdminAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => InviteAsync(ada, Fresh(acme))));
        Assert.Equal(4, results.Count(r => r.IsSuccess));
        Assert.All(results.Where(r => !r.IsSuccess), r => Assert.Equal((ErrorKind.QuotaExceeded, "user_quota_exceeded"), (r.Error!.Kind, r.Error.Code)));
    }

    [Fact]
    public async Task WeakPasswordOrNoName_IsRefused_AndTheLinkStillWorks()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        var token = await InvitedTokenAsync(ada, Fresh(ada.Tenant));
        Assert.Equal(["name", "password"], (await AcceptAsync(ada.Tenant, token, " ", "password1234")).Error!.Fields.Select(f => f.Field));
        Assert.True((await AcceptAsync(ada.Tenant, token)).IsSuccess);
    }

    private static string Fresh(GivenTenant tenant) => $"new-{Guid.CreateVersion7().ToString("N")[^12..]}@{tenant.Slug}.test";

    private Mailbox MailsTo(string email) => new(email, Portal);

    private static async Task<Result<InvitationView>> InviteAsync(GivenPerson by, string email, string role = Roles.Viewer)
    {
        await using var scope = by.Scope();
        return await scope.Get<InvitationService>().InviteAsync(email, null, role, CancellationToken.None);
    }

    private async Task<string> InvitedTokenAsync(GivenPerson by, string email)
    {
        Assert.True((await InviteAsync(by, email)).IsSuccess);
        return await MailsTo(email).TokenAsync();
    }

    private async Task<Result<Core.Identity.PersonSummary>> AcceptAsync(GivenTenant tenant, string token, string name = "Somebody New", string password = Password)
    {
        await using var scope = Portal.ScopeFor(tenant.Info, actor: null);
        return await scope.Get<InvitationService>().AcceptAsync(token, name, password, "192.0.2.1", CancellationToken.None);
    }

    private Task SqlAsync(string sql) => Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, sql);
}
