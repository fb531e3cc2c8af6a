using Microsoft.Playwright;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Two people change one ticket in the same moment.</summary>
public sealed class ConcurrentEditJourney
{
    [Fact]
    public Task The_second_of_two_agents_is_told_and_loses_nothing() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-race");
        var ticket = await (await acme.PersonAsync(Roles.Analyst, "Ada Customer")).OpenTicketAsync("The peering drops", priority: TicketPriority.Low);
        var provider = await journey.Given.OperatorAsync();
        var priya = await journey.SignInAsync(await provider.PersonAsync(Roles.Agent, "Priya Agent"), journey.Stage.First);
        var quinn = await journey.SignInAsync(await provider.PersonAsync(Roles.Agent, "Quinn Agent"), journey.Stage.Second);
        foreach (var agent in new[] { priya, quinn })
        {
            await agent.GoAsync($"/queue/{acme.Slug}/{ticket.Number}");
            await agent.Reply().FillAsync($"What {agent.Node.Port} was about to say");
        }

        // A lock on the row holds both changes back until both are under way.
        await using (var held = new NpgsqlConnection(journey.Stage.SuperuserConnectionString))
        {
            await held.OpenAsync();
            await using var transaction = await held.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("select 1 from tickets where id = $1 for update", held) { Parameters = { new() { Value = ticket.Id } } })
                await hold.ExecuteNonQueryAsync();
            await Priority(priya).SelectOptionAsync("high");
            await WaitingAsync(held, 1);
            await Priority(quinn).SelectOptionAsync("critical");
            await WaitingAsync(held, 2);
            await transaction.CommitAsync();
        }

        var told = "was changed by someone else";
        var (toPriya, toQuinn) = (0, 0);
        await Until.TrueAsync("one of the two is told", async () =>
        {
            (toPriya, toQuinn) = (await priya.Page.GetByText(told).CountAsync(), await quinn.Page.GetByText(told).CountAsync());
            return toPriya + toQuinn == 1;
        });
        var (second, chosen) = toPriya == 1 ? (priya, "high") : (quinn, "critical");
        var won = chosen == "high" ? "critical" : "high";
        foreach (var agent in new[] { priya, quinn })
        {
            await Expect(Priority(agent)).ToHaveValueAsync(won);
            await Expect(agent.Reply()).ToHaveValueAsync($"What {agent.Node.Port} was about to say");
        }

        // Having seen the change, the second makes their own.
        await Priority(second).SelectOptionAsync(chosen);
        foreach (var agent in new[] { priya, quinn })
            await Expect(Priority(agent)).ToHaveValueAsync(chosen);
        await Expect(second.Page.GetByText(told)).ToHaveCountAsync(0);
    });

    private static ILocator Priority(Window agent) => agent.Page.GetByLabel("Priority");

    private static Task WaitingAsync(NpgsqlConnection observer, int count) => Until.TrueAsync($"{count} sessions wait for the lock", async () =>
    {
        await using var waiting = new NpgsqlCommand("select count(*) from pg_stat_activity where datname = current_database() and wait_event in ('transactionid', 'tuple')", observer);
        return (long)(await waiting.ExecuteScalarAsync())! >= count;
    });
}
