using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.E2E.Infrastructure;

namespace SecureBase.Bench.Live;

/// <summary>
/// How long a reply takes from the click on one page until it is visible on the other: two browsers, two nodes, one
/// database, in turn from the agent and from the customer. The limit is one second.
/// </summary>
internal static class LiveBench
{
    private const int Replies = 200;
    private const int WarmUp = 6;
    private const double LimitMilliseconds = 1_000;
    private const string Password = "Bench-Harbour-27!";

    public static async Task RunAsync(CancellationToken ct)
    {
        await using var database = await BenchDatabase.CreateAsync(ct);
        var tenant = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().CreateAsync(new NewTenant("bench", "Bench", Plan.Government, "Etc/UTC"), ct));
        var provider = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().EnsureOperatorAsync("SecureBase", "Etc/UTC", ct));
        var ada = await AddAsync(database, tenant, "ada@bench.test", "Ada Customer", Roles.Analyst, ct);
        await AddAsync(database, provider, "priya@bench.test", "Priya Agent", Roles.Agent, ct);
        var ticket = await database.RunAsync(tenant, s => s.GetRequiredService<TicketService>().OpenAsync(new OpenTicket { Subject = "Peering drops" }, ct),
            new Actor(tenant.Id, ada.Id, ada.Name, ActorKind.Customer, Roles.Analyst));

        var assembly = Path.Combine(AppContext.BaseDirectory, "SecureBase.Portal.dll");
        await using var first = await ServerProcess.StartAsync(assembly, [], PortalSettings.For(database, forBrowsers: true), ct);
        await using var second = await ServerProcess.StartAsync(assembly, [], PortalSettings.For(database, forBrowsers: true), ct);
        await using var chromium = await Chromium.LaunchAsync();
        var customer = await SignInAsync(chromium, $"http://bench.localhost:{first.Port}", "ada@bench.test", $"/tickets/{ticket.Number}");
        var agent = await SignInAsync(chromium, $"http://admin.localhost:{second.Port}", "priya@bench.test", $"/queue/bench/{ticket.Number}");

        List<double> times = [];
        for (var i = 0; i < WarmUp + Replies; i++)
        {
            ct.ThrowIfCancellationRequested();
            var (sender, receiver) = i % 2 == 0 ? (agent, customer) : (customer, agent);
            var time = await ReplyAsync(sender, receiver, string.Create(CultureInfo.InvariantCulture, $"Reply number {i:0000}."));
            if (i >= WarmUp)
                times.Add(time);
        }
        var p99 = Figures.Quantile(times, 0.99);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"live: {times.Count} replies, two nodes, two browsers: p50 {Figures.Median(times):F0} ms, p95 {Figures.Quantile(times, 0.95):F0} ms, p99 {p99:F0} ms, max {times.Max():F0} ms; p99 as a ratio to the limit of {LimitMilliseconds:F0} ms: {p99 / LimitMilliseconds:F2} (aim < 1)"));
    }

    private static Task<PersonSummary> AddAsync(BenchDatabase database, TenantInfo tenant, string email, string name, string role, CancellationToken ct) =>
        database.RunAsync(tenant, s => s.GetRequiredService<PeopleService>().AddAsync(new NewPerson(email, name, role, Password), ct));

    private static async Task<IPage> SignInAsync(Chromium chromium, string origin, string email, string path)
    {
        var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{origin}/account/sign-in");
        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.Locator("[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.GotoAsync(origin + path);
        await page.Locator("[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    private static async Task<double> ReplyAsync(IPage sender, IPage receiver, string text)
    {
        var box = sender.GetByRole(AriaRole.Textbox, new() { NameRegex = new System.Text.RegularExpressions.Regex("^Your reply") });
        await box.FillAsync(text);
        await box.BlurAsync();
        var button = sender.Locator(".composer").Filter(new() { Has = box }).GetByRole(AriaRole.Button, new() { Name = "Reply", Exact = true });
        return (await LiveStopwatch.MeasureAsync(button, receiver, "[role=log] .message", text)).Theirs;
    }
}
