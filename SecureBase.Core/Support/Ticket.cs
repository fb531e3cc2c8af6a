using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>A customer's request and its state. Every change goes through a verb here, which also adds the <see cref="TicketEvent"/> that records it.</summary>
public sealed partial class Ticket : ITenantOwned
{
    /// <summary>How long after its resolution a ticket can be reopened.</summary>
    public static readonly TimeSpan ReopenWindow = TimeSpan.FromDays(14);

    /// <summary>How long a resolved ticket stays silent before it closes by itself.</summary>
    public static readonly TimeSpan SilenceBeforeClosing = TimeSpan.FromDays(7);

    private readonly List<TicketEvent> _newEvents = [];

    private Ticket() { }

    public Guid Id { get; private set; }
    public Guid TenantId { get; private set; }
    public string Number { get; private set; } = "";
    public string Subject { get; private set; } = "";
    public string Description { get; private set; } = "";
    public TicketPriority Priority { get; private set; }
    public TicketCategory Category { get; private set; }
    public TicketStatus Status { get; private set; }
    public string[] Tags { get; private set; } = [];
    public Guid RequesterId { get; private set; }
    public string RequesterName { get; private set; } = "";
    /// <summary>A person of the operator.</summary>
    public Guid? AssigneeId { get; private set; }
    public string? AssigneeName { get; private set; }
    /// <summary>A team of the operator's staff.</summary>
    public Guid? TeamId { get; private set; }
    public string? TeamName { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public DateTimeOffset? ResolvedAt { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public DateTimeOffset? FirstRespondedAt { get; private set; }
    public DateTimeOffset? WaitingSince { get; private set; }
    /// <summary>The ticket this one was merged into and that carries on for it; null for all others.</summary>
    public Guid? MergedIntoId { get; private set; }
    public string? MergedIntoNumber { get; private set; }
    /// <summary>The customer's rating of the resolution, 1 (bad) to 5 (very good).</summary>
    public int? RatingScore { get; private set; }
    public string? RatingText { get; private set; }
    public Guid? RatedById { get; private set; }
    public string? RatedByName { get; private set; }
    public DateTimeOffset? RatedAt { get; private set; }
    /// <summary>The earliest due time of its open clocks as of the last change; null while nothing is due.</summary>
    public DateTimeOffset? NextDueAt { get; private set; }
    /// <summary>The last <see cref="Sla.AgreedTerms"/> its stored clocks know; 0 while it has none.</summary>
    public int TermsSequence { get; private set; }
    public int CommentCount { get; private set; }
    public int EventCount { get; private set; }
    public int Version { get; private set; }
    public ICollection<TicketComment> Comments { get; private set; } = [];

    /// <summary>Events added since the ticket was read, to be saved with it.</summary>
    public IReadOnlyList<TicketEvent> NewEvents => _newEvents;

    public bool IsDone => State.IsDone;

    private TicketState State => new(Status, WaitingSince, ResolvedAt, ClosedAt);

    public static Ticket Open(Guid tenantId, string number, string subject, string description, TicketPriority priority, TicketCategory category, string[] tags, Actor requester, DateTimeOffset at)
    {
        var ticket = New(tenantId, number, subject, description, priority, category, tags, new PersonRef(requester.PersonId, requester.Name), at);
        ticket.Record(TicketEventType.Created, requester, at, status: TicketStatus.Open, priority: priority);
        return ticket;
    }

    private static Ticket New(Guid tenantId, string number, string subject, string description, TicketPriority priority, TicketCategory category, string[] tags, PersonRef requester, DateTimeOffset at) =>
        new()
        {
            Id = Guid.CreateVersion7(at),
            TenantId = tenantId,
            Number = number,
            Subject = subject,
            Description = description,
            Priority = priority,
            Category = category,
            Status = TicketStatus.Open,
            Tags = tags,
            RequesterId = requester.Id,
            RequesterName = requester.Name,
            CreatedAt = at,
            WaitingSince = at,
        };

    /// <summary>Adds a public message and applies the status rules: a customer's message on a waiting or resolved ticket opens it.</summary>
    public Result<TicketComment> Comment(Actor author, string body, TicketStatus? next, DateTimeOffset at)
    {
        if (MergedIntoNumber is { } into)
            return SupportErrors.TicketMerged(Number, into);
        if (Status == TicketStatus.Closed)
            return SupportErrors.TicketClosed(Number);

        var comment = new TicketComment
        {
            Id = Guid.CreateVersion7(at),
            TicketId = Id,
            AuthorTenantId = author.TenantId,
            AuthorId = author.PersonId,
            AuthorName = author.Name,
            AuthorKind = author.Kind,
            Body = body,
            CreatedAt = at,
        };
        Comments.Add(comment);
        CommentCount++;
        if (author.Kind == ActorKind.Agent)
        {
            FirstRespondedAt ??= at;
            WaitingSince = null;
            Record(TicketEventType.StaffReply, author, at);
            if (next is { } status && status != Status)
                MoveTo(status, author, at);
        }
        else
        {
            Await(author, at);
        }
        return comment;
    }

    public Result<Done> Reopen(Actor by, DateTimeOffset at)
    {
        if (MergedIntoNumber is { } into)
            return SupportErrors.TicketMerged(Number, into);
        if (!IsDone)
            return SupportErrors.TicketNotResolved(Number);
        if (ResolvedAt is { } resolved && at > resolved + ReopenWindow)
            return SupportErrors.ReopenWindowPassed(Number, resolved + ReopenWindow);
        MoveTo(TicketStatus.Open, by, at);
        return Done.Value;
    }

    public Result<Done> Close(Actor by, DateTimeOffset at)
    {
        if (Status == TicketStatus.Closed)
            return SupportErrors.TicketClosed(Number);
        MoveTo(TicketStatus.Closed, by, at);
        return Done.Value;
    }

    /// <summary>Staff set any status; leaving closed is bound by the reopening window like anyone's reopening.</summary>
    public Result<Done> SetStatus(TicketStatus status, Actor by, DateTimeOffset at)
    {
        if (status == Status)
            return Done.Value;
        if (Status == TicketStatus.Closed && Reopen(by, at) is { IsSuccess: false } refused)
            return refused;
        if (status != Status)
            MoveTo(status, by, at);
        return Done.Value;
    }

    public void SetPriority(TicketPriority priority, Actor by, DateTimeOffset at)
    {
        if (priority == Priority)
            return;
        Priority = priority;
        Record(TicketEventType.PriorityChanged, by, at, priority: priority);
    }

    public void Assign(PersonRef? assignee, Actor by, DateTimeOffset at)
    {
        if (assignee?.Id == AssigneeId)
            return;
        (AssigneeId, AssigneeName) = (assignee?.Id, assignee?.Name);
        Record(TicketEventType.Assigned, by, at);
    }

    /// <summary>Gives the ticket to a team of staff, or to none; whoever is assigned stays.</summary>
    public void GiveTo(TeamRef? team, Actor by, DateTimeOffset at)
    {
        if (team?.Id == TeamId)
            return;
        (TeamId, TeamName) = (team?.Id, team?.Name);
        Record(TicketEventType.TeamAssigned, by, at);
    }

    public void Edit(string? subject, string? description, TicketCategory? category, string[]? tags, Actor by, DateTimeOffset at)
    {
        var before = (Subject, Description, Category, Tags);
        Subject = subject ?? Subject;
        Description = description ?? Description;
        Category = category ?? Category;
        Tags = tags is null || tags.AsSpan().SequenceEqual(Tags) ? Tags : tags;
        if (before != (Subject, Description, Category, Tags))
            Record(TicketEventType.Edited, by, at);
    }

    /// <summary>Puts back where it stood. Clocks that ended meanwhile stay ended; for a customer who waits again one begins at this instant.</summary>
    internal void Restore(TicketState before, Actor by, DateTimeOffset at)
    {
        if (before.Status == Status)
            return;
        var wasDone = IsDone;
        MoveTo(before.Status, by, at);
        // Reopening alone would mean that a customer waits, for whoever reads the events again.
        if (wasDone && before.WaitingSince is null && WaitingSince is not null)
            Record(TicketEventType.Withdrawn, by, at);
        (WaitingSince, ResolvedAt, ClosedAt) = (before.WaitingSince, before.ResolvedAt, before.ClosedAt);
        if (wasDone && WaitingSince is not null)
            Record(TicketEventType.CustomerComment, by, at);
    }

    /// <summary>Keeps how the customer found the resolution; a later rating replaces the earlier, which stays in the history.</summary>
    public Result<Done> Rate(int score, string? comment, Actor by, DateTimeOffset at)
    {
        if (MergedIntoNumber is { } into)
            return SupportErrors.TicketMerged(Number, into);
        if (!IsDone)
            return SupportErrors.NothingToRate(Number);
        (RatingScore, RatingText, RatedById, RatedByName, RatedAt) = (score, comment, by.PersonId, by.Name, at);
        Record(TicketEventType.Rated, by, at, score: score);
        return Done.Value;
    }

    /// <summary>What its clocks, brought up to date, say is due next, and by which terms. No change of the ticket itself.</summary>
    internal void Promise(DateTimeOffset? nextDueAt, int termsSequence) => (NextDueAt, TermsSequence) = (nextDueAt, termsSequence);

    /// <summary>Records a file added by itself, not with a message: in <see cref="TicketEventType.Attached"/>, whose id is the attachment's. Changes no status and no clock.</summary>
    public void Attach(Guid attachmentId, Actor by, DateTimeOffset at) => Record(TicketEventType.Attached, by, at, id: attachmentId);

    public TicketView ToView() => new()
    {
        Id = Id,
        Number = Number,
        Subject = Subject,
        Description = Description,
        Priority = Priority,
        Category = Category,
        Status = Status,
        Tags = Tags,
        Requester = new PersonRef(RequesterId, RequesterName),
        Assignee = AssigneeId is { } id ? new PersonRef(id, AssigneeName!) : null,
        Team = TeamId is { } team ? new TeamRef(team, TeamName!) : null,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        ResolvedAt = ResolvedAt,
        CommentCount = CommentCount,
        Version = Version,
        WaitingSince = WaitingSince,
        MergedInto = MergedIntoNumber,
        NextDueAt = NextDueAt,
        State = State,
        Rating = RatingScore is { } score && RatedById is { } rater ? new TicketRating(score, RatingText, new PersonRef(rater, RatedByName ?? ""), RatedAt ?? UpdatedAt) : null,
    };

    // A customer waits for an answer here from now on.
    private void Await(Actor by, DateTimeOffset at)
    {
        Record(TicketEventType.CustomerComment, by, at);
        if (Status is TicketStatus.WaitingCustomer or TicketStatus.Resolved)
            MoveTo(TicketStatus.Open, by, at);
        WaitingSince ??= at;
    }

    private void MoveTo(TicketStatus status, Actor by, DateTimeOffset at)
    {
        (Status, WaitingSince, ResolvedAt, ClosedAt) = State.MovedTo(status, at);
        Record(TicketEventType.StatusChanged, by, at, status: status);
    }

    private void Record(TicketEventType type, Actor by, DateTimeOffset at, TicketStatus? status = null, TicketPriority? priority = null, string? related = null, Guid? id = null, int? score = null)
    {
        UpdatedAt = at;
        if (_newEvents.Count == 0)
            Version++;
        _newEvents.Add(new TicketEvent
        {
            Id = id ?? Guid.CreateVersion7(at),
            TicketId = Id,
            Sequence = ++EventCount,
            Type = type,
            At = at,
            ActorTenantId = by.TenantId,
            ActorId = by.PersonId,
            ActorName = by.Name,
            ActorKind = by.Kind,
            Status = status,
            Priority = priority,
            AssigneeName = type == TicketEventType.Assigned ? AssigneeName : null,
            TeamName = type == TicketEventType.TeamAssigned ? TeamName : null,
            RelatedNumber = related,
            Score = score,
        });
    }

    internal sealed class Configuration : IEntityTypeConfiguration<Ticket>
    {
        private const string Unfinished = "status not in ('resolved', 'closed')";

        public void Configure(EntityTypeBuilder<Ticket> builder)
        {
            builder.ToTable("tickets");
            builder.HasKey(t => t.Id);
            builder.HasAlternateKey(t => new { t.TenantId, t.Id });
            builder.Property(t => t.Id).ValueGeneratedNever();
            builder.Property(t => t.Number).HasMaxLength(24);
            builder.Property(t => t.Subject).HasMaxLength(200);
            builder.Property(t => t.Priority).HasWireName();
            builder.Property(t => t.Category).HasWireName();
            builder.Property(t => t.Status).HasWireName();
            builder.Property(t => t.Version).IsConcurrencyToken();
            builder.Property(t => t.TeamName).HasMaxLength(SupportTeamService.NameMax);
            builder.Property(t => t.MergedIntoNumber).HasMaxLength(24);
            builder.Property(t => t.RatingText).HasMaxLength(TicketRules.RatingMax);
            builder.Property(t => t.RatedByName).HasMaxLength(120);
            builder.Ignore(t => t.NewEvents);
            builder.HasOne<Person>().WithMany().HasForeignKey(t => new { t.TenantId, t.RequesterId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
            builder.HasIndex(t => new { t.TenantId, t.Number }).IsUnique();
            builder.HasIndex(t => new { t.TenantId, t.CreatedAt, t.Id });
            builder.HasIndex(t => new { t.TenantId, t.UpdatedAt });
            builder.HasIndex(t => new { t.TenantId, t.Status });
            builder.HasIndex(t => new { t.TenantId, t.MergedIntoId }).HasFilter("merged_into_id is not null");
            builder.HasIndex(t => t.NextDueAt).HasFilter("next_due_at is not null");
            builder.HasIndex(t => new { t.TenantId, t.TermsSequence }).HasFilter("resolved_at is null");
            builder.HasIndex(t => t.TenantId).HasFilter("terms_sequence = 0").HasDatabaseName("ix_tickets_without_clocks");
            // The queue over all tenants: what its views count, and its orders, see TicketSearch.
            builder.HasIndex(t => new { t.Status, t.WaitingSince }).HasFilter(Unfinished).IncludeProperties(t => new { t.AssigneeId, t.TeamId, t.Priority, t.Category, t.Tags });
            builder.HasIndex(t => new { t.WaitingSince, t.UpdatedAt, t.Id }).IsDescending(false, true, true).HasFilter(Unfinished);
            builder.HasIndex(t => new { t.NextDueAt, t.UpdatedAt, t.Id }).IsDescending(false, true, true).HasFilter(Unfinished);
            builder.HasIndex(t => t.TeamId).HasFilter("team_id is not null");
            builder.HasIndex(t => t.ResolvedAt).HasFilter("resolved_at is not null");
        }
    }
}
