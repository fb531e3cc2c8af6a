using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Account;

/// <summary>
/// Why the time a refusal takes tells nothing: whoever is asked for, one password is verified, at today's cost, and the same statements run
/// in the same order. How long they take is measured by <c>./bench sign-in</c>.
/// </summary>
public sealed class UniformAnswerTests : IAsyncLifetime
{
    private const string Wrong = "Not-The-Password-1";

    private readonly Verifications _verified = new();
    private readonly Statements _statements = new();
    private TestDatabase _database = null!;
    private PortalFactory _portal = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings
        {
            More = [("Messaging:PollInterval", "00:05:00")],
            Services = services =>
            {
                services.AddSingleton(_verified).AddScoped<IPasswordHasher<Person>, CountingHasher>();
                services.AddSingleton(p => PersistenceFeature.Options<SecureBaseDb>(p.GetRequiredService<NpgsqlDataSource>()).AddInterceptors(_statements).Options);
            },
        });
    }

    public async Task DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task EveryRefusal_CostsOneHashAndTheSameStatements()
    {
        var acme = await _portal.Given.TenantAsync();
        var known = await acme.PersonAsync(Roles.Viewer);
        var locked = await acme.PersonAsync(Roles.Viewer);
        for (var i = 0; i < SignInService.FailuresUntilLock; i++)
            await WorkAsync(acme, locked.Email, Wrong);
        var deactivated = await acme.PersonAsync(Roles.Viewer);
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, $"update people set deactivated_at = now() where id = '{deactivated.Id}'");
        await WorkAsync(acme, "warm@nowhere.test", Wrong);

        var work = new[]
        {
            await WorkAsync(acme, known.Email, Wrong), await WorkAsync(acme, "nobody@nowhere.test", Wrong), await WorkAsync(acme, locked.Email, GivenTenant.Password), await WorkAsync(acme, locked.Email, Wrong),
            await WorkAsync(acme, deactivated.Email, GivenTenant.Password),
        };

        Assert.NotEmpty(work[0].Statements);
        Assert.All(work, w => Assert.Equal(work[0].Statements, w.Statements));
        Assert.All(work, w => Assert.Equal(1, w.Hashes));
        Assert.All(work, w => Assert.Equal(work[0].Cookies, w.Cookies));
    }

    [Fact]
    public void NobodysPassword_CostsWhatEverybodysDoes()
    {
        using var scope = _portal.Services.CreateScope();
        var anybodys = scope.ServiceProvider.GetRequiredService<IPasswordHasher<Person>>().HashPassword(null!, GivenTenant.Password);
        // Format and iteration count of Identity's hashes are their first 13 bytes.
        Assert.Equal(Convert.FromBase64String(anybodys)[..13], Convert.FromBase64String(_portal.Services.GetRequiredService<NobodysPassword>().Hash)[..13]);
    }

    private async Task<Work> WorkAsync(GivenTenant tenant, string email, string password)
    {
        using var browser = _portal.Visit(tenant);
        var page = await browser.PageAsync("/account/sign-in");
        var form = page.QuerySelector("#email")!.Closest("form")!.QuerySelectorAll("input[name]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value") ?? "");
        (form["Form.Email"], form["Form.Password"]) = (email, password);
        var hashes = _verified.Count;
        _statements.Texts.Clear();
        using var answer = await browser.SendAsync(HttpMethod.Post, "/account/sign-in", new FormUrlEncodedContent(form));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new Work([.. _statements.Texts], _verified.Count - hashes, answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Count() : 0);
    }

    private sealed record Work(IReadOnlyList<string> Statements, int Hashes, int Cookies);

    /// <summary>Every command in order, without its parameters.</summary>
    private sealed class Statements : DbCommandInterceptor
    {
        public ConcurrentQueue<string> Texts { get; } = new();

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Texts.Enqueue(command.CommandText);
            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Texts.Enqueue(command.CommandText);
            return ValueTask.FromResult(result);
        }
    }

    private sealed class Verifications
    {
        private int _count;

        public int Count => _count;

        public void Add() => Interlocked.Increment(ref _count);
    }

    private sealed class CountingHasher(Verifications verified, Microsoft.Extensions.Options.IOptions<PasswordHasherOptions> options) : PasswordHasher<Person>(options)
    {
        public override PasswordVerificationResult VerifyHashedPassword(Person user, string hashedPassword, string providedPassword)
        {
            verified.Add();
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
