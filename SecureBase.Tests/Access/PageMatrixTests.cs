using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Portal.Tenancy;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Surfaces;

namespace SecureBase.Tests.Access;

/// <summary>Every page, found by reflection, opened by someone of every role at their own host. Who gets past the door is compared with the contract's table.</summary>
public sealed class PageMatrixTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    public static TheoryData<string> EveryRole => [.. Roles.Tenant, .. Roles.Operator];

    [Theory]
    [MemberData(nameof(EveryRole))]
    public async Task EveryPage_OpensToTheRolesOfTheContract_AndIsRefusedOnTheRecordToTheOthers(string role)
    {
        var tenant = Roles.Tenant.Contains(role) ? await fixture.Given.TenantAsync() : await fixture.Given.OperatorAsync();
        var person = await tenant.PersonAsync(role);
        using var browser = await person.SignInAsync();
        List<string> wrong = [];
        var refused = 0;
        foreach (var page in PageRoute.All.Where(p => !p.IsAnonymous))
        {
            var path = System.Text.RegularExpressions.Regex.Replace(page.Template, @"\{[^}]+\}", _ => Guid.CreateVersion7().ToString());
            using var answer = await browser.GetAsync(path);
            var admitted = !(answer.StatusCode == HttpStatusCode.Forbidden
                || (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString.Contains("/account/access-denied", StringComparison.Ordinal)));
            if (admitted != Allows(page, role))
                wrong.Add($"{page.Name} answers {(int)answer.StatusCode} {answer.Headers.Location} to {role}");
            refused += admitted ? 0 : 1;
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(refused, await RefusalsAsync(tenant, person));
    }

    private static bool Allows(PageRoute page, string role)
    {
        var isStaff = Roles.Operator.Contains(role);
        return page.Component.GetCustomAttributes<AuthorizeAttribute>(inherit: true).All(asked => asked switch
        {
            PagePermissionAttribute needs => ContractPermissions.Allows(needs.Permission, role, scope: null),
            { Policy: Policies.Staff } => isStaff,
            { Policy: Policies.Customer } => !isStaff,
            _ => true,
        });
    }

    private static async Task<int> RefusalsAsync(GivenTenant tenant, GivenPerson person)
    {
        await using var scope = tenant.SystemScope();
        return scope.Get<SecureBaseDb>().AuditEntries.Count(e => e.ActorId == person.Id && e.Action == "access.denied" && e.Outcome == AuditOutcome.Refused);
    }
}
