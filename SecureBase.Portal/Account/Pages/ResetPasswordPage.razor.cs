using Microsoft.AspNetCore.Components;
using SecureBase.Core.Accounts;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Account.Pages;

/// <summary>Sets a new password by a mailed link. Leads to signing in, and never past it.</summary>
public sealed partial class ResetPasswordPage(PasswordResetService resets, TenantContext tenancy)
{
    private Error? _error;
    private bool _done;

    [CascadingParameter] private HttpContext Http { get; set; } = default!;
    [SupplyParameterFromForm] private NewPassword Form { get; set; } = default!;

    protected override void OnInitialized() => Form ??= new NewPassword();

    private async Task SubmitAsync()
    {
        var reset = await resets.ResetAsync(LinkToken.Of(Form.Token), Form.Password, Http.Connection.RemoteIpAddress?.ToString(), Http.RequestAborted);
        (_error, _done) = (reset.Error, reset.IsSuccess);
    }

    private sealed class NewPassword
    {
        public string? Token { get; set; }
        public string? Password { get; set; }
    }
}
