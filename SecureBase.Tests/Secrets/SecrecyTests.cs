using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Team;
using SecureBase.Tests.Accounts;
using SecureBase.Tests.Infrastructure;

#pragma warning disable CA2100 // Tests write their own SQL.

namespace SecureBase.Tests.Secrets;

/// <summary>One run of a portal that logs all it can: no secret that passed through it is in its logs, its database or its answers.</summary>
public sealed class SecrecyTests
{
    [Fact]
    public async Task PlantedSecrets_AppearInNoLog_NoTable_AndNoAnswer()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        var master = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await using var portal = await PortalFactory.StartAsync(database.Connections, new PortalSettings
        {
            OnSocket = true,
            More = [("SecureBase:MasterKey", master)],
            Services = services => services.PostConfigure<LoggerFilterOptions>(filter =>
            {
                filter.Rules.Clear();
                filter.MinLevel = LogLevel.Trace;
            }),
        });
        var run = new Run(portal, master);
        await run.PeopleAsync();
        await run.LinksAsync();
        await run.KeysAsync();
        await run.FailuresAsync();

        Assert.True(portal.Log.All.Count > 500, "So little was logged that nothing is shown.");
        Assert.Contains(portal.Log.All, r => r.Level == LogLevel.Trace);
        var logs = string.Join('\n', portal.Log.All.Select(r => $"{r.Text} {r.Scopes}"));
        // What is looked for would be found: names that are no secret are there.
        Assert.Contains("/v1/support/tickets", logs, StringComparison.Ordinal);
        var rows = await RowsAsync(database);
        Assert.Contains(run.Email, rows, StringComparison.Ordinal);
        foreach (var (what, secret) in run.Secrets)
        {
            Assert.False(logs.Contains(secret, StringComparison.Ordinal), $"The log holds {what}: {portal.Log.All.FirstOrDefault(r => $"{r.Text} {r.Scopes}".Contains(secret, StringComparison.Ordinal)).Text}");
            Assert.False(rows.Contains(secret, StringComparison.Ordinal), $"The database holds {what} in the clear.");
            Assert.False(rows.Contains(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(secret)), StringComparison.Ordinal), $"The database holds the bytes of {what}.");
            Assert.False(run.Answers.Contains(secret, StringComparison.Ordinal), $"An answer shows {what}.");
        }
    }

    // Every row of every table of the product and of the schedule: audit, outbox, deliveries and remembered answers among them.
    private static async Task<string> RowsAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.SuperuserConnectionString);
        await connection.OpenAsync();
        List<string> tables = [];
        await using (var list = new NpgsqlCommand("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'quartz')", connection))
        await using (var names = await list.ExecuteReaderAsync())
        {
            while (await names.ReadAsync())
                tables.Add(names.GetString(0));
        }
        var all = new System.Text.StringBuilder();
        foreach (var table in tables)
        {
            await using var read = new NpgsqlCommand($"select string_agg(to_jsonb(t)::text, E'\\n') from {table} t", connection);
            all.AppendLine(await read.ExecuteScalarAsync() as string);
        }
        return all.ToString();
    }

    private sealed class Run(PortalFactory portal, string master)
    {
        private readonly System.Text.StringBuilder _answers = new();
        private readonly string _password = "Copper-Meadow-" + Guid.CreateVersion7().ToString("N");
        private readonly string _wrong = "Gravel-Lantern-" + Guid.CreateVersion7().ToString("N");
        private GivenTenant _tenant = null!;

        public string Email { get; } = $"planted-{Guid.CreateVersion7():N}@example.test";
        public List<(string What, string Text)> Secrets { get; } = [("the master key", master)];
        public string Answers => _answers.ToString();

        public async Task PeopleAsync()
        {
            Secrets.AddRange([("a password", _password), ("a wrong password", _wrong)]);
            _tenant = await portal.Given.TenantAsync();
            await using (var scope = _tenant.SystemScope())
                Assert.True((await scope.Get<PeopleService>().AddAsync(new NewPerson(Email, "Planted Person", Roles.Admin, _password), CancellationToken.None)).IsSuccess);
            using var stranger = portal.Visit(_tenant);
            await KeepAsync(await stranger.SubmitAsync("/account/sign-in", ("email", Email), ("password", _wrong)));
            await KeepAsync(await stranger.SubmitAsync("/account/sign-in", ("email", "nobody@example.test"), ("password", _wrong)));
            await KeepAsync(await stranger.SubmitAsync("/account/sign-in", ("email", Email), ("password", _password)));
            foreach (Cookie cookie in stranger.Cookies.GetAllCookies())
                Secrets.Add(($"the cookie {cookie.Name}", cookie.Value));
            foreach (var page in new[] { "/home", "/tickets", "/audit", "/tickets/no-such" })
                await KeepAsync(await stranger.GetAsync(page));
        }

        // After everything else that needs the password.
        public async Task LinksAsync()
        {
            var (invited, fresh) = ($"invited-{Guid.CreateVersion7():N}@example.test", "Silver-Orchard-" + Guid.CreateVersion7().ToString("N"));
            using (var forgetful = portal.Visit(_tenant))
            {
                await KeepAsync(await forgetful.SubmitAsync("/account/forgot-password", ("email", Email)));
                var reset = await new Mailbox(Email, portal).TokenAsync();
                Secrets.AddRange([("the token of a reset", reset), ("a new password", fresh)]);
                // Its form comes back with what was typed into it, for whoever typed it.
                using (await forgetful.SubmitAsync("/account/reset-password", ("token", reset), ("password", "short")))
                {
                }
                await KeepAsync(await forgetful.SubmitAsync("/account/reset-password", ("token", reset), ("password", fresh)));
            }
            await using var scope = _tenant.SystemScope();
            Assert.True((await scope.Get<InvitationService>().InviteAsync(invited, "Invited Person", Roles.Analyst, CancellationToken.None)).IsSuccess);
            Secrets.Add(("the token of an invitation", await new Mailbox(invited, portal).TokenAsync()));
        }

        public async Task KeysAsync()
        {
            var key = (await _tenant.ApiKeyAsync("tickets:read", "tickets:write", "audit:read")).Text;
            var wrong = ApiKeyText.New();
            Secrets.AddRange([("an API key", key), ("an API key of nobody", wrong)]);
            using var program = portal.Call(key);
            await KeepAsync(await program.SendAsync(HttpMethod.Post, "/v1/support/tickets", JsonContent.Create(new { subject = "A ticket" }), ("Idempotency-Key", "once-1")));
            await KeepAsync(await program.SendAsync(HttpMethod.Post, "/v1/support/tickets", JsonContent.Create(new { subject = "A ticket" }), ("Idempotency-Key", "once-1")));
            await KeepAsync(await program.GetAsync("/v1/support/tickets"));
            await KeepAsync(await program.GetAsync("/v1/audit"));
            using var nobody = portal.Call(wrong);
            await KeepAsync(await nobody.GetAsync("/v1/support/tickets"));
            using var elsewhere = portal.Call(key, (await portal.Given.TenantAsync()).Slug);
            await KeepAsync(await elsewhere.GetAsync("/v1/support/tickets"));
        }

        public async Task FailuresAsync()
        {
            using var program = portal.Call(Secrets.Single(s => s.What == "an API key").Text);
            await KeepAsync(await program.SendAsync(HttpMethod.Post, "/v1/support/tickets", new StringContent("{\"subject\":")));
            await KeepAsync(await program.SendAsync(HttpMethod.Post, "/v1/support/tickets", JsonContent.Create(new { subject = 1 })));
            await KeepAsync(await program.GetAsync("/v1/no-such-route"));
            await using (var scope = _tenant.SystemScope())
                Assert.True((await scope.Get<PeopleService>().AddAsync(new NewPerson(Email, "Twice", Roles.Admin, _password), CancellationToken.None)).Error is not null);
        }

        private async Task KeepAsync(HttpResponseMessage answer)
        {
            using (answer)
                _answers.Append(answer.StatusCode).Append(' ').Append(answer.Headers.Where(h => h.Key != "Set-Cookie").Aggregate("", (all, h) => $"{all}{h.Key}: {string.Join(',', h.Value)}\n")).AppendLine(await answer.Content.ReadAsStringAsync());
        }
    }
}
