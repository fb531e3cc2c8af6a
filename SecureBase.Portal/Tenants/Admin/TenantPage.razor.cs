using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Core.Tenants.Exports;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Tenants.Admin;

/// <summary>One customer: facts, plan, branding, exports and its doors. Looking is recorded in the customer's own audit log.</summary>
public sealed partial class TenantPage(
    TenantOverview overview, TenantService tenants, StaffAccess access, Caller caller, IOptions<TenantsOptions> options, ToastService toasts) : IDisposable
{
    private readonly Leaving _leaving = new();
    private TenantForm _form = new();
    private TenantDetail? _detail;
    private Error? _error;
    private Error? _saveError;
    private ConfirmDialog _suspend = default!;
    private ConfirmDialog _resume = default!;
    private ConfirmDialog _offboard = default!;
    private string? _reason;
    private string? _repeat;
    private string? _dialogError;
    private bool _busy;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    [Parameter]
    public string Slug { get; set; } = "";

    [Inject] private IOptions<PortalOptions> Portal { get; set; } = default!;

    private TenantDetail? Detail => _detail?.Tenant.Slug == Slug ? _detail : null;

    private bool CanManage => caller.Can(TenantPermissions.Manage);

    private string? NotAllowed => CanManage ? null : "Changing a tenant is for platform admins.";

    private bool Locked => _busy || !CanManage || Detail?.Tenant.Status == TenantStatus.OffBoarded || !RendererInfo.IsInteractive;

    private bool IsWrong() => _dialogError is not null;

    private bool IsChanged => Detail is { } detail && _form.IsChanged(detail.Tenant);

    protected override async Task OnParametersSetAsync()
    {
        if (_detail?.Tenant.Slug != Slug)
            await LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private string? Problem(string field) => _saveError?.Fields.FirstOrDefault(f => f.Field == field)?.Message;

    private IReadOnlyList<Excess> Consequences(TenantDetail detail) =>
        _form.TryReadQuotas(out var quotas) ? TenantOverview.Exceeding(detail.Use, _form.Plan, quotas) : [];

    private static string SecondFactorWords(TenantDetail detail) => detail.Use.WithoutSecondFactor.Count switch
    {
        0 when detail.People.Count == 0 => "Who joins sets one up with the first sign-in.",
        0 => "Everybody has one.",
        var without => $"{without} of {detail.People.Count} people have a password only; they set one up at their next sign-in.",
    };

    private async Task LoadAsync()
    {
        var found = await overview.DetailAsync(Slug, _leaving.Token);
        _error = found.Error;
        if (!found.IsSuccess)
            return;
        _detail = found.Value;
        Revert();
    }

    private void Revert()
    {
        _form = TenantForm.Of(_detail!.Tenant);
        _saveError = null;
    }

    private async Task SaveAsync()
    {
        if (Locked || !IsChanged)
            return;
        var request = _form.ToRequest(_detail!.Tenant, out var unreadable);
        await RunAsync(async () =>
        {
            var saved = unreadable ?? (await tenants.EditAsync(Slug, request, _detail.Tenant.Version, _leaving.Token)).Error;
            _saveError = saved;
            if (saved is not null)
                return;
            toasts.Show(new Toast("Saved", "Every node knows within seconds.", ToastTone.Ok));
            await LoadAsync();
        });
    }

    private Task<Error?> SetLogoAsync(ReadOnlyMemory<byte> file) => InTenantAsync(logos => logos.SetAsync(file, _leaving.Token));

    private Task<Error?> RemoveLogoAsync() => InTenantAsync(logos => logos.RemoveAsync(_leaving.Token));

    private async Task<Error?> InTenantAsync(Func<LogoService, Task<Result<Done>>> work)
    {
        var entered = await access.EnterAsync(Slug, TenantPermissions.Manage, _leaving.Token);
        if (!entered.IsSuccess)
            return entered.Error;
        Result<Done> done;
        await using (var scope = entered.Value)
            done = await work(scope.Services.GetRequiredService<LogoService>());
        if (done.IsSuccess)
        {
            // What is typed elsewhere on the page stays.
            var typed = _form;
            await LoadAsync();
            _form = typed;
        }
        return done.Error;
    }

    private Task<Result<IReadOnlyList<ExportView>>> ListExportsAsync(CancellationToken ct) => ExportsAsync(exports => exports.ListAsync(ct), ct);

    private Task<Result<ExportView>> RequestExportAsync(CancellationToken ct) => ExportsAsync(exports => exports.RequestAsync(ct), ct);

    private async Task<Result<T>> ExportsAsync<T>(Func<ExportService, Task<Result<T>>> work, CancellationToken ct)
    {
        var entered = await access.EnterAsync(Slug, TenantPermissions.Manage, ct);
        if (!entered.IsSuccess)
            return entered.Error;
        await using var scope = entered.Value;
        return await work(scope.Services.GetRequiredService<ExportService>());
    }

    private Task OpenSuspendAsync()
    {
        (_reason, _dialogError) = (null, null);
        return _suspend.OpenAsync();
    }

    private Task OpenOffboardAsync()
    {
        (_repeat, _dialogError) = (null, null);
        return _offboard.OpenAsync();
    }

    private Task SuspendAsync() => ActAsync(() => tenants.SuspendAsync(Slug, _reason, _leaving.Token), "is suspended", "Its doors close within five seconds on every node.");

    private Task ResumeAsync() => ActAsync(() => tenants.ResumeAsync(Slug, _leaving.Token), "is open again", "Its people can sign in.");

    private async Task OffboardAsync()
    {
        _dialogError = string.Equals(_repeat?.Trim(), Slug, StringComparison.Ordinal) ? null : $"This is not {Slug}. Nothing was begun.";
        if (_dialogError is null)
            await ActAsync(() => tenants.ScheduleOffboardingAsync(Slug, _leaving.Token), "leaves", $"Everything is deleted in {options.Value.OffboardingDays} days, unless you cancel it.");
    }

    private Task CancelOffboardingAsync() => ActAsync(() => tenants.CancelOffboardingAsync(Slug, _leaving.Token), "stays", "The off-boarding is cancelled.");

    private Task ActAsync<T>(Func<Task<Result<T>>> act, string fact, string next) => RunAsync(async () =>
    {
        (_dialogError, _saveError) = (null, null);
        var done = await act();
        if (done.IsSuccess)
        {
            toasts.Show(new Toast($"{_detail!.Tenant.Name} {fact}", next, ToastTone.Ok));
            await LoadAsync();
        }
        else if (done.Error.Kind == ErrorKind.Invalid)
        {
            _dialogError = done.Error.Message;
        }
        else
        {
            _saveError = done.Error;
        }
    });

    private async Task RunAsync(Func<Task> act)
    {
        _busy = true;
        try
        {
            await act();
        }
        finally
        {
            _busy = false;
        }
    }
}
