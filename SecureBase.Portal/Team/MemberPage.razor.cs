using Microsoft.AspNetCore.Components;
using SecureBase.Core.Factors;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Team;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Team;

/// <summary>One person of the team: role, access, what they did. What the caller may not do is disabled and says why.</summary>
public sealed partial class MemberPage(TeamService team, FactorService factors, TenantContext tenancy, Caller caller, ToastService toasts) : IDisposable
{
    private const int ActivityPage = 25;

    private readonly Leaving _leaving = new();
    private readonly List<PersonActivity> _activity = [];
    private MemberView? _member;
    private Error? _failed;
    private Error? _error;
    private string? _name;
    private string? _role;
    private string? _older;
    private bool _isLastAdmin;
    private bool _acting;
    private ConfirmDialog _deactivation = default!;
    private ConfirmDialog _reactivation = default!;
    private ConfirmDialog _factorReset = default!;

    [Parameter] public Guid Person { get; set; }

    private bool Busy => _acting || !RendererInfo.IsInteractive;
    private bool IsMe => Person == caller.Actor.PersonId;
    private bool Changed => _member is not null && (_name?.Trim() != _member.Name || _role != _member.Role);

    private string? ActReason => _member is not null && !IsMe && !TeamRules.MayManage(caller.Actor.Role, _member.Role) ? TeamErrors.AboveYou(_member.Role).Message : null;
    private string? EditReason => ActReason;
    private string? RoleReason => IsMe ? TeamErrors.OwnRole.Message : ActReason ?? (_isLastAdmin ? TeamErrors.LastAdmin(_member!.Role).Message : null);
    private string? DeactivationReason => IsMe ? TeamErrors.OwnAccount.Message : ActReason ?? (_isLastAdmin ? TeamErrors.LastAdmin(_member!.Role).Message : null);

    protected override async Task OnParametersSetAsync()
    {
        if (_member?.Id == Person)
            return;
        _member = null;
        await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var member = await team.GetAsync(Person, _leaving.Token);
        var activity = await team.ActivityAsync(Person, ActivityPage, cursor: null, _leaving.Token);
        var admins = await team.ListAsync(new TeamQuery { Roles = [PersonRules.TopRole(tenancy.Tenant)], Statuses = [MemberStatus.Active, MemberStatus.Locked], Limit = 2 }, _leaving.Token);
        _failed = member.Error ?? activity.Error ?? admins.Error;
        if (_failed is not null)
            return;
        Show(member.Value);
        _isLastAdmin = admins.Value.Items is [var only] && only.Id == Person;
        _activity.Clear();
        _activity.AddRange(activity.Value.Items);
        _older = activity.Value.NextCursor;
    }

    // What is being typed stays, whatever someone else changed meanwhile.
    private void Show(MemberView member)
    {
        if (_member is null || _name == _member.Name)
            _name = member.Name;
        if (_member is null || _role == _member.Role)
            _role = member.Role;
        _member = member;
    }

    private async Task OlderAsync()
    {
        var older = await team.ActivityAsync(Person, ActivityPage, _older, _leaving.Token);
        _error = older.Error;
        if (!older.IsSuccess)
            return;
        _activity.AddRange(older.Value.Items);
        _older = older.Value.NextCursor;
    }

    private Task SaveAsync()
    {
        var edit = new EditPerson { Name = _name?.Trim() == _member!.Name ? null : _name ?? "", Role = _role == _member.Role ? null : _role };
        return ActAsync(() => team.EditAsync(Person, edit, _member.Version, _leaving.Token), edit.Role is null ? "The name is saved" : $"{_member.Name} is {TeamWords.Role(edit.Role)} now");
    }

    private Task UnlockAsync() => ActAsync(() => team.UnlockAsync(Person, _leaving.Token), $"{_member!.Name} can sign in again");

    private Task DeactivateAsync() => ActAsync(() => team.DeactivateAsync(Person, _leaving.Token), $"{_member!.Name} is deactivated");

    private Task ReactivateAsync() => ActAsync(() => team.ReactivateAsync(Person, _leaving.Token), $"{_member!.Name} is active again");

    private Task ResetFactorsAsync() => ActAsync(async () =>
    {
        var reset = await factors.ResetAsync(Person, _leaving.Token);
        return reset.IsSuccess ? await team.GetAsync(Person, _leaving.Token) : reset.Error;
    }, $"The second factor of {_member!.Name} is reset");

    private async Task ActAsync(Func<Task<Result<MemberView>>> act, string done)
    {
        _acting = true;
        try
        {
            var result = await act();
            _error = result.Error;
            if (!result.IsSuccess)
                return;
            (_name, _role) = (result.Value.Name, result.Value.Role);
            toasts.Show(new Toast(done, null, ToastTone.Ok));
            await LoadAsync();
        }
        finally
        {
            _acting = false;
        }
    }
}
