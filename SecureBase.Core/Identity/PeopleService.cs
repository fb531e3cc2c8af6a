using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Identity;

/// <summary>A new person with a first password.</summary>
public sealed record NewPerson(string? Email, string? DisplayName, string? Role, string? Password);

/// <summary>Adds people to this scope's tenant without asking them: for commands and the demo. Everybody else is invited.</summary>
public sealed class PeopleService(UnitOfWork unit, TenantContext tenant, IPasswordHasher<Person> hasher, ILookupNormalizer normalizer)
{
    public const int PasswordMax = PasswordRules.Max;

    public static readonly Permission Manage = new("team.manage", "team:manage", [Roles.Admin, Roles.PlatformAdmin]);

    /// <summary>Adds a person. Errors: invalid fields, an e-mail that is taken in this tenant, the plan's limit of people reached.</summary>
    public async Task<Result<PersonSummary>> AddAsync(NewPerson request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var email = PersonRules.Email(request.Email, errors);
        var name = PersonRules.Name(request.DisplayName, errors, "display_name");
        var role = PersonRules.Role(request.Role, tenant.Tenant, errors);
        if (PasswordRules.Check(request.Password, email, tenant.Tenant) is { } weak)
            errors.Add(weak);
        if (errors.Count > 0)
            return Error.Invalid(errors);

        return await unit.ChangeAsync<PersonSummary>(Manage, "person.added", async (change, ct) =>
        {
            var normalized = normalizer.NormalizeEmail(email);
            await change.LockPeopleAsync(tenant.Tenant, ct);
            if (await change.Db.Users.AnyAsync(p => p.NormalizedEmail == normalized, ct))
                return new Error(ErrorKind.Conflict, "email_taken", "Someone in this organisation already has this e-mail address.");
            if (await change.NoPlaceAsync(tenant.Tenant, instead: null, ct) is { } full)
                return full;
            var person = new Person(Guid.CreateVersion7(change.At), PersonKind.Human, email, name, role, change.At) { NormalizedEmail = normalized, NormalizedUserName = normalized };
            person.SetPassword(hasher.HashPassword(person, request.Password!), change.At);
            change.Db.Users.Add(person);
            change.Audit("person.added", "person", person.Id, new { person.Role });
            return new PersonSummary(person.Id, person.DisplayName, email, person.Role);
        }, ct);
    }
}

/// <summary>A person as lists show them.</summary>
public sealed record PersonSummary(Guid Id, string Name, string Email, string Role);
