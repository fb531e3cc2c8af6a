using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Tenants.Admin;

/// <summary>Creates a tenant and invites its first admin.</summary>
public sealed partial class NewTenantPage(TenantService tenants, NavigationManager navigation, ToastService toasts, IJSRuntime script) : IDisposable
{
    private static readonly TimeSpan Typing = TimeSpan.FromMilliseconds(250);

    // Of the fields in the order they stand, by what an error calls them.
    private static readonly (string Field, string Id)[] Places = [("name", "name"), ("slug", "slug"), ("time_zone", "time-zone"), ("admin_name", "admin-name"), ("admin_email", "admin-email")];

    private readonly Leaving _leaving = new();
    private readonly NewTenantForm _form = new();
    private CancellationTokenSource _typing = new();
    private string? _proposed;
    private string? _slugFault;
    private string? _slugFree;
    private Error? _error;
    private bool _sending;
    private string? _focus;

    [Inject] private IOptions<PortalOptions> Portal { get; set; } = default!;

    private bool Locked => _sending || !RendererInfo.IsInteractive;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focus is not { } place)
            return;
        _focus = null;
        await using var focus = await script.InvokeAsync<IJSObjectReference>("import", "./js/scroll.js");
        await focus.InvokeVoidAsync("focus", place);
    }

    public void Dispose()
    {
        _typing.Dispose();
        _leaving.Dispose();
    }

    private string? Problem(string field) => _error?.Fields.FirstOrDefault(f => f.Field == field)?.Message;

    // The name proposes an address until somebody writes one.
    private async Task ProposeAsync()
    {
        if (!string.IsNullOrEmpty(_form.Slug) && _form.Slug != _proposed)
            return;
        _form.Slug = _proposed = Propose(_form.Name);
        await CheckAsync();
    }

    private async Task CheckAsync()
    {
        (_slugFault, _slugFree) = (null, null);
        await _typing.CancelAsync();
        _typing.Dispose();
        _typing = new CancellationTokenSource();
        var slug = _form.Slug.Trim().ToLowerInvariant();
        if (slug.Length == 0)
            return;
        var typed = _typing.Token;
        await Task.Delay(Typing, typed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (typed.IsCancellationRequested)
            return;
        var answer = await tenants.CheckSlugAsync(slug, _leaving.Token);
        if (typed.IsCancellationRequested)
            return;
        _slugFault = answer.IsSuccess ? answer.Value : answer.Error.Message;
        _slugFree = _slugFault is null ? slug : null;
    }

    private async Task SubmitAsync()
    {
        if (_sending)
            return;
        _sending = true;
        try
        {
            var created = string.IsNullOrWhiteSpace(_form.AdminEmail)
                ? Error.Invalid("admin_email", "A tenant needs somebody who can come in: name its first admin's e-mail address.")
                : await tenants.CreateAsync(new NewTenant(_form.Slug, _form.Name, _form.Plan, _form.TimeZone, Admin: new FirstAdmin(_form.AdminName, _form.AdminEmail)), _leaving.Token);
            _error = created.Error;
            if (!created.IsSuccess)
            {
                _slugFault = null;
                _focus = Places.FirstOrDefault(place => _error!.Fields.Any(f => f.Field == place.Field)).Id;
                return;
            }
            toasts.Show(new Toast($"{created.Value.Name} is created", $"The invitation for {_form.AdminEmail.Trim()} is on its way.", ToastTone.Ok));
            navigation.NavigateTo($"/tenants/{created.Value.Slug}");
        }
        finally
        {
            _sending = false;
        }
    }

    private static string Propose(string name)
    {
        var slug = new StringBuilder();
        foreach (var c in name.Normalize(NormalizationForm.FormD))
        {
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(char.ToLowerInvariant(c));
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }
        var text = slug.ToString();
        return (text.Length > TenantSlug.MaxLength ? text[..TenantSlug.MaxLength] : text).Trim('-');
    }

    private sealed class NewTenantForm
    {
        public string Name { get; set; } = "";
        public string Slug { get; set; } = "";
        public Plan Plan { get; set; }
        public string TimeZone { get; set; } = "Etc/UTC";
        public string AdminName { get; set; } = "";
        public string AdminEmail { get; set; } = "";
    }
}
