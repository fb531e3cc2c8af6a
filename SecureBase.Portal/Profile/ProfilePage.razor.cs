using Microsoft.AspNetCore.Components;
using SecureBase.Core.Accounts;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Profile;

/// <summary>One's own name, e-mail and password.</summary>
public sealed partial class ProfilePage(ProfileService profiles, TenantContext tenancy, ToastService toasts) : IDisposable
{
    private readonly Leaving _leaving = new();
    private ProfileView? _profile;
    private Error? _failed;
    private Error? _nameError;
    private Error? _emailError;
    private Error? _passwordError;
    private string? _name;
    private string? _email;
    private string? _emailPassword;
    private string? _current;
    private string? _new;
    private bool _sending;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    private bool Busy => _sending || !RendererInfo.IsInteractive;

    protected override async Task OnInitializedAsync()
    {
        await LoadAsync();
        _name = _profile?.Name;
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var profile = await profiles.GetAsync(_leaving.Token);
        (_failed, _profile) = (profile.Error, profile.IsSuccess ? profile.Value : null);
    }

    private async Task RenameAsync()
    {
        _nameError = await SendAsync(() => profiles.RenameAsync(_name, _leaving.Token));
        if (_nameError is null)
            toasts.Show(new Toast("Your name is saved", "Open pages of yours load again to show it.", ToastTone.Ok));
    }

    private async Task ChangeEmailAsync()
    {
        _emailError = await SendAsync(() => profiles.RequestEmailAsync(_email, _emailPassword, _leaving.Token));
        _emailPassword = null;
        if (_emailError is null)
            _email = null;
    }

    private async Task CancelEmailAsync() => _emailError = await SendAsync(() => profiles.CancelEmailAsync(_leaving.Token));

    private async Task ChangePasswordAsync()
    {
        _passwordError = await SendAsync(() => profiles.ChangePasswordAsync(_current, _new, _leaving.Token));
        if (_passwordError is not null)
            return;
        (_current, _new) = (null, null);
        toasts.Show(new Toast("Your password is changed", "Your other sessions have ended.", ToastTone.Ok));
    }

    private async Task<Error?> SendAsync(Func<Task<Result<Done>>> act)
    {
        _sending = true;
        try
        {
            var done = await act();
            if (done.IsSuccess)
                await LoadAsync();
            return done.Error;
        }
        finally
        {
            _sending = false;
        }
    }
}
