using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Identity;

public static class IdentityFeature
{
    /// <summary>ASP.NET Core Identity on the tenant's own context: its stores see this tenant's people only.</summary>
    public static IServiceCollection AddPeople(this IServiceCollection services)
    {
        services.AddScoped<IPasswordHasher<Person>, PersonPasswordHasher>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = PersonPasswordHasher.Rounds);
        services.AddIdentityCore<Person>(options =>
        {
            options.User.RequireUniqueEmail = true;
            options.Password.RequiredLength = PasswordRules.Min;
            options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
        }).AddEntityFrameworkStores<SecureBaseDb>();
        services.AddScoped<PeopleService>();
        return services;
    }
}
