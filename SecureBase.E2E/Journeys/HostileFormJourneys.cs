using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using SecureBase.Portal.Tenancy;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>
/// Every form of every page that has an address of its own, and of every dialog a button there opens, found in the browser and filled in with
/// texts that are scripts, statements, paths and templates to whoever is careless. The circuit lives on, and nothing comes to life.
/// </summary>
public sealed partial class HostileFormJourneys
{
    private static readonly string[] Texts =
    [
        "<img src=x onerror=\"window.breached=1\"><script>window.breached=1</script>", "'; select set_config('app.tenant_id', '', false); --", "../../../../etc/passwd", "{{constructor.constructor('window.breached=1')()}}",
        "\" onmouseover=\"window.breached=1\" x=\"", "javascript:window.breached=1",
    ];

    // In one go, so that no render comes between: a form is left by the page that takes it, and by a dialog that closes.
    private const string FillAndSubmit = """
        text => {
          const seen = element => element.checkVisibility() && element.getClientRects().length > 0;
          const form = [...document.querySelectorAll("main form, dialog form, [role=dialog] form")].filter(seen).at(-1);
          const submit = form && [...form.querySelectorAll("button[type=submit]")].find(seen);
          const wordy = form ? [...form.querySelectorAll("input, textarea")].filter(field => seen(field)
            && !["checkbox", "radio", "date", "number", "file", "color"].includes(field.type)) : [];
          if (wordy.length === 0 || !submit) return "none";
          const fields = wordy.filter(field => !field.readOnly && !field.disabled);
          if (fields.length === 0) return "busy";
          form.noValidate = true;
          for (const field of fields) {
            field.value = text;
            for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
          }
          if (submit.disabled) return "busy";
          submit.click();
          return "sent";
        }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // What a form still reads in, it does not take words for.
    private const string Ready = "() => !document.querySelector('.skeleton') && ![...document.querySelectorAll('main form textarea, main form input')].some(field => field.readOnly)";

    [Fact]
    public Task Forms_of_customers_take_hostile_text_as_text() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-forms");
        await AttackAsync(await journey.SignInAsync(await acme.PersonAsync(Roles.Admin, "Ada Admin")), Policies.Staff, atLeast: 3);
    });

    [Fact]
    public Task Forms_of_staff_take_hostile_text_as_text() => Journey.RunAsync(async journey =>
        await AttackAsync(await journey.SignInAsync(await (await journey.Given.OperatorAsync()).PersonAsync(Roles.PlatformAdmin, "Pia Platform")), Policies.Customer, atLeast: 3));

    private static async Task AttackAsync(Window window, string forOthers, int atLeast)
    {
        // What a form refuses it says in the page; the browser's console repeats statuses.
        window.Problems.Expect("40[0-9]|422");
        var attacked = 0;
        foreach (var path in Addresses(forOthers))
        {
            await ComeToAsync(window, path);
            foreach (var opener in (string?[])[null, .. await OpenersAsync(window)])
            {
                await ComeToAsync(window, path);
                if (opener is not null)
                    await window.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^" + Regex.Escape(opener)) }).First.ClickAsync();
                foreach (var text in Texts)
                {
                    if (!await SentAsync(window, text))
                        break;
                    attacked++;
                    await window.AssertInertAsync();
                    await Expect(window.Page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
                    if (new Uri(window.Page.Url).AbsolutePath != path || opener is not null)
                        break;
                }
            }
        }
        Assert.True(attacked >= atLeast, $"Only {attacked} forms were found.");
    }

    // A form takes a moment to take what was sent before.
    private static async Task<bool> SentAsync(Window window, string text)
    {
        var began = Stopwatch.GetTimestamp();
        string answer;
        while ((answer = await window.Page.EvaluateAsync<string>(FillAndSubmit, text)) != "sent")
        {
            if (answer == "none" || Stopwatch.GetElapsedTime(began) > Patience)
                return false;
            await Task.Delay(200);
        }
        return true;
    }

    private static IEnumerable<string> Addresses(string forOthers) => typeof(Portal.App).Assembly.GetTypes()
        .Where(page => page.GetCustomAttribute<AllowAnonymousAttribute>() is null && page.GetCustomAttributes<AuthorizeAttribute>().All(a => a.Policy != forOthers))
        .SelectMany(page => page.GetCustomAttributes<RouteAttribute>(inherit: false)).Select(route => route.Template)
        .Where(template => !template.Contains('{', StringComparison.Ordinal) && template is not ("/" or "/not-found")).Order(StringComparer.Ordinal);

    private static async Task<IReadOnlyList<string>> OpenersAsync(Window window) =>
        [.. (await window.Page.Locator("main button:visible, .top-bar button:visible").AllInnerTextsAsync()).Select(text => text.Split('\n')[0].Trim()).Where(text => Opener().IsMatch(text)).Distinct()];

    private static async Task ComeToAsync(Window window, string path)
    {
        await window.GoAsync(path);
        await window.Page.WaitForFunctionAsync(Ready);
    }

    [GeneratedRegex("^(New|Create|Invite|Add|Edit|Change|Rename|Set|Replace|Suspend|Rotate)")]
    private static partial Regex Opener();
}
