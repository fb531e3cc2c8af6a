using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Search;

namespace SecureBase.Portal.Support.Pages;

/// <summary>The tabs of the customer's ticket list.</summary>
internal enum TicketTab { Recent, Open, WaitingForYou, Mine, Resolved, Closed, All }

/// <summary>"Updated" as a filter, by how far back.</summary>
internal enum UpdatedWithin { Any, Day, Week, Fortnight, Month, Quarter }

/// <summary>Everything the ticket list shows is in its address; this is the address as a value.</summary>
internal sealed record TicketListState
{
    internal const int PageSize = 25;

    /// <summary>What "recent" means.</summary>
    internal static readonly TimeSpan Recent = TimeSpan.FromDays(14);

    private const string Path = "/tickets";

    public TicketTab Tab { get; init; }
    public string? Text { get; init; }
    public IReadOnlyList<TicketPriority> Priorities { get; init; } = [];
    public IReadOnlyList<TicketCategory> Categories { get; init; } = [];
    public IReadOnlyList<TicketStatus> Statuses { get; init; } = [];
    /// <summary><see cref="Guid.Empty"/> means unassigned.</summary>
    public Guid? AssigneeId { get; init; }
    public UpdatedWithin Updated { get; init; }
    public TicketSort Sort { get; init; } = TicketSort.Updated;
    public int Page { get; init; } = 1;

    /// <summary>True when something narrows the tab, so that "nothing matches" differs from "nothing here".</summary>
    public bool IsFiltered => Text is not null || Priorities.Count > 0 || Categories.Count > 0 || Statuses.Count > 0 || AssigneeId is not null || Updated != UpdatedWithin.Any;

    /// <summary>The same tab without any filter.</summary>
    public TicketListState Unfiltered => new() { Tab = Tab, Sort = Sort };

    /// <summary>The address of this state; changing any filter starts at the first page.</summary>
    public string Url => QueryText.Url(Path,
        ("view", Tab == TicketTab.Recent ? null : WireName.Of(Tab)),
        ("q", Text),
        ("priority", QueryText.Join(Priorities)),
        ("category", QueryText.Join(Categories)),
        ("status", QueryText.Join(Statuses)),
        ("assignee", QueryText.Assignee(AssigneeId)),
        ("updated", Updated == UpdatedWithin.Any ? null : WireName.Of(Updated)),
        ("sort", Sort == TicketSort.Updated ? null : WireName.Of(Sort)),
        ("page", Page <= 1 ? null : Page.ToString(CultureInfo.InvariantCulture)));

    internal static TicketListState Parse(string? view, string? text, string? priority, string? category, string? status, string? assignee, string? updated, string? sort, string? page) => new()
    {
        Tab = WireName.TryParse<TicketTab>(view, out var tab) ? tab : tab = TicketTab.Recent,
        Text = string.IsNullOrWhiteSpace(text) ? null : QueryText.Search(text),
        Priorities = QueryText.Words<TicketPriority>(priority),
        Categories = QueryText.Words<TicketCategory>(category),
        Statuses = [.. QueryText.Words<TicketStatus>(status).Where(StatusesOf(tab).Contains)],
        AssigneeId = QueryText.Assignee(assignee),
        Updated = WireName.TryParse<UpdatedWithin>(updated, out var within) ? within : UpdatedWithin.Any,
        Sort = WireName.TryParse<TicketSort>(sort, out var order) ? order : TicketSort.Updated,
        Page = QueryText.Page(page),
    };

    internal TicketQuery ToQuery(DateTimeOffset now, Guid me) => new()
    {
        // Whoever types status:closed wants to see closed tickets, wherever they stand.
        Statuses = Statuses.Count > 0 ? Statuses : SearchText.Parse(Text).Statuses.Count > 0 ? [] : StatusesOf(Tab),
        Priorities = Priorities,
        Categories = Categories,
        RequesterId = Tab == TicketTab.Mine ? me : null,
        AssigneeId = AssigneeId,
        UpdatedSince = Since(now),
        Text = Text,
        Sort = Sort,
        Limit = PageSize,
        PageNumber = Page,
    };

    /// <summary>In words, for the filter chip.</summary>
    internal static string Words(UpdatedWithin within) => within switch
    {
        UpdatedWithin.Day => "last 24 hours",
        UpdatedWithin.Week => "last 7 days",
        UpdatedWithin.Fortnight => "last 14 days",
        UpdatedWithin.Month => "last 30 days",
        UpdatedWithin.Quarter => "last 90 days",
        _ => "any time",
    };

    internal static string Words(TicketSort sort) => sort switch
    {
        TicketSort.Created => "Newest first",
        TicketSort.Due => "Due next first",
        TicketSort.Priority => "Most urgent first",
        TicketSort.Waiting => "Longest with us first",
        _ => "Last changed first",
    };

    /// <summary>What a tab holds, and what its status filter offers.</summary>
    internal static IReadOnlyList<TicketStatus> StatusesOf(TicketTab tab) => tab switch
    {
        TicketTab.Open => [TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer],
        TicketTab.WaitingForYou => [TicketStatus.WaitingCustomer],
        TicketTab.Mine => [TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer, TicketStatus.Resolved],
        TicketTab.Resolved => [TicketStatus.Resolved],
        TicketTab.Closed => [TicketStatus.Closed],
        _ => Enum.GetValues<TicketStatus>(),
    };

    private DateTimeOffset? Since(DateTimeOffset now)
    {
        TimeSpan? chosen = Updated switch
        {
            UpdatedWithin.Day => TimeSpan.FromDays(1),
            UpdatedWithin.Week => TimeSpan.FromDays(7),
            UpdatedWithin.Fortnight => TimeSpan.FromDays(14),
            UpdatedWithin.Month => TimeSpan.FromDays(30),
            UpdatedWithin.Quarter => TimeSpan.FromDays(90),
            _ => null,
        };
        if (Tab == TicketTab.Recent)
            chosen = chosen is { } span && span < Recent ? span : Recent;
        return now - chosen;
    }
}
