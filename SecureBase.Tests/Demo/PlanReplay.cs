using SecureBase.Core.Demo;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Tests.Demo;

/// <summary>A plan carried out on the real entity, without a database.</summary>
internal static class PlanReplay
{
    /// <summary>Does to a real ticket what the plan says, and refuses what people of that role may not do.</summary>
    public static Ticket Of(DemoOrganisation organisation, PlannedTicket planned, DateTimeOffset now)
    {
        var requester = ActorOf(organisation, planned.Requester);
        Assert.True(requester.Can(SupportPermissions.Create));
        Assert.True(planned.OpenedAt <= now);
        var ticket = Ticket.Open(Guid.CreateVersion7(), "X-1", planned.Subject, planned.Description, planned.Priority, planned.Category, [.. planned.Tags], requester, planned.OpenedAt);
        foreach (var act in planned.Acts)
        {
            Assert.True(act.At > ticket.UpdatedAt, $"{planned.StoryKey}: {act.At:O} is not after {ticket.UpdatedAt:O}");
            Assert.True(act.At <= now, $"{planned.StoryKey}: {act.At:O} is in the future");
            Assert.Equal(0, act.At.Ticks % TimeSpan.TicksPerSecond);
            var by = act.By is { } person ? ActorOf(organisation, person) : new Actor(Guid.Empty, Guid.Empty, "SecureBase", ActorKind.System, "");
            switch (act)
            {
                case PlannedAct.Comment comment:
                    Assert.True(by.Can(SupportPermissions.Comment));
                    Assert.True(comment.Status is null || by.Can(SupportPermissions.Work));
                    Assert.True(ticket.Comment(by, comment.Body, comment.Status, comment.At).IsSuccess, planned.StoryKey);
                    break;
                case PlannedAct.Note:
                    Assert.True(by.Can(SupportPermissions.Work));
                    break;
                case PlannedAct.Assign assign:
                    ticket.Assign(new PersonRef(Guid.CreateVersion7(), assign.Assignee.Name), by, assign.At);
                    break;
                case PlannedAct.SetPriority set:
                    Assert.True(by.Can(SupportPermissions.Work));
                    ticket.SetPriority(set.Priority, by, set.At);
                    break;
                case PlannedAct.SetStatus { Status: TicketStatus.Closed } close:
                    Assert.True(act.By is null || by.Can(SupportPermissions.Close));
                    Assert.True(ticket.Close(by, close.At).IsSuccess, planned.StoryKey);
                    break;
                case PlannedAct.SetStatus status:
                    Assert.True(by.Can(SupportPermissions.Work));
                    Assert.True(ticket.SetStatus(status.Status, by, status.At).IsSuccess, planned.StoryKey);
                    break;
                case PlannedAct.Rate rate:
                    Assert.True(by.Can(SupportPermissions.Rate));
                    Assert.True(ticket.Rate(rate.Score, rate.Words, by, rate.At).IsSuccess, planned.StoryKey);
                    break;
                default:
                    Assert.Fail($"An act nobody carries out: {act}");
                    break;
            }
        }

        return ticket;
    }

    private static Actor ActorOf(DemoOrganisation organisation, DemoPerson person) => organisation.People.Contains(person)
        ? new Actor(Guid.CreateVersion7(), Guid.CreateVersion7(), person.Name, ActorKind.Customer, person.Role)
        : new Actor(Tenant.OperatorId, Guid.CreateVersion7(), person.Name, ActorKind.Agent, person.Role);
}
