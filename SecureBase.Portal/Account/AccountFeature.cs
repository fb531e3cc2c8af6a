using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Access;

namespace SecureBase.Portal.Account;

internal static class AccountFeature
{
    internal static IServiceCollection AddAccount(this IServiceCollection services)
    {
        services.AddOptions<SecondFactorOptions>().Configure<IHostEnvironment>((options, environment) =>
            options.StaffSecondFactor ??= environment.IsDevelopment() ? SecondFactorDemand.Optional : SecondFactorDemand.Required);
        services.AddScoped<SignInStepCookie>();
        services.AddScoped<PasskeyCeremony>();
        return services.AddScoped<BrowserSignIn>();
    }

    internal static void MapAccount(this IEndpointRouteBuilder routes)
    {
        routes.MapPasskeys();
        routes.MapPost("/account/sign-out", async Task<RedirectHttpResult> (HttpContext http, BrowserSignIn browser, [Microsoft.AspNetCore.Mvc.FromForm] SignOut _) =>
        {
            await browser.SignOutAsync(http);
            return TypedResults.Redirect("/account/signed-out");
        }).ExcludeFromDescription();
    }

    /// <summary>An empty form: binding it is what makes the framework check the antiforgery token.</summary>
    internal sealed record SignOut;
}
