using Bunit;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Presence;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Support.Admin;
using SecureBase.Portal.Support.Components;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Components;

/// <summary>The small parts that say what a ticket is and where it stands.</summary>
public sealed class TicketMarksTests : ComponentTest
{
    public static TheoryData<TicketStatus> Statuses => [.. Enum.GetValues<TicketStatus>()];

    public static TheoryData<TicketPriority> Priorities => [.. Enum.GetValues<TicketPriority>()];

    [Theory]
    [MemberData(nameof(Statuses))]
    public void StatusMark_SaysTheContractsWord_BesideAShapeOfItsOwn(TicketStatus status)
    {
        var mark = Render<StatusMark>(p => p.Add(m => m.Status, status));
        Assert.Equal(WireName.Of(status), mark.Find(".record").TextContent.Trim());
        Assert.Equal("true", mark.Find("svg").GetAttribute("aria-hidden"));
        Assert.Equal(Enum.GetValues<TicketStatus>().Length, Enum.GetValues<TicketStatus>().Select(s => Render<StatusGlyph>(p => p.Add(m => m.Status, s)).Find("svg").InnerHtml).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Priorities))]
    public void PriorityMark_KeepsItsWord_AlsoWhereOnlyTheGlyphIsSeen(TicketPriority priority)
    {
        Assert.Equal(WireName.Of(priority), Render<PriorityMark>(p => p.Add(m => m.Priority, priority)).Find(".record").TextContent.Trim());
        var glyph = Render<PriorityMark>(p => p.Add(m => m.Priority, priority).Add(m => m.GlyphOnly, true));
        Assert.Equal(WireName.Of(priority), glyph.Find(".visually-hidden").TextContent);
        Assert.Equal(WireName.Of(priority), glyph.Find(".record").GetAttribute("title"));
    }

    [Fact]
    public void Position_WaitingForTheCustomer_CountsFromTheStatus_NotFromTheLastChange()
    {
        var ticket = Tickets.View(status: TicketStatus.WaitingCustomer, updatedAt: Clock.GetUtcNow());
        var position = Render<TicketPosition>(p => p.Add(x => x.Ticket, ticket).Add(x => x.StatusSince, Clock.GetUtcNow().AddHours(-3)));
        Assert.Equal("Waiting for you since 07:00", position.Find("h2").TextContent);
        Assert.Equal("Waiting for the customer since 07:00", Render<TicketPosition>(p => p.Add(x => x.Ticket, ticket).Add(x => x.StatusSince, Clock.GetUtcNow().AddHours(-3)).Add(x => x.ForStaff, true)).Find("h2").TextContent);
    }

    [Theory]
    [InlineData(TicketStatus.Resolved, "It closes by itself on Sun 8 Mar 11:00, in 6 d, if nothing more comes. A reply opens it again.")]
    [InlineData(TicketStatus.Closed, "It takes no more messages. It can be reopened until Sun 15 Mar 11:00, in 13 d.")]
    public void Position_SaysWhatHappensNextAndWhen(TicketStatus status, string expected) =>
        Assert.Equal(expected, Render<TicketPosition>(p => p.Add(x => x.Ticket, Tickets.View(status: status)).Add(x => x.StatusSince, Tickets.Created)).Find("p").TextContent);

    [Theory]
    [InlineData(0, "0 of 5 tickets used in March. Critical and security tickets are never refused, nor counted.")]
    [InlineData(4, "4 of 5 tickets used in March. Critical and security tickets are never refused, nor counted.")]
    [InlineData(5, "All 5 tickets of March are used; the next ones come on 1 April. Critical and security tickets are still taken.")]
    [InlineData(9, "All 5 tickets of March are used; the next ones come on 1 April. Critical and security tickets are still taken.")]
    public void AllowanceLine_IsHonest(int used, string expected) =>
        Assert.Equal(expected, Render<AllowanceLine>(p => p.Add(l => l.Allowance, new TicketAllowance(5, used, new DateOnly(2026, 3, 1)))).Find("p").TextContent);

    [Fact]
    public void HereNow_NamesEachWithWhatTheyDo()
    {
        Assert.Empty(Render<HereNow>(p => p.Add(h => h.People, [])).Markup.Trim());
        var here = Render<HereNow>(p => p.Add(h => h.People, [Person("Ada", PresenceState.Viewing), Person("Priya", PresenceState.Noting), Person("Quinn", PresenceState.Typing)]));
        Assert.Equal(["Ada is viewing", "Priya is writing a note", "Quinn is typing"], here.FindAll("li").Select(li => $"{li.QuerySelector(".ellipsis")!.TextContent} {li.LastElementChild!.TextContent}"));
    }

    [Theory]
    [InlineData(new PresenceState[0], "")]
    [InlineData(new[] { PresenceState.Viewing }, "")]
    [InlineData(new[] { PresenceState.Typing }, "Person 1 is typing")]
    [InlineData(new[] { PresenceState.Noting, PresenceState.Viewing }, "Person 1 is writing an internal note")]
    [InlineData(new[] { PresenceState.Typing, PresenceState.Typing }, "Person 1 and Person 2 are typing")]
    [InlineData(new[] { PresenceState.Typing, PresenceState.Typing, PresenceState.Typing }, "Person 1 and 2 others are typing")]
    public void TypingLine_SaysWhoTypes(PresenceState[] states, string expected)
    {
        var line = Render<TypingLine>(p => p.Add(l => l.People, [.. states.Select((s, i) => Person($"Person {i + 1}", s))]));
        Assert.Equal("status", line.Find(".typing").GetAttribute("role"));
        Assert.Equal(expected, line.FindAll(".typing > span:not(.avatar, .dots)").SingleOrDefault()?.TextContent ?? "");
    }

    [Fact]
    public void QueueTable_ShowsWhoIsOnARow_TheWriterFirst()
    {
        var (quiet, busy) = (Tickets.View("ACME-7"), Tickets.View("ACME-8"));
        var items = new[] { quiet, busy }.Select(t => new QueueItem(t, Guid.CreateVersion7(), "acme", "Acme", Plan.Standard)).ToList();
        var table = Render<QueueTable>(p => p
            .Add(t => t.Bands, [new QueueGroups.Band("Today", items)]).Add(t => t.IsChosen, _ => false).Add(t => t.Link, item => "/queue?ticket=" + item.Ticket.Number).Add(t => t.Changed, new ChangedRows()).Add(t => t.Caption, "Queue")
            .Add(t => t.Present, new Dictionary<Guid, IReadOnlyList<PresentPerson>> { [busy.Id] = [Person("Ada", PresenceState.Viewing), Person("Priya", PresenceState.Typing)] }));
        var presence = Assert.Single(table.FindAll(".presence"));
        Assert.Equal("Priya is typing, 1 more here", presence.TextContent);
        Assert.Equal("Ada is viewing, Priya is typing", presence.GetAttribute("title"));
        Assert.Equal("ACME-8", presence.ParentElement!.QuerySelector(".number")!.TextContent);
    }

    private PresentPerson Person(string name, PresenceState state) => new(Guid.CreateVersion7(), name, ActorKind.Agent, state, Clock.GetUtcNow());
}
