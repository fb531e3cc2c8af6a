using System.Net.Mail;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Identity;

/// <summary>A new person with a first password.</summary>
public sealed record NewPerson(string? Email, string? DisplayName, string? Role, string? Password);

/// <summary>Adds people to this scope's tenant.</summary>
public sealed class PeopleService(UnitOfWork unit, TenantContext tenant, IPasswordHasher<Person> hasher, ILookupNormalizer normalizer)
{
    public const int PasswordMin = 12;
    public const int PasswordMax = 128;

    public static readonly Permission Manage = new("team.manage", "team:manage", [Roles.Admin, Roles.PlatformAdmin]);

    /// <summary>Adds a person. Errors: invalid fields, an e-mail that is taken in this tenant, the plan's limit of people reached.</summary>
    public async Task<Result<PersonSummary>> AddAsync(NewPerson request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var email = request.Email?.Trim() ?? "";
        var name = request.DisplayName?.Trim() ?? "";
        if (email.Length > 254 || !MailAddress.TryCreate(email, out var parsed) || parsed.Address != email)
            errors.Add(new("email", "This is no e-mail address: it looks like name@organisation.example."));
        if (name.Length is < 1 or > 120)
            errors.Add(new("display_name", "A name has 1 to 120 characters."));
        var roles = tenant.Tenant.IsOperator ? Roles.Operator : Roles.Tenant;
        if (!roles.Contains(request.Role))
            errors.Add(new("role", $"The role is one of {string.Join(", ", roles)}."));
        if (request.Password is not { Length: >= PasswordMin and <= PasswordMax })
            errors.Add(new("password", $"A password has {PasswordMin} to {PasswordMax} characters."));
        if (errors.Count > 0)
            return Error.Invalid(errors);

        return await unit.ChangeAsync<PersonSummary>(Manage, "person.added", async (change, ct) =>
        {
            var normalized = normalizer.NormalizeEmail(email);
            await change.Db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"people:" + tenant.Tenant.Id}, 0))", ct);
            if (await change.Db.Users.AnyAsync(p => p.NormalizedEmail == normalized, ct))
                return new Error(ErrorKind.Conflict, "email_taken", "Someone in this organisation already has this e-mail address.");
            var limit = tenant.Tenant.Limits.Users;
            if (!tenant.Tenant.IsOperator && await change.Db.Users.CountAsync(p => p.Kind == PersonKind.Human, ct) >= limit)
                return new Error(ErrorKind.QuotaExceeded, "user_quota_exceeded", $"Your plan includes {limit} people and all places are taken.");
            var person = new Person(Guid.CreateVersion7(change.At), PersonKind.Human, email, name, request.Role!, change.At)
            {
                NormalizedEmail = normalized, NormalizedUserName = normalized, SecurityStamp = Guid.CreateVersion7().ToString("N"),
            };
            person.PasswordHash = hasher.HashPassword(person, request.Password!);
            change.Db.Users.Add(person);
            change.Audit("person.added", "person", person.Id, new { person.Role });
            return new PersonSummary(person.Id, person.DisplayName, email, person.Role);
        }, ct);
    }
}

/// <summary>A person as lists show them.</summary>
public sealed record PersonSummary(Guid Id, string Name, string Email, string Role);
