using Microsoft.AspNetCore.Components;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Team;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Team;

/// <summary>The organisation's people and open invitations. All list state is in the address; the list follows changes by itself.</summary>
public sealed partial class TeamPage(TeamService team, InvitationService invitations, TenantContext tenancy, Caller caller, NavigationManager navigation) : IDisposable
{
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("Invite", "I"), .. ShortcutSheet.Everywhere];
    private static readonly string InviteLink = new TeamListState { View = TeamView.Invite }.Url;

    private readonly Leaving _leaving = new();
    private TeamListState _state = new();
    private Page<MemberView>? _page;
    private List<InvitationView> _invitations = [];
    private string? _olderInvitations;
    private TeamSize? _size;
    private Error? _error;
    private string? _text;

    [SupplyParameterFromQuery(Name = "view")] private string? View { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "role")] private string? Role { get; set; }
    [SupplyParameterFromQuery(Name = "status")] private string? Status { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private string? PageNumber { get; set; }

    private IReadOnlyList<string> Assignable => [.. PersonRules.RolesOf(tenancy.Tenant).Where(role => TeamRules.MayManage(caller.Actor.Role, role))];

    private IReadOnlyList<UnderlineTabs.Tab> Tabs =>
    [
        new("People", new TeamListState().Url, _state.View == TeamView.People, _size is { } s ? s.Active + s.Deactivated : null),
        new("Invited", new TeamListState { View = TeamView.Invited }.Url, _state.View == TeamView.Invited, _size?.Invited),
        new("Invite someone", InviteLink, _state.View == TeamView.Invite, null),
    ];

    protected override async Task OnParametersSetAsync()
    {
        _state = TeamListState.Parse(View, Text, Role, Status, PageNumber, PersonRules.RolesOf(tenancy.Tenant));
        _text = _state.Text;
        await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var state = _state;
        var size = await team.SizeAsync(_leaving.Token);
        var page = await team.ListAsync(state.ToQuery(), _leaving.Token);
        var open = await invitations.ListAsync(TeamListState.PageSize, cursor: null, _leaving.Token);
        if (state != _state)
            return;
        _error = size.Error ?? page.Error ?? open.Error;
        if (_error is not null)
            return;
        (_size, _page, _invitations, _olderInvitations) = (size.Value, page.Value, [.. open.Value.Items], open.Value.NextCursor);
    }

    private async Task MoreInvitationsAsync()
    {
        var older = await invitations.ListAsync(TeamListState.PageSize, _olderInvitations, _leaving.Token);
        _error = older.Error;
        if (!older.IsSuccess)
            return;
        _invitations.AddRange(older.Value.Items);
        _olderInvitations = older.Value.NextCursor;
    }

    private string Link(Func<TeamListState, TeamListState> change) => (change(_state) with { Page = 1 }).Url;

    private void Go(Func<TeamListState, TeamListState> change) => navigation.NavigateTo(Link(change));

    private void Search() => Go(s => s with { Text = string.IsNullOrWhiteSpace(_text) ? null : _text.Trim() });
}
