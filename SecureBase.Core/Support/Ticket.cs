using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>A customer's request and its state. Every change goes through a verb here, which also adds the <see cref="TicketEvent"/> that records it.</summary>
public sealed class Ticket : ITenantOwned
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
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public DateTimeOffset? ResolvedAt { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public DateTimeOffset? FirstRespondedAt { get; private set; }
    public DateTimeOffset? WaitingSince { get; private set; }
    public int CommentCount { get; private set; }
    public int EventCount { get; private set; }
    public int Version { get; private set; }
    public ICollection<TicketComment> Comments { get; private set; } = [];

    /// <summary>Events added since the ticket was read, to be saved with it.</summary>
    public IReadOnlyList<TicketEvent> NewEvents => _newEvents;

    public bool IsDone => Status is TicketStatus.Resolved or TicketStatus.Closed;

    public static Ticket Open(Guid tenantId, string number, string subject, string description, TicketPriority priority, TicketCategory category, string[] tags, Actor requester, DateTimeOffset at)
    {
        var ticket = new Ticket
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
            RequesterId = requester.PersonId,
            RequesterName = requester.Name,
            CreatedAt = at,
            WaitingSince = at,
        };
        ticket.Record(TicketEventType.Created, requester, at, status: TicketStatus.Open, priority: priority);
        return ticket;
    }

    /// <summary>Adds a public message and applies the status rules: a customer's message on a waiting or resolved ticket opens it.</summary>
    public Result<TicketComment> Comment(Actor author, string body, TicketStatus? next, DateTimeOffset at)
    {
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
            Record(TicketEventType.CustomerComment, author, at);
            if (Status is TicketStatus.WaitingCustomer or TicketStatus.Resolved)
                MoveTo(TicketStatus.Open, author, at);
            WaitingSince ??= at;
        }
        return comment;
    }

    public Result<Done> Reopen(Actor by, DateTimeOffset at)
    {
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
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        ResolvedAt = ResolvedAt,
        CommentCount = CommentCount,
        Version = Version,
        WaitingSince = WaitingSince,
    };

    private void MoveTo(TicketStatus status, Actor by, DateTimeOffset at)
    {
        var wasDone = IsDone;
        Status = status;
        ClosedAt = status == TicketStatus.Closed ? at : null;
        ResolvedAt = IsDone ? (wasDone ? ResolvedAt : at) : null;
        WaitingSince = IsDone || status == TicketStatus.WaitingCustomer ? null : wasDone ? at : WaitingSince;
        Record(TicketEventType.StatusChanged, by, at, status: status);
    }

    private void Record(TicketEventType type, Actor by, DateTimeOffset at, TicketStatus? status = null, TicketPriority? priority = null)
    {
        UpdatedAt = at;
        if (_newEvents.Count == 0)
            Version++;
        _newEvents.Add(new TicketEvent
        {
            Id = Guid.CreateVersion7(at),
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
        });
    }

    internal sealed class Configuration : IEntityTypeConfiguration<Ticket>
    {
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
            builder.Ignore(t => t.NewEvents);
            builder.HasOne<Person>().WithMany().HasForeignKey(t => new { t.TenantId, t.RequesterId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
            builder.HasIndex(t => new { t.TenantId, t.Number }).IsUnique();
            builder.HasIndex(t => new { t.TenantId, t.CreatedAt, t.Id });
            builder.HasIndex(t => new { t.TenantId, t.UpdatedAt });
            builder.HasIndex(t => new { t.TenantId, t.Status });
            builder.HasIndex(t => new { t.Status, t.WaitingSince });
        }
    }
}
