using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Portal.Support;

namespace SecureBase.Portal.Tenants;

/// <summary>What the list of tenants shows, as its address.</summary>
internal sealed record TenantListState
{
    internal const int PageSize = 25;

    private const string Path = "/tenants";

    public TenantListView View { get; init; }
    public string? Text { get; init; }
    public IReadOnlyList<Plan> Plans { get; init; } = [];
    public TenantSort Sort { get; init; }
    public int Page { get; init; } = 1;

    public bool IsFiltered => Text is not null || Plans.Count > 0;

    public TenantListState Unfiltered => new() { View = View, Sort = Sort };

    public string Url => QueryText.Url(Path,
        ("view", View == TenantListView.All ? null : WireName.Of(View)),
        ("q", Text),
        ("plan", QueryText.Join(Plans)),
        ("sort", Sort == TenantSort.Name ? null : WireName.Of(Sort)),
        ("page", Page <= 1 ? null : Page.ToString(CultureInfo.InvariantCulture)));

    internal static TenantListState Parse(string? view, string? text, string? plan, string? sort, string? page) => new()
    {
        View = WireName.TryParse<TenantListView>(view, out var known) ? known : TenantListView.All,
        Text = string.IsNullOrWhiteSpace(text) ? null : text.Trim() is { Length: > TenantListQuery.TextMax } longer ? longer[..TenantListQuery.TextMax] : text.Trim(),
        Plans = QueryText.Words<Plan>(plan),
        Sort = WireName.TryParse<TenantSort>(sort, out var order) ? order : TenantSort.Name,
        Page = QueryText.Page(page),
    };

    internal TenantListQuery ToQuery() => new() { View = View, Text = Text, Plans = Plans, Sort = Sort, PageNumber = Page, Limit = PageSize };

    internal static string Words(TenantSort sort) => sort switch
    {
        TenantSort.Newest => "Newest first",
        TenantSort.People => "Most people first",
        TenantSort.Tickets => "Most urgent first",
        TenantSort.SignIn => "Last signed in first",
        _ => "By name",
    };
}
