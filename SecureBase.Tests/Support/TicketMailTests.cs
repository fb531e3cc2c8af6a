using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;
using SentMail = SecureBase.Core.Messaging.Mail.Mail;

namespace SecureBase.Tests.Support;

/// <summary>E-mail about tickets on its whole way: use case, outbox, fan-out, delivery, file.</summary>
public sealed class TicketMailTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task Opened_ConfirmsToTheRequesterWithALinkToTheirOwnPortal()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Analyst, name: "Ada Requester");

        var ticket = await ada.OpenTicketAsync("Kühlwasser <fehlt>", "text", TicketPriority.High);

        var mail = Assert.Single(await MailsToAsync(ada, 1));
        Assert.Equal($"[{ticket.Number}] We have your ticket: Kühlwasser <fehlt>", mail.Summary.Subject);
        Assert.Equal($"Ada Requester <{ada.Email}>", mail.Summary.To);
        Assert.Contains($"//{acme.Slug}.localhost", mail.Text, StringComparison.Ordinal);
        Assert.Contains($"/tickets/{ticket.Number}", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Kühlwasser &lt;fehlt&gt;", mail.Html.Replace("&#252;", "ü", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("<fehlt>", mail.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StaffReply_TellsTheRequester_AndACustomersCommentTellsNobody()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Analyst);
        var ben = await acme.PersonAsync(Roles.Admin);
        var agent = await AgentAsync();
        var ticket = await ada.OpenTicketAsync();

        await CommentAsync(ben, acme, ticket, "Same here.");
        await CommentAsync(agent, acme, ticket, "Which **region** is it?", TicketStatus.WaitingCustomer);

        var mails = await MailsToAsync(ada, 2);
        Assert.Equal($"[{ticket.Number}] {agent.Name} replied: {ticket.Subject}", mails[0].Summary.Subject);
        Assert.Contains("> Which **region** is it?", mails[0].Text, StringComparison.Ordinal);
        Assert.Contains("<strong>region</strong>", mails[0].Html, StringComparison.Ordinal);
        Assert.Contains("waits for you", mails[0].Text, StringComparison.Ordinal);
        Assert.Empty(await MailsToAsync(ben, 0));
        Assert.Empty(await MailsToAsync(agent, 0));
    }

    [Fact]
    public async Task Reply_TellsRequestersOfMergedTicketsToo_AtAnyDistance()
    {
        var acme = await fixture.Given.TenantAsync();
        var (ada, ben, cleo) = (await acme.PersonAsync(Roles.Analyst), await acme.PersonAsync(Roles.Analyst), await acme.PersonAsync(Roles.Analyst));
        var agent = await AgentAsync();
        var (first, second, ticket) = (await cleo.OpenTicketAsync("Down"), await ben.OpenTicketAsync("Broken"), await ada.OpenTicketAsync("It fails"));
        await using (var scope = agent.Scope(acme))
        {
            Assert.True((await scope.Get<TicketRelations>().MergeAsync(first.Id, second.Number, CancellationToken.None)).IsSuccess);
            Assert.True((await scope.Get<TicketRelations>().MergeAsync(second.Id, ticket.Number, CancellationToken.None)).IsSuccess);
        }

        await CommentAsync(agent, acme, ticket, "It runs again.");

        foreach (var person in new[] { ada, ben, cleo })
            Assert.Contains(await MailsToAsync(person, 2), m => m.Summary.Subject == $"[{ticket.Number}] {agent.Name} replied: It fails");
    }

    [Fact]
    public async Task ResolvedWithAReply_IsOneMailThatSaysBoth()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Analyst);
        var ticket = await ada.OpenTicketAsync();

        await CommentAsync(await AgentAsync(), acme, ticket, "Done.", TicketStatus.Resolved);

        var mails = await MailsToAsync(ada, 2);
        Assert.Contains("> Done.", mails[0].Text, StringComparison.Ordinal);
        Assert.Contains("reopen it until", mails[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolvedAlone_TellsUntilWhenItCanBeReopened()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Analyst);
        var ticket = await ada.OpenTicketAsync();

        var agent = await AgentAsync();
        await using (var scope = agent.Scope(acme))
            Assert.True((await scope.Get<TicketService>().EditAsync(ticket.Id, new EditTicket { Status = TicketStatus.Resolved }, null, CancellationToken.None)).IsSuccess);

        var mails = await MailsToAsync(ada, 2);
        Assert.Equal($"[{ticket.Number}] Resolved: {ticket.Subject}", mails[0].Summary.Subject);
    }

    [Fact]
    public async Task InternalNote_ReachesNobody()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Analyst);
        var ticket = await ada.OpenTicketAsync();

        var agent = await AgentAsync();
        await using (var scope = agent.Scope(acme))
            Assert.True((await scope.Get<TicketService>().NoteAsync(ticket.Id, "They pay late.", CancellationToken.None)).IsSuccess);
        await CommentAsync(agent, acme, ticket, "We look into it.");

        var mails = await MailsToAsync(ada, 2);
        Assert.All(mails, mail => Assert.DoesNotContain("pay late", mail.Text + mail.Html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TicketOfAServicePerson_IsConfirmedToNobody()
    {
        var acme = await fixture.Given.TenantAsync();
        var key = await acme.ApiKeyAsync("tickets:write", "tickets:read");
        Guid servicePerson;
        await using (var system = acme.SystemScope())
            servicePerson = await system.Get<SecureBaseDb>().ApiKeys.Where(k => k.Id == key.Id).Select(k => k.ServicePersonId).SingleAsync();
        await using (var service = fixture.Portal.ScopeFor(acme.Info, new Actor(acme.Id, servicePerson, "ci", ActorKind.Customer, Roles.Admin)))
            Assert.True((await service.Get<TicketService>().OpenAsync(new OpenTicket { Subject = "From a program" }, CancellationToken.None)).IsSuccess);
        var ada = await acme.PersonAsync(Roles.Analyst);
        await ada.OpenTicketAsync();

        await MailsToAsync(ada, 1);
        await using var staff = (await AgentAsync()).Scope();
        var log = await staff.Get<DeliveryLogService>().ListAsync(new DeliveryQuery { Tenant = acme.Slug }, CancellationToken.None);
        var delivery = Assert.Single(log.Value.Items);
        Assert.Equal((ada.Id.ToString(), DeliveryStatus.Succeeded, SupportEvents.Created), (delivery.Target, delivery.Status, delivery.EventType));
        Assert.Equal(AttemptOutcome.Succeeded, Assert.Single(delivery.Attempts).Outcome);
    }

    [Fact]
    public async Task SentAgain_ReplacesTheFile()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Analyst);
        var ticket = await ada.OpenTicketAsync();
        var mail = Assert.Single(await MailsToAsync(ada, 1));

        var channel = fixture.Portal.Services.GetServices<IDeliveryChannel>().Single(c => c.Name == MailChannel.ChannelName);
        Assert.IsType<DeliveryOutcome.Delivered>(await channel.SendAsync(await WorkOfAsync(acme, mail), CancellationToken.None));

        Assert.Equivalent(mail, Assert.Single(await MailsToAsync(ada, 1)), strict: true);
        Assert.Contains(ticket.Number, mail.Text, StringComparison.Ordinal);
    }

    private static async Task<DeliveryWork> WorkOfAsync(GivenTenant tenant, SentMail mail)
    {
        await using var scope = tenant.SystemScope();
        var sent = scope.Get<SecureBaseDb>().Deliveries.Where(d => d.Id == mail.Summary.Id).Select(d => new { d.Target, d.Event }).Single();
        return new DeliveryWork
        {
            Id = mail.Summary.Id, TenantId = tenant.Id, Channel = MailChannel.ChannelName, Target = sent.Target, Lane = "", Attempt = 2, EventId = sent.Event.Id,
            EventType = sent.Event.Type, SubjectKind = sent.Event.SubjectKind, SubjectId = sent.Event.SubjectId, OccurredAt = sent.Event.OccurredAt, Data = sent.Event.Data,
        };
    }

    private async Task<GivenPerson> AgentAsync() => await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent, name: "Priya from Support");

    private static async Task CommentAsync(GivenPerson author, GivenTenant tenant, TicketView ticket, string body, TicketStatus? status = null)
    {
        await using var scope = author.Scope(tenant);
        var answer = await scope.Get<TicketService>().CommentAsync(ticket.Id, new AddComment { Body = body, Status = status }, CancellationToken.None);
        Assert.True(answer.IsSuccess, answer.Error?.Message);
    }

    /// <summary>Newest first, once so many have come.</summary>
    private async Task<IReadOnlyList<SentMail>> MailsToAsync(GivenPerson person, int count)
    {
        var folder = fixture.Portal.Services.GetRequiredService<MailFolder>();
        List<SentMail> mails = [];
        await Until.TrueAsync($"{count} mails to {person.Email}", async () =>
        {
            mails.Clear();
            foreach (var summary in await folder.ListAsync(1_000, CancellationToken.None))
            {
                if (summary.To.Contains(person.Email, StringComparison.Ordinal))
                    mails.Add((await folder.FindAsync(summary.Id, CancellationToken.None))!);
            }
            return mails.Count >= count;
        });
        Assert.Equal(count, mails.Count);
        return mails;
    }
}
