using SecureBase.Core.Support;
using SecureBase.Portal.Support;

namespace SecureBase.Tests.Support;

public sealed class TicketRevisionTests
{
    private readonly TicketView _read = Tickets.View(version: 3);

    [Fact]
    public void Unchanged_SendsNothing()
    {
        var revision = TicketRevision.Of(_read);
        Assert.False(revision.IsChanged);
        Assert.Equal(new EditTicket(), revision.Changes);
        Assert.False((revision with { Mine = revision.Mine with { Subject = "  The peering drops ", Tags = "network," } }).IsChanged);
    }

    [Fact]
    public void Changes_HoldOnlyWhatDiffers()
    {
        var revision = Mine(m => m with { Subject = "The peering is down", Tags = "network, eu-central-1" });
        Assert.Equal("The peering is down", revision.Changes.Subject);
        Assert.Equal(["network", "eu-central-1"], revision.Changes.Tags!);
        Assert.Null(revision.Changes.Description);
        Assert.Null(revision.Changes.Category);
    }

    [Fact]
    public void Onto_WhatOthersChangedElsewhere_IsTakenAndNotUndone()
    {
        var merged = Mine(m => m with { Subject = "Mine" }).Onto(_read with { Version = 4, Description = "Theirs" }, null, out var both);
        Assert.Empty(both);
        Assert.Equal(("Mine", "Theirs", 4), (merged.Mine.Subject, merged.Mine.Description, merged.Version));
        Assert.Equal("Mine", merged.Changes.Subject);
        Assert.Null(merged.Changes.Description);
    }

    [Fact]
    public void Onto_WhatBothChanged_KeepsMineAndNamesIt()
    {
        var merged = Mine(m => m with { Subject = "Mine" }).Onto(_read with { Version = 4, Subject = "Theirs" }, null, out var both);
        Assert.Equal([TicketField.Subject], both);
        Assert.Equal(("Mine", "Theirs"), (merged.Mine.Subject, merged.Read.Subject));
        Assert.Equal("Mine", merged.Changes.Subject);
    }

    [Fact]
    public void Onto_WhatBothChangedAlike_IsAgreed()
    {
        var merged = Mine(m => m with { Category = TicketCategory.Billing }).Onto(_read with { Version = 4, Category = TicketCategory.Billing }, null, out var both);
        Assert.Empty(both);
        Assert.False(merged.IsChanged);
    }

    [Fact]
    public void Onto_TheFieldBeingTypedIn_IsNeverWrittenOver()
    {
        var merged = TicketRevision.Of(_read).Onto(_read with { Version = 4, Description = "Theirs" }, TicketField.Description, out var both);
        Assert.Equal([TicketField.Description], both);
        Assert.Equal("Since 08:40.", merged.Mine.Description);
    }

    [Fact]
    public void Kept_ComesBackOnTopOfTheTicketOfToday()
    {
        var kept = Mine(m => m with { Description = "Rewritten" }).Changes;
        var restored = TicketRevision.Of(_read with { Version = 9, Subject = "Theirs" }, kept);
        Assert.Equal(("Theirs", "Rewritten", 9), (restored.Mine.Subject, restored.Mine.Description, restored.Version));
        Assert.Equal([TicketField.Description], restored.ChangedFields);
    }

    private TicketRevision Mine(Func<TicketText, TicketText> change)
    {
        var revision = TicketRevision.Of(_read);
        return revision with { Mine = change(revision.Mine) };
    }
}
