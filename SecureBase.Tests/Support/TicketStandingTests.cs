using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support;
using SecureBase.Portal.Support.Admin;
using SecureBase.Portal.Support.Components;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

public sealed class TicketStandingTests
{
    // 10:00 on Monday 2 March 2026.
    private readonly ViewerTime _viewer = ViewerTime.In("Europe/Berlin", new FakeTimeProvider());

    [Theory]
    [InlineData(TicketStatus.Open, true, "With us since 09:30", "2 h 30 min since 07:30")]
    [InlineData(TicketStatus.InProgress, false, "We replied and work on it", "replied changed Sun 09:00")]
    [InlineData(TicketStatus.WaitingCustomer, false, "Waiting for you", "customer’s turn changed Sun 09:00")]
    [InlineData(TicketStatus.Resolved, false, "Resolved Sun 11:00", "resolved Sun 11:00")]
    [InlineData(TicketStatus.Closed, false, "Closed resolved Sun 11:00", "closed resolved Sun 11:00")]
    public void Standing_IsATrueSentence(TicketStatus status, bool waits, string customer, string staff)
    {
        var forCustomer = TicketStanding.ForCustomer(Tickets.View(status: status, waitingSince: waits ? new DateTimeOffset(2026, 3, 2, 8, 30, 0, TimeSpan.Zero) : null), _viewer);
        var forStaff = TicketStanding.ForStaff(Tickets.View(status: status, waitingSince: waits ? new DateTimeOffset(2026, 3, 2, 6, 30, 0, TimeSpan.Zero) : null), _viewer);
        Assert.Equal(customer, $"{forCustomer.Who} {forCustomer.When}".TrimEnd());
        Assert.Equal(staff, $"{forStaff.Who} {forStaff.When}");
    }

    [Theory]
    [InlineData(30, "We reply by 10:30")]
    [InlineData(-5, "With us since 09:30")]
    public void Standing_OfWhatWaits_IsThePromise_UntilItIsOverdue(int minutesLeft, string words)
    {
        var ticket = Tickets.View(waitingSince: new DateTimeOffset(2026, 3, 2, 8, 30, 0, TimeSpan.Zero)) with { NextDueAt = _viewer.Now.AddMinutes(minutesLeft) };
        var standing = TicketStanding.ForCustomer(ticket, _viewer);
        Assert.Equal(words, $"{standing.Who} {standing.When}");
    }

    [Fact]
    public void StatusSince_IsTheLastChangeOfStatus_WhateverCameAfter()
    {
        var ticket = Tickets.View(status: TicketStatus.WaitingCustomer, updatedAt: At(9));
        TimelineEntry[] entries = [Entry(TicketEventType.Created, 1), Entry(TicketEventType.StatusChanged, 3), Entry(TicketEventType.StatusChanged, 5), Entry(TicketEventType.Assigned, 9)];
        Assert.Equal(At(5), TicketStanding.StatusSince(ticket, entries));
        Assert.Equal(Tickets.Created, TicketStanding.StatusSince(ticket, entries[..1]));
    }

    [Fact]
    public void Bands_AreRunsOfTheOrder()
    {
        QueueItem[] items =
        [
            Item(Tickets.View(waitingSince: At(-30))),
            Item(Tickets.View(waitingSince: At(-20))),
            Item(Tickets.View(waitingSince: new DateTimeOffset(2026, 3, 2, 7, 0, 0, TimeSpan.Zero))),
            Item(Tickets.View(waitingSince: new DateTimeOffset(2026, 3, 2, 8, 50, 0, TimeSpan.Zero))),
            Item(Tickets.View(status: TicketStatus.WaitingCustomer)),
            Item(Tickets.View(status: TicketStatus.Resolved)),
        ];
        Assert.Equal(["Waiting for over a day: 2", "Waiting for over an hour: 1", "Within the hour: 1", "The customer’s turn: 1", "Done: 1"],
            QueueGroups.Of(items, TicketSort.Waiting, _viewer).Select(b => $"{b.Title}: {b.Items.Count}"));
    }

    [Fact]
    public void ChangedRows_TintWhatIsNewOrNewer_AndATwiceChangedRowAgain()
    {
        var (same, older) = (Tickets.View(version: 1), Tickets.View(version: 1));
        var newer = older with { Version = 2 };
        var rows = new ChangedRows();
        rows.Compare([same, older], [same, newer]);
        Assert.Null(rows.ClassOf(same));
        var first = rows.ClassOf(newer);
        rows.Compare([same, newer], [same, newer with { Version = 3 }]);
        Assert.NotNull(first);
        Assert.NotEqual(first, rows.ClassOf(newer with { Version = 3 }));
        rows.Forget();
        Assert.Null(rows.ClassOf(newer));
    }

    private static DateTimeOffset At(int hours) => Tickets.Created.AddHours(hours);

    private static QueueItem Item(TicketView ticket) => new(ticket, Guid.CreateVersion7(), "acme", "Acme", Plan.Standard);

    private static TimelineEntry Entry(TicketEventType type, int hours) => new()
    {
        Id = Guid.CreateVersion7(), Kind = TimelineKind.Event, At = At(hours), Type = type, Author = new CommentAuthor(null, "Priya", ActorKind.Agent),
    };
}
