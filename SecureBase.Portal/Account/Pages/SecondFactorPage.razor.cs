using Microsoft.AspNetCore.Components;
using SecureBase.Core.Factors;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Account.Pages;

/// <summary>The second step of a sign-in, or the set-up of a second factor where one is required and missing. A plain document: no session exists yet.</summary>
public sealed partial class SecondFactorPage
{
    private const string Path = "/account/second-factor";
    private const string RecoveryCode = "recovery-code";

    private WaitingSignIn? _waiting;
    private IReadOnlyList<string>? _codes;
    private Error? _error;
    private Error? _passkeyError;

    [Inject] private BrowserSignIn Browser { get; set; } = default!;
    [Inject] private TenantContext Tenancy { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [CascadingParameter] private HttpContext Http { get; set; } = default!;
    [SupplyParameterFromForm] private Answer Form { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "return_url")] private string? ReturnUrl { get; set; }
    [SupplyParameterFromQuery(Name = "with")] private string? With { get; set; }

    private string SignIn => "/account/sign-in" + Query(("return_url", ReturnUrl));

    internal static string Address(string? returnUrl, string? with = null) => Path + Query(("return_url", returnUrl), ("with", with));

    protected override async Task OnInitializedAsync()
    {
        Form ??= new Answer();
        _waiting = await Browser.WaitingAsync(Http);
    }

    private Task WithCodeAsync() => GoOnAsync(Browser.GoOnWithCodeAsync, error => _error = error);

    private Task WithRecoveryCodeAsync() => GoOnAsync(Browser.GoOnWithRecoveryCodeAsync, error => _error = error);

    private Task WithPasskeyAsync() => GoOnAsync((http, waiting, _) => Browser.GoOnWithPasskeyAsync(http, waiting, Form.Challenge, Form.Credential), error => _passkeyError = error);

    private async Task OfferAsync()
    {
        if (_waiting is null)
            return;
        var offered = await Browser.OfferAsync(Http, _waiting);
        if (offered.IsSuccess)
            _waiting = _waiting with { Offer = offered.Value };
        else
            Show(offered.Error, error => _error = error);
    }

    private Task EnrolWithCodeAsync() => EnrolAsync((http, waiting) => Browser.EnrolWithCodeAsync(http, waiting, Form.Code), error => _error = error);

    private Task EnrolWithPasskeyAsync() => EnrolAsync((http, waiting) => Browser.EnrolWithPasskeyAsync(http, waiting, Form.Name, Form.Challenge, Form.Credential), error => _passkeyError = error);

    private async Task GoOnAsync(Func<HttpContext, WaitingSignIn, string?, Task<Result<Done>>> prove, Action<Error> show)
    {
        if (_waiting is null)
            return;
        var ended = await prove(Http, _waiting, Form.Code);
        if (ended.IsSuccess)
            Navigation.NavigateTo(LocalUrl.OrStart(ReturnUrl));
        else
            Show(ended.Error, show);
    }

    private async Task EnrolAsync(Func<HttpContext, WaitingSignIn, Task<Result<FreshRecoveryCodes>>> enrol, Action<Error> show)
    {
        if (_waiting is null)
            return;
        var enrolled = await enrol(Http, _waiting);
        if (!enrolled.IsSuccess)
            Show(enrolled.Error, show);
        else if (enrolled.Value.Codes is { Count: > 0 } codes)
            _codes = codes;
        else
            Navigation.NavigateTo(LocalUrl.OrStart(ReturnUrl));
    }

    private void Show(Error error, Action<Error> show)
    {
        show(error);
        if (error == FactorErrors.SignInOver)
            _waiting = null;
        else if (error == FactorErrors.NothingOffered)
            _waiting = _waiting! with { Offer = null };
    }

    private static string Query(params (string Name, string? Value)[] parameters)
    {
        var given = parameters.Where(p => p.Value is { Length: > 0 }).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }

    private sealed class Answer
    {
        public string? Code { get; set; }
        public string? Name { get; set; }
        public string? Challenge { get; set; }
        public string? Credential { get; set; }
    }
}
