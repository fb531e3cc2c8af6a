using Microsoft.AspNetCore.Components;
using SecureBase.Core.Accounts;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Account.Pages;

/// <summary>Asks for a link to a new password. One answer for every address.</summary>
public sealed partial class ForgotPasswordPage(PasswordResetService resets, TenantContext tenancy)
{
    private bool _asked;

    [CascadingParameter] private HttpContext Http { get; set; } = default!;
    [SupplyParameterFromForm] private Request Form { get; set; } = default!;

    protected override void OnInitialized() => Form ??= new Request();

    private async Task SubmitAsync()
    {
        await resets.RequestAsync(Form.Email, Http.Connection.RemoteIpAddress?.ToString(), Http.RequestAborted);
        _asked = true;
    }

    private sealed class Request
    {
        public string? Email { get; set; }
    }
}
