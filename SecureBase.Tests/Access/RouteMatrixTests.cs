using System.Net;
using System.Text;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Api;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Surfaces;
using Xunit.Abstractions;

namespace SecureBase.Tests.Access;

/// <summary>
/// Every route of <c>/v1</c>, found in the running portal, called with a key of every role and every single scope. Who gets past
/// the door is compared with the contract's table; ids lead nowhere, so that whoever gets in changes nothing.
/// </summary>
public sealed class RouteMatrixTests(RouteMatrixTests.Keys keys, ITestOutputHelper output) : IClassFixture<RouteMatrixTests.Keys>
{
    [Fact]
    public async Task EveryRoute_OpensToTheRolesAndScopesOfTheContract_AndToNoOther()
    {
        var tried = 0;
        List<string> wrong = [];
        foreach (var endpoint in PortalEndpoints.Of(keys.Portal.Services).Where(ApiRoute.Is))
        {
            var name = PortalEndpoints.Name(endpoint);
            var permission = endpoint.Metadata.GetMetadata<RequiredPermission>()?.Permission ?? throw new InvalidOperationException($"{name} names no permission.");
            foreach (var ((role, scope), key) in keys.All)
            {
                using var caller = keys.Portal.Call(key);
                using var answer = await caller.SendAsync(HttpMethod.Parse(name.Split(' ')[0]), PathLeadingNowhere(name), Body(name), ("If-Match", "\"1\""));
                var admitted = answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized);
                if (admitted != ContractPermissions.Allows(permission.Name, role, scope))
                    wrong.Add($"{name} ({permission.Name}) answers {(int)answer.StatusCode} to {role} with {scope}: {await answer.Content.ReadAsStringAsync()}");
                tried++;
            }
        }
        output.WriteLine($"{tried} calls");
        Assert.True(tried > 0);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
    }

    [Fact]
    public void EveryPermission_StandsInTheContractsTable_WithItsRolesAndScope() => Assert.All(
        PermissionCatalogue.All.Where(p => p.Scope is not null),
        permission =>
        {
            foreach (var role in (string[])[.. Roles.Tenant, .. Roles.Operator])
                Assert.True(ContractPermissions.Allows(permission.Name, role, permission.Scope) == permission.GrantedTo.Contains(role), $"{permission.Name} for {role}");
        });

    private static string PathLeadingNowhere(string name) =>
        System.Text.RegularExpressions.Regex.Replace(name.Split(' ')[1], @"\{[^}]+\}", match => match.Value.Contains("guid", StringComparison.Ordinal) ? Guid.CreateVersion7().ToString() : "nowhere-at-all");

    private static StringContent? Body(string name) => name.StartsWith("GET", StringComparison.Ordinal) ? null : new StringContent("{}", Encoding.UTF8, "application/json");

    /// <summary>A key for each role and scope, made by the product and then given what no service would: a role and a scope that need not fit.</summary>
    public sealed class Keys : IAsyncLifetime
    {
        private readonly PortalFixture _fixture = new();

        internal PortalFactory Portal => _fixture.Portal;

        internal Dictionary<(string Role, string Scope), string> All { get; } = [];

        public async Task InitializeAsync()
        {
            await _fixture.InitializeAsync();
            var customer = await _fixture.Given.TenantAsync();
            var provider = await _fixture.Given.OperatorAsync();
            foreach (var (tenant, role) in Roles.Tenant.Select(role => (customer, role)).Concat(Roles.Operator.Select(role => (provider, role))))
            {
                foreach (var scope in (string[])[.. ApiScopes.Tenant, .. ApiScopes.Operator])
                {
                    var key = await tenant.ApiKeyAsync("tickets:read");
                    await Sql.ExecuteAsync(_fixture.Database.SuperuserConnectionString, $"""
                        update api_keys set scopes = array['{scope}'] where id = '{key.Id}';
                        update people set role = '{role}' where id = (select service_person_id from api_keys where id = '{key.Id}')
                        """);
                    All.Add((role, scope), key.Text);
                }
            }
        }

        public Task DisposeAsync() => _fixture.DisposeAsync();
    }
}
