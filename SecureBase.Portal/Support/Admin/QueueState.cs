using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Search;
using SecureBase.Core.Support.Views;

namespace SecureBase.Portal.Support.Admin;

/// <summary>The built-in views of the queue.</summary>
public enum QueueView { NeedsReply, MyOpen, MyTeams, Unassigned, CriticalAndSecurity, WaitingOnCustomers, ResolvedToday, All }

/// <summary>Everything the queue shows is in its address, the chosen ticket included; this is the address as a value.</summary>
public sealed record QueueState
{
    internal const int PageSize = 50;

    private const string Path = "/queue";

    private static readonly IReadOnlyList<TicketStatus> Unfinished = [TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer];

    public QueueView View { get; init; }
    public string? Text { get; init; }
    /// <summary>Slugs.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];
    public IReadOnlyList<TicketPriority> Priorities { get; init; } = [];
    public IReadOnlyList<TicketCategory> Categories { get; init; } = [];
    public IReadOnlyList<TicketStatus> Statuses { get; init; } = [];
    /// <summary>Tickets with all of them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    /// <summary><see cref="Guid.Empty"/> means unassigned; always null in a view that is about one assignee already.</summary>
    public Guid? AssigneeId { get; init; }
    /// <summary><see cref="Guid.Empty"/> means of no team; always null in the view of one's own teams.</summary>
    public Guid? TeamId { get; init; }
    public TicketSort Sort { get; init; } = TicketSort.Waiting;
    public int Page { get; init; } = 1;
    /// <summary>The number of the ticket in the context panel.</summary>
    public string? Chosen { get; init; }
    /// <summary>Its tenant's slug: two tenants may number alike.</summary>
    public string? ChosenTenant { get; init; }
    /// <summary>The saved view these filters began with.</summary>
    public Guid? SavedId { get; init; }

    public bool IsFiltered => Text is not null || Tenants.Count > 0 || Priorities.Count > 0 || Categories.Count > 0 || Statuses.Count > 0 || Tags.Count > 0 || AssigneeId is not null || TeamId is not null;

    public QueueState Unfiltered => new() { View = View, Sort = Sort };

    public string Url => QueryText.Url(Path,
        ("view", View == QueueView.NeedsReply ? null : WireName.Of(View)),
        ("q", Text),
        ("tenant", QueryText.Join(Tenants)),
        ("priority", QueryText.Join(Priorities)),
        ("category", QueryText.Join(Categories)),
        ("status", QueryText.Join(Statuses)),
        ("tag", QueryText.Join(Tags)),
        ("assignee", QueryText.Assignee(AssigneeId)),
        ("team", QueryText.Assignee(TeamId)),
        ("sort", Sort == TicketSort.Waiting ? null : WireName.Of(Sort)),
        ("page", Page <= 1 ? null : Page.ToString(CultureInfo.InvariantCulture)),
        ("ticket", Chosen),
        ("of", Chosen is null ? null : ChosenTenant),
        ("saved", SavedId?.ToString()));

    /// <summary>What a saved view keeps: view, filters and order, as the part of the address behind the question mark.</summary>
    public string Filter
    {
        get
        {
            var url = (WithoutChoice with { Page = 1, SavedId = null }).Url;
            return url.Length == Path.Length ? "" : url[(Path.Length + 1)..];
        }
    }

    /// <summary>The same list, whichever ticket is chosen.</summary>
    public QueueState WithoutChoice => this with { Chosen = null, ChosenTenant = null };

    internal bool IsChosen(QueueItem item) =>
        string.Equals(Chosen, item.Ticket.Number, StringComparison.OrdinalIgnoreCase) && (ChosenTenant is null || ChosenTenant == item.TenantSlug);

    internal QueueState Choosing(QueueItem? item) => this with { Chosen = item?.Ticket.Number, ChosenTenant = item?.TenantSlug };

