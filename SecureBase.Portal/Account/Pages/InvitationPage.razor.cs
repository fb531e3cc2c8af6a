using Microsoft.AspNetCore.Components;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Team;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Account.Pages;

/// <summary>Accepts an invitation. Knows nothing of it until its token is sent, so a look at the page reveals nothing.</summary>
public sealed partial class InvitationPage(InvitationService invitations, TenantContext tenancy)
{
    private Error? _error;
    private PersonSummary? _joined;

    [CascadingParameter] private HttpContext Http { get; set; } = default!;
    [SupplyParameterFromForm] private Acceptance Form { get; set; } = default!;

    protected override void OnInitialized() => Form ??= new Acceptance();

    private async Task SubmitAsync()
    {
        var accepted = await invitations.AcceptAsync(LinkToken.Of(Form.Token), Form.Name, Form.Password, Http.Connection.RemoteIpAddress?.ToString(), Http.RequestAborted);
        (_error, _joined) = (accepted.Error, accepted.IsSuccess ? accepted.Value : null);
    }

    private sealed class Acceptance
    {
        public string? Token { get; set; }
        public string? Name { get; set; }
        public string? Password { get; set; }
    }
}
