using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using SecureBase.Core.Factors;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Account;

/// <summary>What js/passkeys.js asks and answers. All take the form's token; none answers about anybody but the caller.</summary>
internal static class PasskeyEndpoints
{
    internal static void MapPasskeys(this IEndpointRouteBuilder routes)
    {
        var passkeys = routes.MapGroup("/account/passkeys").ExcludeFromDescription();
        passkeys.MapPost("/options", OptionsAsync).AllowAnonymous();
        passkeys.MapPost("", AddAsync);
        passkeys.MapPost("/confirm", ConfirmAsync);
    }

    private static async Task<IResult> OptionsAsync(HttpContext http, PasskeyCeremony ceremony, BrowserSignIn browser, ConfirmationService confirmation, UserManager<Person> people, Caller caller, [FromForm] string? use)
    {
        if (!WireName.TryParse<PasskeyUse>(use, out var wanted))
            return Refused(StatusCodes.Status400BadRequest, FactorErrors.PasskeyRefused);
        if (wanted == PasskeyUse.SignIn)
            return Prompt(await ceremony.AskAsync(http, wanted, personId: null));
        if (caller.IsKnown && wanted == PasskeyUse.Confirm)
            return Prompt(await ceremony.AskAsync(http, wanted, caller.Actor.PersonId));
        if (caller.IsKnown && wanted == PasskeyUse.Register)
        {
            return await confirmation.ConfirmedUntilAsync(http.RequestAborted) is null
                ? Refused(StatusCodes.Status409Conflict, Core.Access.SessionConfirmation.Needed)
                : Prompt(await ceremony.OfferAsync(http, caller.Actor.PersonId, (await people.FindByIdAsync(caller.Actor.PersonId.ToString()))!.Email!, caller.Actor.Name));
        }
        return await browser.WaitingAsync(http) switch
        {
            { MustEnrol: false, HasPasskey: true } waiting when wanted == PasskeyUse.SecondFactor => Prompt(await ceremony.AskAsync(http, wanted, waiting.PersonId)),
            { MustEnrol: true } waiting when wanted == PasskeyUse.Register => Prompt(await ceremony.OfferAsync(http, waiting.PersonId, waiting.Email, waiting.Email)),
            _ => Refused(StatusCodes.Status409Conflict, FactorErrors.SignInOver),
        };
    }

    private static async Task<IResult> AddAsync(HttpContext http, PasskeyCeremony ceremony, FactorService factors, Caller caller, [FromForm] string? challenge, [FromForm] string? credential, [FromForm] string? name)
    {
        if (await ceremony.RegisteredAsync(http, caller.Actor.PersonId, challenge, credential) is not { } made)
            return Refused(StatusCodes.Status409Conflict, FactorErrors.PasskeyRefused);
        var added = await factors.AddPasskeyAsync(name, made, http.RequestAborted);
        return added.IsSuccess ? TypedResults.Json(new { codes = added.Value.Codes }) : Refused(StatusCodes.Status409Conflict, added.Error);
    }

    private static async Task<IResult> ConfirmAsync(HttpContext http, PasskeyCeremony ceremony, ConfirmationService confirmation, Caller caller, [FromForm] string? challenge, [FromForm] string? credential)
    {
        var confirmed = await confirmation.WithPasskeyAsync(await ceremony.VerifyAsync(http, PasskeyUse.Confirm, caller.Actor.PersonId, challenge, credential), http.RequestAborted);
        return confirmed.IsSuccess ? TypedResults.Json(new { }) : Refused(StatusCodes.Status409Conflict, confirmed.Error);
    }

    private static ContentHttpResult Prompt(PasskeyPrompt prompt) =>
        TypedResults.Text($$"""{"challenge":"{{prompt.Challenge}}","options":{{prompt.OptionsJson}}}""", "application/json");

    private static JsonHttpResult<Refusal> Refused(int status, Error error) => TypedResults.Json(new Refusal(error.Code, error.Message), statusCode: status);

    private sealed record Refusal(string Code, string Message);
}