    internal static QueueState Parse(string? view, string? text, string? tenant, string? priority, string? category, string? status, string? tag, string? assignee, string? team, string? sort, string? page, string? chosen, string? chosenTenant, string? saved) => new()
    {
        View = WireName.TryParse<QueueView>(view, out var known) ? known : known = QueueView.NeedsReply,
        Text = string.IsNullOrWhiteSpace(text) ? null : QueryText.Search(text),
        Tenants = QueryText.Split(tenant),
        Priorities = QueryText.Words<TicketPriority>(priority),
        Categories = QueryText.Words<TicketCategory>(category),
        Statuses = [.. QueryText.Words<TicketStatus>(status).Where(StatusesOf(known).Contains)],
        Tags = QueryText.Tags(tag),
        AssigneeId = TakesAssignee(known) ? QueryText.Assignee(assignee) : null,
        TeamId = known == QueueView.MyTeams ? null : QueryText.Assignee(team),
        Sort = WireName.TryParse<TicketSort>(sort, out var order) ? order : TicketSort.Waiting,
        Page = QueryText.Page(page),
        Chosen = string.IsNullOrWhiteSpace(chosen) ? null : QueryText.Search(chosen),
        ChosenTenant = string.IsNullOrWhiteSpace(chosenTenant) ? null : chosenTenant,
        SavedId = Guid.TryParse(saved, out var id) ? id : null,
    };

    /// <summary>The queue as a saved view shows it.</summary>
    internal static QueueState Of(SavedViewSummary view)
    {
        var query = QueryHelpers.ParseQuery(view.Filter);
        return Parse(Of("view"), Of("q"), Of("tenant"), Of("priority"), Of("category"), Of("status"), Of("tag"), Of("assignee"), Of("team"), Of("sort"), null, null, null, view.Id.ToString());
        string? Of(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
    }

    internal QueueQuery ToQuery(Guid me, DateTimeOffset startOfToday) => new()
    {
        Tenants = Tenants,
        NeedsReply = View == QueueView.NeedsReply && SearchText.Parse(Text).Statuses.Count == 0,
        MyTeams = View == QueueView.MyTeams,
        CriticalOrSecurity = View == QueueView.CriticalAndSecurity,
        ResolvedSince = View == QueueView.ResolvedToday ? startOfToday : null,
        Tickets = new TicketQuery
        {
            // Whoever types status:closed wants to see closed tickets, wherever they stand.
            Statuses = Statuses.Count > 0 ? Statuses : SearchText.Parse(Text).Statuses.Count > 0 ? [] : StatusesOf(View),
            Priorities = Priorities,
            Tags = Tags,
            Categories = Categories,
            AssigneeId = View switch
            {
                QueueView.MyOpen => me,
                QueueView.Unassigned => Guid.Empty,
                _ => AssigneeId,
            },
            TeamId = TeamId,
            Text = Text,
            Sort = Sort,
            Limit = PageSize,
            PageNumber = Page,
        },
    };

    internal static string Words(QueueView view) => view switch
    {
        QueueView.NeedsReply => "Needs reply",
        QueueView.MyOpen => "My open",
        QueueView.MyTeams => "My teams",
        QueueView.Unassigned => "Unassigned",
        QueueView.CriticalAndSecurity => "critical and security",
        QueueView.WaitingOnCustomers => "Waiting on customers",
        QueueView.ResolvedToday => "Resolved today",
        _ => "All",
    };

    internal static string Words(TicketSort sort) => sort switch
    {
        TicketSort.Waiting => "Longest waiting",
        TicketSort.Due => "Time to breach",
        TicketSort.Priority => "Most urgent",
        TicketSort.Updated => "Last changed",
        _ => "Newest",
    };

    /// <summary>Whether the view leaves open whose tickets it shows.</summary>
    internal static bool TakesAssignee(QueueView view) => view is not (QueueView.MyOpen or QueueView.Unassigned);

    internal static IReadOnlyList<TicketStatus> StatusesOf(QueueView view) => view switch
    {
        QueueView.WaitingOnCustomers => [TicketStatus.WaitingCustomer],
        QueueView.ResolvedToday => [TicketStatus.Resolved, TicketStatus.Closed],
        QueueView.All => Enum.GetValues<TicketStatus>(),
        _ => Unfinished,
    };
}
