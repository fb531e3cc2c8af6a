using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SecureBase.Core.Access;
using SecureBase.Core.Factors;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Account;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Security;

/// <summary>How the caller signs in, and where they are signed in. What needs a fresh proof asks for it and then goes on by itself.</summary>
public sealed partial class SecurityPage(FactorService factorService, SessionService sessionService, ConfirmationService confirmation, TenantContext tenancy, ToastService toasts, IJSRuntime script) : IAsyncDisposable
{
    private static readonly TimeSpan PatienceWithDevices = TimeSpan.FromMinutes(6);

    private readonly Leaving _leaving = new();
    private FactorOverview? _factors;
    private IReadOnlyList<SessionView>? _sessions;
    private AuthenticatorOffer? _offer;
    private IReadOnlyList<string>? _codes;
    private PasskeyView? _removing;
    private Guid? _renaming;
    private Exception? _failure;
    private Error? _error;
    private Error? _codeError;
    private string _code = "";
    private string _newName = "";
    private bool _busy;
    private IJSObjectReference? _passkeys;
    private ConfirmDialog _removeApp = default!;
    private ConfirmDialog _removePasskey = default!;
    private ConfirmDialog _renewCodes = default!;
    private ConfirmDialog _endOthers = default!;
    private IdentityDialog _identity = default!;

    protected override Task OnInitializedAsync() => LoadAsync();

    public async ValueTask DisposeAsync()
    {
        _leaving.Dispose();
        try
        {
            if (_passkeys is not null)
                await _passkeys.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and the module with it.
        }
    }

    internal static string MethodInWords(string method) => method switch
    {
        SignInMethods.Password => "password",
        SignInMethods.PasswordAndTotp => "password and authenticator app",
        SignInMethods.PasswordAndRecoveryCode => "password and recovery code",
        SignInMethods.PasswordAndPasskey => "password and passkey",
        _ => "passkey",
    };

    private async Task LoadAsync()
    {
        try
        {
            _failure = null;
            _factors = await factorService.OverviewAsync(_leaving.Token);
            _sessions = await sessionService.ListAsync(_leaving.Token);
        }
        catch (Exception failure) when (failure is System.Data.Common.DbException or TimeoutException)
        {
            _failure = failure;
        }
    }

    private Task OfferAsync() => RunAsync(async () =>
    {
        var offered = await factorService.OfferAuthenticatorAsync(_leaving.Token);
        if (offered.IsSuccess)
            (_offer, _code, _codeError) = (offered.Value, "", null);
        return offered.Error;
    });

    private async Task ConfirmOfferAsync()
    {
        _codeError = null;
        await RunAsync(async () =>
        {
            var confirmed = await factorService.ConfirmAuthenticatorAsync(_code, _leaving.Token);
            if (confirmed.Error == FactorErrors.WrongCode)
            {
                (_codeError, _code) = (confirmed.Error, "");
                return null;
            }
            if (confirmed.IsSuccess)
            {
                _offer = null;
                Keep(confirmed.Value.Codes);
                toasts.Show(new Toast("Your authenticator app is set up", "From now on signing in asks for its code.", ToastTone.Ok));
            }
            return confirmed.Error;
        });
    }

    private Task RemoveAppAsync() => RunAsync(async () => Told((await factorService.RemoveAuthenticatorAsync(_leaving.Token)).Error, "Your authenticator app is removed"));

    private Task RenewCodesAsync() => RunAsync(async () =>
    {
        var renewed = await factorService.RenewRecoveryCodesAsync(_leaving.Token);
        if (renewed.IsSuccess)
            Keep(renewed.Value.Codes);
        return renewed.Error;
    });

    private Task AddPasskeyAsync() => RunAsync(async () =>
    {
        // Before the device is asked: nobody wants to touch it twice.
        if (await confirmation.ConfirmedUntilAsync(_leaving.Token) is null)
            return SessionConfirmation.Needed;
        _passkeys ??= await script.InvokeAsync<IJSObjectReference>("import", "./js/passkeys.js");
        var own = _sessions?.FirstOrDefault(s => s.IsThis);
        var answer = await _passkeys.InvokeAsync<PasskeyAnswer>("register", PatienceWithDevices, BrowserName.Of(own?.UserAgent));
        if (!answer.Ok)
            return new Error(ErrorKind.Conflict, answer.Code ?? "passkey_refused", answer.Message ?? FactorErrors.PasskeyRefused.Message);
        Keep(answer.Codes ?? []);
        toasts.Show(new Toast("The passkey is added", "Give it a name by which you will know it.", ToastTone.Ok));
        return null;
    });

    private async Task RenameAsync()
    {
        if (_renaming is not { } id)
            return;
        await RunAsync(async () =>
        {
            var renamed = await factorService.RenamePasskeyAsync(id, _newName, _leaving.Token);
            if (renamed.IsSuccess)
                _renaming = null;
            return renamed.Error;
        });
    }

    private Task AskToRemoveAsync(PasskeyView passkey)
    {
        _removing = passkey;
        return _removePasskey.OpenAsync();
    }

    private Task RemovePasskeyAsync() => RunAsync(async () => Told((await factorService.RemovePasskeyAsync(_removing!.Id, _leaving.Token)).Error, $"{_removing.Name} is removed"));

    private Task EndAsync(SessionView session) => RunAsync(async () => Told((await sessionService.EndAsync(session.Id, _leaving.Token)).Error, $"{BrowserName.Of(session.UserAgent)} is signed out"));

    private Task EndOthersAsync() => RunAsync(async () => Told((await sessionService.EndOthersAsync(_leaving.Token)).Error, "All other sessions are ended"));

    private void Keep(IReadOnlyList<string> codes)
    {
        if (codes.Count > 0)
            _codes = codes;
    }

    private Error? Told(Error? error, string done)
    {
        if (error is null)
            toasts.Show(new Toast(done, null, ToastTone.Ok));
        return error;
    }

    // A dialog must not wait for the question it leads to, which opens on top of it once it has closed.
    private async Task RunAsync(Func<Task<Error?>> act)
    {
        (_error, _busy) = (null, true);
        try
        {
            _error = await act();
        }
        finally
        {
            _busy = false;
        }
        if (_error?.Code == SessionConfirmation.Needed.Code)
        {
            _error = null;
            _ = InvokeAsync(() => AskAndRunAsync(act));
            return;
        }
        await LoadAsync();
    }

    private async Task AskAndRunAsync(Func<Task<Error?>> act)
    {
        try
        {
            if (!await _identity.AskAsync())
                return;
            await RunAsync(act);
            StateHasChanged();
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }
}
