using SecureBase.Core.Support;

namespace SecureBase.Portal.Support;

/// <summary>What can be rewritten on a ticket.</summary>
internal enum TicketField { Subject, Category, Tags, Description }

/// <summary>A ticket's own words.</summary>
/// <param name="Tags">As typed: separated by spaces or commas.</param>
internal sealed record TicketText(string Subject, TicketCategory Category, string Tags, string Description)
{
    internal static TicketText Of(TicketView ticket) => new(ticket.Subject, ticket.Category, string.Join(' ', ticket.Tags), ticket.Description);

    internal IReadOnlyList<string> TagList => Tags.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal bool Agrees(TicketText other, TicketField field) => field switch
    {
        TicketField.Subject => Subject.Trim() == other.Subject.Trim(),
        TicketField.Category => Category == other.Category,
        TicketField.Tags => TagList.SequenceEqual(other.TagList),
        _ => Description.Trim() == other.Description.Trim(),
    };

    /// <summary>This text with one field of the other.</summary>
    internal TicketText Taking(TicketText other, TicketField field) => field switch
    {
        TicketField.Subject => this with { Subject = other.Subject },
        TicketField.Category => this with { Category = other.Category },
        TicketField.Tags => this with { Tags = other.Tags },
        _ => this with { Description = other.Description },
    };
}

/// <summary>
/// Someone's changes to a ticket while others may change it too: the words as they were last read, and what they are to
/// become. Only what differs is sent, so that nobody's change to another field is undone.
/// </summary>
/// <param name="Read">As the ticket stood at <paramref name="Version"/>.</param>
/// <param name="Mine">As typed.</param>
internal sealed record TicketRevision(TicketText Read, TicketText Mine, int Version)
{
    private static readonly TicketField[] Fields = Enum.GetValues<TicketField>();

    internal static TicketRevision Of(TicketView ticket)
    {
        var text = TicketText.Of(ticket);
        return new TicketRevision(text, text, ticket.Version);
    }

    /// <summary>Changes kept from another time on the ticket of today; whether others changed it between is not known any more.</summary>
    internal static TicketRevision Of(TicketView ticket, EditTicket kept)
    {
        var read = TicketText.Of(ticket);
        var mine = new TicketText(kept.Subject ?? read.Subject, kept.Category ?? read.Category, kept.Tags is null ? read.Tags : string.Join(' ', kept.Tags), kept.Description ?? read.Description);
        return new TicketRevision(read, mine, ticket.Version);
    }

    /// <summary>The fields that differ from what was read.</summary>
    internal IEnumerable<TicketField> ChangedFields => Fields.Where(Changed);

    internal bool IsChanged => Fields.Any(Changed);

    internal EditTicket Changes => new()
    {
        Subject = Changed(TicketField.Subject) ? Mine.Subject : null,
        Category = Changed(TicketField.Category) ? Mine.Category : null,
        Tags = Changed(TicketField.Tags) ? Mine.TagList : null,
        Description = Changed(TicketField.Description) ? Mine.Description : null,
    };

    /// <summary>
    /// The same changes on a newer ticket. A field only others changed takes their words, unless it is being typed in; what
    /// both changed keeps mine and is named, so that its owner decides.
    /// </summary>
    internal TicketRevision Onto(TicketView ticket, TicketField? typing, out IReadOnlyList<TicketField> both)
    {
        var now = TicketText.Of(ticket);
        var theirs = Fields.Where(field => !now.Agrees(Read, field) && !now.Agrees(Mine, field)).ToList();
        both = [.. theirs.Where(field => Changed(field) || field == typing)];
        return new TicketRevision(now, theirs.Except(both).Aggregate(Mine, (mine, field) => mine.Taking(now, field)), ticket.Version);
    }

    private bool Changed(TicketField field) => !Mine.Agrees(Read, field);
}
