using Microsoft.AspNetCore.Components;
using SecureBase.Core.Accounts;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Account.Pages;

/// <summary>Confirms a new address by the link sent to it. A button and not the visit does it: mail programs open links by themselves.</summary>
public sealed partial class ConfirmEmailPage(ProfileService profiles, TenantContext tenancy)
{
    private Error? _error;
    private bool _done;

    [CascadingParameter] private HttpContext Http { get; set; } = default!;
    [SupplyParameterFromForm] private Confirmation Form { get; set; } = default!;

    protected override void OnInitialized() => Form ??= new Confirmation();

    private async Task SubmitAsync()
    {
        var confirmed = await profiles.ConfirmEmailAsync(LinkToken.Of(Form.Token), Http.Connection.RemoteIpAddress?.ToString(), Http.RequestAborted);
        (_error, _done) = (confirmed.Error, confirmed.IsSuccess);
    }

    private sealed class Confirmation
    {
        public string? Token { get; set; }
    }
}
