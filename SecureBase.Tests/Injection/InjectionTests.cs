using System.Text;
using System.Text.Json.Nodes;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.Logging;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Surfaces;
using Xunit.Abstractions;

namespace SecureBase.Tests.Injection;

/// <summary>
/// A scripted attack: texts that are SQL, scripts, paths, headers and templates to whoever is careless, in every text field of every
/// route, in every parameter of every page and in every field of every form, all found in the running portal. No answer may be a
/// failure, none may hold what was sent as anything but text, and none may show a row of another tenant or change one.
/// </summary>
public sealed class InjectionTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly List<string> _faults = [];
    private Neighbourhood _town = null!;
    private IReadOnlyList<Payload> _payloads = [];
    private string _before = "";
    private int _attempts;

    public async Task InitializeAsync()
    {
        _town = await Neighbourhood.PrepareAsync();
        // Endpoints whose name is an attack are made, one for each.
        await using (var scope = _town.Portal.ScopeFor(null, SystemActor.Instance))
            Assert.Null((await scope.Get<TenantService>().EditAsync(_town.Attacker.Tenant.Slug, new EditTenant { Quotas = new QuotaOverrides(WebhookEndpoints: 1_000) }, null, CancellationToken.None)).Error);
        _payloads = Payload.Against(_town.Victim.Id);
        _before = await _town.FingerprintAsync();
    }

    public Task DisposeAsync() => _town.DisposeAsync().AsTask();

    [Fact]
    public async Task EveryTextFieldOfEveryRoute()
    {
        using var caller = _town.Portal.Call(await Neighbourhood.KeyAsync(_town.Attacker.Tenant));
        var fields = 0;
        foreach (var route in ApiRoute.All(_town.Portal.Services))
        {
            var own = route.Probes(_town.Own).First();
            foreach (var change in Fields(own).Concat(route.QueryParameters.Select(InQuery)).Concat(Enumerable.Range(0, own.Said.Count).Select(InPath)))
            {
                fields++;
                foreach (var payload in _payloads)
                    await SendAsync(caller, change(own, payload.Text), $"{route.Name} with {payload.Kind}: {payload.Text}");
            }
        }
        await AssertNothingHappenedAsync(fields);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryParameterOfEveryPage(bool ofStaff)
    {
        using var visitor = ofStaff ? await _town.Staff.SignInAsync() : await _town.Attacker.SignInAsync();
        var parameters = 0;
        foreach (var page in PageRoute.All.Where(p => ofStaff ? !p.IsForCustomers : !p.IsForStaff))
        {
            var own = page.Probes(ofStaff ? _town.Clues : _town.Own).First();
            foreach (var change in page.QueryParameters.Select(InQuery).Concat(Enumerable.Range(0, own.Said.Count).Select(InPath)))
            {
                parameters++;
                // A page costs much and reads little: all texts of a kind at once.
                foreach (var payload in _payloads.GroupBy(p => p.Kind).Select(kind => new Payload(kind.Key, string.Join(' ', kind.Select(p => p.Text)))))
                    await SendAsync(visitor, change(own, payload.Text), $"{page.Name} with {payload.Kind}: {payload.Text}", mayShowVictim: ofStaff);
            }
        }
        await AssertNothingHappenedAsync(parameters, isRecorded: ofStaff);
    }

    [Fact]
    public async Task EveryFieldOfEveryForm()
    {
        var fields = 0;
        foreach (var page in PageRoute.All.Where(p => p.IsAnonymous))
        {
            using var visitor = _town.Portal.Visit(_town.Attacker.Tenant);
            using var shown = await visitor.GetAsync(page.Template);
            if (!shown.IsSuccessStatusCode)
                continue;
            var document = await Visitor.ParseAsync(shown);
            foreach (var form in document.QuerySelectorAll("form[method=post]").OfType<IHtmlFormElement>())
            {
                var values = form.QuerySelectorAll("input[name]").OfType<IHtmlInputElement>().Where(i => i.Type != "checkbox").Select(i => (Name: i.Name!, i.Type, i.Value)).ToList();
                foreach (var field in values.Where(v => v.Type != "hidden" || v.Name.Contains('.', StringComparison.Ordinal)))
                {
                    fields++;
                    foreach (var payload in _payloads)
                    {
                        var filled = values.Select(v => KeyValuePair.Create(v.Name, v.Name == field.Name ? payload.Text : v.Value is { Length: > 0 } value ? value : Harmless(v.Type)));
                        using var answer = await visitor.SendAsync(HttpMethod.Post, form.GetAttribute("action") is { Length: > 0 } action ? action : page.Template, new FormUrlEncodedContent(filled));
                        await JudgeAsync(answer, new Probe("", HttpMethod.Post, page.Template, [payload.Text]), $"{page.Name}, field {field.Name} with {payload.Kind}: {payload.Text}", false);
                    }
                }
            }
        }
        await AssertNothingHappenedAsync(fields);
    }

    private static string Harmless(string type) => type == "email" ? "nobody@nowhere.test" : "Some-Harbour-27!";

    private async Task SendAsync(Visitor visitor, Probe probe, string what, bool mayShowVictim = false)
    {
        using var answer = await visitor.SendAsync(probe.Method, probe.Path, probe.Body is null ? null : new StringContent(probe.Body, Encoding.UTF8, "application/json"), [.. probe.Headers]);
        await JudgeAsync(answer, probe, what, mayShowVictim);
    }

    private async Task JudgeAsync(HttpResponseMessage answer, Probe probe, string what, bool mayShowVictim)
    {
        _attempts++;
        if (await Payload.FaultOfAsync(answer) is { } fault)
            _faults.Add($"{what}: {fault}");
        // What was sent names the victim, and may be repeated as text.
        if (!mayShowVictim && _town.ShownIn(await Answer.ReadAsync(Task.FromResult(answer)), probe with { Said = [.. probe.Said, _town.Victim.Id.ToString()] }) is { Count: > 0 } shown)
            _faults.Add($"{what}: showed {string.Join(", ", shown)} of another tenant");
    }

    /// <param name="isRecorded">Staff who open a tenant's data leave that in its audit, as they must.</param>
    private async Task AssertNothingHappenedAsync(int places, bool isRecorded = false)
    {
        output.WriteLine($"{places} fields × {_payloads.Count} texts = {_attempts} attempts; {_faults.Count} faults");
        Assert.True(places > 0);
        Assert.True(_faults.Count == 0, string.Join('\n', _faults.Take(20)));
        Assert.True(isRecorded || _before == await _town.FingerprintAsync(), "Rows of the other tenant have changed.");
        Assert.Empty(_town.Portal.Log.All.Where(r => r.Level >= LogLevel.Error).Select(r => r.Text));
    }

    private static IEnumerable<Func<Probe, string, Probe>> Fields(Probe own)
    {
        if (own.Body is null)
            yield break;
        foreach (var path in Texts(JsonNode.Parse(own.Body), []))
            yield return (probe, text) => probe with { Body = Replaced(own.Body, path, text) };
    }

    private static Func<Probe, string, Probe> InQuery(string name) =>
        (probe, text) => probe with { Path = $"{probe.Path}{(probe.Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(text)}", Said = [.. probe.Said, text] };

    private static Func<Probe, string, Probe> InPath(int parameter) =>
        (probe, text) => probe with { Path = probe.Path.Replace(probe.Said[parameter], Uri.EscapeDataString(text), StringComparison.Ordinal), Said = [.. probe.Said, text] };

    private static IEnumerable<IReadOnlyList<object>> Texts(JsonNode? node, IReadOnlyList<object> path) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Texts(field.Value, [.. path, field.Key])),
        JsonArray items => items.SelectMany((item, i) => Texts(item, [.. path, i])),
        JsonValue value when value.TryGetValue<string>(out _) => [path],
        _ => [],
    };

    private static string Replaced(string json, IReadOnlyList<object> path, string text)
    {
        var root = JsonNode.Parse(json)!;
        var holder = path.SkipLast(1).Aggregate(root, (node, step) => step is string name ? node[name]! : node[(int)step]!);
        if (path[^1] is string field)
            holder[field] = text;
        else
            holder[(int)path[^1]] = text;
        return root.ToJsonString();
    }
}
