using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Account.Pages;

/// <summary>E-mail and password, or a passkey, for the people of this host's tenant. A plain document: it works without a circuit.</summary>
public sealed partial class SignInPage
{
    private Error? _error;
    private Error? _passkeyError;

    [Inject] private BrowserSignIn Browser { get; set; } = default!;
    [Inject] private TenantContext Tenancy { get; set; } = default!;
    [Inject] private IOptions<PortalOptions> Portal { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [CascadingParameter] private HttpContext Http { get; set; } = default!;
    [SupplyParameterFromForm] private Credentials Form { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "return_url")] private string? ReturnUrl { get; set; }

    private TenantInfo Tenant => Tenancy.Tenant;

    private string FindOrganisation => HostAddress.Of(Http.Request, Portal.Value.BaseDomain);

    protected override void OnInitialized()
    {
        Form ??= new Credentials();
        // Who is signed in has no business here; a second sign-in would only confuse which session counts.
        if (HttpMethods.IsGet(Http.Request.Method) && Http.User.Identity is { IsAuthenticated: true })
            Navigation.NavigateTo(LocalUrl.OrStart(ReturnUrl));
    }

    private async Task SubmitAsync()
    {
        var begun = await Browser.SignInAsync(Http, Form.Email, Form.Password);
        _error = begun.Error;
        if (begun.IsSuccess)
            Navigation.NavigateTo(begun.Value ? LocalUrl.OrStart(ReturnUrl) : SecondFactorPage.Address(ReturnUrl));
    }

    private async Task WithPasskeyAsync()
    {
        var signedIn = await Browser.SignInWithPasskeyAsync(Http, Form.Challenge, Form.Credential);
        _passkeyError = signedIn.Error;
        if (signedIn.IsSuccess)
            Navigation.NavigateTo(LocalUrl.OrStart(ReturnUrl));
    }

    private sealed class Credentials
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
        public string? Challenge { get; set; }
        public string? Credential { get; set; }
    }
}
