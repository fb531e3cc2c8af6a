using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Team;
using SecureBase.Portal.Support;

namespace SecureBase.Portal.Team;

internal enum TeamView { People, Invited, Invite }

/// <summary>Everything the team's list shows is in its address; this is the address as a value.</summary>
internal sealed record TeamListState
{
    internal const int PageSize = 25;
    private const string Path = "/team";

    public TeamView View { get; init; }
    public string? Text { get; init; }
    public IReadOnlyList<string> Roles { get; init; } = [];
    public IReadOnlyList<MemberStatus> Statuses { get; init; } = [];
    public int Page { get; init; } = 1;

    public bool IsFiltered => Text is not null || Roles.Count > 0 || Statuses.Count > 0;

    /// <summary>The address of this state; changing any filter starts at the first page.</summary>
    public string Url => QueryText.Url(Path,
        ("view", View == TeamView.People ? null : WireName.Of(View)),
        ("q", Text),
        ("role", QueryText.Join(Roles)),
        ("status", QueryText.Join(Statuses)),
        ("page", Page <= 1 ? null : Page.ToString(CultureInfo.InvariantCulture)));

    /// <param name="roles">The roles there are in this organisation.</param>
    internal static TeamListState Parse(string? view, string? text, string? role, string? status, string? page, IReadOnlyList<string> roles) => new()
    {
        View = WireName.TryParse<TeamView>(view, out var chosen) ? chosen : TeamView.People,
        Text = string.IsNullOrWhiteSpace(text) ? null : QueryText.Search(text),
        Roles = [.. QueryText.Split(role).Where(roles.Contains).Distinct()],
        Statuses = QueryText.Words<MemberStatus>(status),
        Page = QueryText.Page(page),
    };

    internal TeamQuery ToQuery() => new() { Text = Text?.Replace("\0", "", StringComparison.Ordinal), Roles = Roles, Statuses = Statuses, Limit = PageSize, PageNumber = Page };
}
