using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Bench.SignIn;

/// <summary>
/// Refused sign-ins of known and of unknown accounts in turn, through the real form at full hashing cost: who measures the answers must
/// learn nothing. Fails when the medians are further apart than 10 %.
/// </summary>
internal static partial class SignInBench
{
    private const int Attempts = 200;
    private const int WarmUps = 40;
    private const double Tolerance = 0.10;

    public static async Task RunAsync(CancellationToken ct)
    {
        await using var database = await BenchDatabase.CreateAsync(ct);
        var tenant = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().CreateAsync(new NewTenant("bench", "Bench", Plan.Government, "Etc/UTC"), ct));
        List<string> known = [];
        // Few tries each, so that none is locked.
        for (var i = 0; i < 40; i++)
        {
            known.Add($"person{i}@bench.test");
            await database.RunAsync(tenant, s => s.GetRequiredService<PeopleService>().AddAsync(new NewPerson(known[^1], $"Person {i}", Roles.Viewer, "Copper-Lantern-27!"), ct));
        }
        var settings = PortalSettings.For(database, forBrowsers: true);
        settings["AttemptLimits__SignIn__Tries"] = "100000";
        await using var portal = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "SecureBase.Portal.dll"), [], settings, ct);
        using var client = Http.Client(portal.Port, connections: 1);
        var form = await Form.LoadAsync(client, ct);

        var (ofKnown, ofUnknown) = (new List<double>(), new List<double>());
        for (var i = -WarmUps; i < Attempts; i++)
        {
            // Who comes first changes, so that neither always follows the other.
            var isKnown = (i % 4) is 0 or 3 or -1;
            var milliseconds = await form.RefusedAsync(client, isKnown ? known[(i + WarmUps) / 2 % known.Count] : $"stranger{i + WarmUps}@bench.test", ct);
            if (i >= 0)
                (isKnown ? ofKnown : ofUnknown).Add(milliseconds);
        }

        var (a, b) = (Figures.Median(ofKnown), Figures.Median(ofUnknown));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"sign-in: {Attempts} refusals in turn, median of known accounts {a:F2} ms ({ofKnown.Count}), of unknown ones {b:F2} ms ({ofUnknown.Count}), ratio {a / b:F3} (limit 0.90 to 1.10)"));
        if (Math.Abs((a / b) - 1) > Tolerance)
            throw new InvalidOperationException("Refusals of known and unknown accounts can be told apart by their time.");
    }

    private sealed partial record Form(string Cookie, string Token)
    {
        private static readonly Uri Page = new("http://bench.localhost/account/sign-in");

        public static async Task<Form> LoadAsync(HttpMessageInvoker client, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Page);
            using var answer = await client.SendAsync(request, ct);
            var page = await answer.Content.ReadAsStringAsync(ct);
            return new Form(string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0])), TokenField().Match(page).Groups[1].Value);
        }

        public async Task<double> RefusedAsync(HttpMessageInvoker client, string email, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Page)
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    ["_handler"] = "sign-in", ["__RequestVerificationToken"] = Token, ["Form.Email"] = email, ["Form.Password"] = "Not-The-Password-1",
                }),
            };
            request.Headers.Add("Cookie", Cookie);
            var began = Stopwatch.GetTimestamp();
            using var answer = await client.SendAsync(request, ct);
            await answer.Content.ReadAsByteArrayAsync(ct);
            var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            return answer.StatusCode == HttpStatusCode.OK ? took : throw new InvalidOperationException($"The form was answered {(int)answer.StatusCode}.");
        }

        [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
        private static partial Regex TokenField();
    }
}
