using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Core.Tenants.Exports;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Tenants.Pages;

/// <summary>What an organisation's admins decide by themselves, what their plan holds, and a copy of their data.</summary>
public sealed partial class SettingsPage(
    TenantSettingsService service, LogoService logos, ExportService exports, TenantContext tenancy, ToastService toasts, NavigationManager navigation) : IDisposable
{
    private readonly Leaving _leaving = new();
    private TenantSettings? _settings;
    private string _name = "";
    private string _timeZone = "";
    private string _accent = "";
    private bool _requiresSecondFactor;
    private Error? _error;
    private Error? _saveError;
    private bool _busy;

    [Inject] private IOptions<PortalOptions> Portal { get; set; } = default!;

    private bool Locked => _busy || !RendererInfo.IsInteractive;

    private bool IsChanged => _settings is { Tenant: var saved }
        && (_name, _timeZone, _accent, _requiresSecondFactor) != (saved.Name, saved.TimeZone, saved.Accent ?? "", saved.RequiresSecondFactor);

    protected override Task OnInitializedAsync() => LoadAsync();

    public void Dispose() => _leaving.Dispose();

    private string? Problem(string field) => _saveError?.Fields.FirstOrDefault(f => f.Field == field)?.Message;

    private async Task LoadAsync()
    {
        var found = await service.GetAsync(_leaving.Token);
        _error = found.Error;
        if (!found.IsSuccess)
            return;
        _settings = found.Value;
        Revert();
    }

    private void Revert()
    {
        var saved = _settings!.Tenant;
        (_name, _timeZone, _accent, _requiresSecondFactor, _saveError) = (saved.Name, saved.TimeZone, saved.Accent ?? "", saved.RequiresSecondFactor, null);
    }

    private async Task SaveAsync()
    {
        if (Locked || !IsChanged)
            return;
        _busy = true;
        try
        {
            var before = _settings!.Tenant;
            var saved = await service.EditAsync(
                new EditSettings { Name = _name, TimeZone = _timeZone, Accent = _accent == (before.Accent ?? "") ? null : _accent, RequiresSecondFactor = _requiresSecondFactor }, before.Version, _leaving.Token);
            _saveError = saved.Error;
            if (!saved.IsSuccess)
                return;
            if (saved.Value.Name != before.Name || saved.Value.Accent != before.Accent)
            {
                ShowEverywhere();
                return;
            }
            toasts.Show(new Toast("Saved", "It holds for everybody from now on.", ToastTone.Ok));
            await LoadAsync();
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task<Error?> SetLogoAsync(ReadOnlyMemory<byte> file) => AfterLogo(await logos.SetAsync(file, _leaving.Token));

    private async Task<Error?> RemoveLogoAsync() => AfterLogo(await logos.RemoveAsync(_leaving.Token));

    private Error? AfterLogo(Result<Done> changed)
    {
        if (changed.IsSuccess)
            ShowEverywhere();
        return changed.Error;
    }

    // Name, colour and picture are in the frame, which this circuit has from its first moment.
    private void ShowEverywhere() => navigation.NavigateTo("/settings", forceLoad: true);
}
