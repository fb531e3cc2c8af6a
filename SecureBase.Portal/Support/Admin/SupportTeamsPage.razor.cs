using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Teams;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Admin;

/// <summary>Where leads make teams. The open team is in the address.</summary>
public sealed partial class SupportTeamsPage(SupportTeamService service, StaffDirectory directory, NavigationManager navigation, ToastService toasts) : IDisposable
{
    private const string New = "new";

    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("New team", "C"), .. ShortcutSheet.Everywhere];

    private readonly Leaving _leaving = new();
    private readonly HashSet<Guid> _members = [];
    private IReadOnlyList<SupportTeamView>? _teams;
    private IReadOnlyList<PersonRef> _staff = [];
    private SupportTeamView? _open;
    private ConfirmDialog _deleting = default!;
    private Error? _error;
    private Error? _refused;
    private string? _filled;
    private string _name = "";
    private string _purpose = "";
    private bool _newer;
    private bool _busy;

    /// <summary>The id of the team in the form; <c>new</c> for an empty one.</summary>
    [SupplyParameterFromQuery(Name = "team")] private string? Team { get; set; }

    // Not before it was filled: what is typed while the teams are read would be lost.
    private bool IsOpen => _filled == Team && (Team == New || _open is not null);

    protected override async Task OnParametersSetAsync()
    {
        if (_teams is null)
            await LoadAsync();
        if (_filled != Team)
            Fill();
    }

    public void Dispose()
    {
        _leaving.Dispose();
    }

    private async Task LoadAsync()
    {
        var read = await service.ListAsync(_leaving.Token);
        _error = read.Error;
        if (!read.IsSuccess)
            return;
        (_teams, _staff) = (read.Value, await directory.ListAsync(_leaving.Token));
        _newer = _open is { } open && _teams.FirstOrDefault(t => t.Id == open.Id) is { } now && now.Version > open.Version;
    }

    private void Fill()
    {
        (_filled, _refused, _newer) = (Team, null, false);
        _open = Guid.TryParse(Team, out var id) ? _teams?.FirstOrDefault(t => t.Id == id) : null;
        (_name, _purpose) = (_open?.Name ?? "", _open?.Purpose ?? "");
        _members.Clear();
        _members.UnionWith(_open?.Members.Select(m => m.Id) ?? []);
    }

    private void Toggle(Guid person, bool on)
    {
        if (on)
            _members.Add(person);
        else
            _members.Remove(person);
    }

    private static string Members(int count) => count switch
    {
        0 => "nobody yet",
        1 => "one member",
        _ => $"{count} members",
    };

    private static string Address(string? team) => QueryText.Url("/teams", ("team", team));

    private static string QueueOf(SupportTeamView team) => new QueueState { View = QueueView.All, TeamId = team.Id }.Url;

    private string? Problem(string field) => _refused?.Fields.FirstOrDefault(f => f.Field == field)?.Message;

    private async Task SaveAsync()
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            var wanted = new SaveTeam { Name = _name, Purpose = _purpose, Members = [.. _members] };
            // Whoever has seen that there is a newer one and saves nevertheless means it.
            var version = _newer ? _teams!.First(t => t.Id == _open!.Id).Version : _open?.Version;
            var saved = _open is { } open ? await service.ChangeAsync(open.Id, wanted, version, _leaving.Token) : await service.CreateAsync(wanted, _leaving.Token);
            _refused = saved.Error is { Kind: ErrorKind.Stale } ? null : saved.Error;
            await LoadAsync();
            if (!saved.IsSuccess)
                return;
            toasts.Show(new Toast($"“{saved.Value.Name}” is saved", "Tickets can be given to it.", ToastTone.Ok));
            navigation.NavigateTo(Address(null));
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task DeleteAsync()
    {
        if (_open is not { } open)
            return;
        var deleted = await service.DeleteAsync(open.Id, _leaving.Token);
        _refused = deleted.Error;
        await LoadAsync();
        if (!deleted.IsSuccess)
            return;
        toasts.Show(new Toast($"“{open.Name}” is deleted") { Act = () => CreateAgainAsync(deleted.Value) });
        navigation.NavigateTo(Address(null));
    }

    private async Task CreateAgainAsync(SaveTeam team)
    {
        var back = await service.CreateAsync(team, CancellationToken.None);
        toasts.Show(back.IsSuccess ? new Toast($"“{back.Value.Name}” is back", null, ToastTone.Ok) : new Toast("It could not be undone", back.Error.Message, ToastTone.Warn));
    }
}
