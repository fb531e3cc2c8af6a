using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Infrastructure;

/// <summary>Whether what a stranger wrote is only text on a page.</summary>
internal static class Inert
{
    /// <summary>Answers what of the page below an element is active: a script that ran, an element or attribute the portal never writes itself.</summary>
    internal const string Script = """
        root => {
          const found = window.breached ? ["a script ran"] : [];
          for (const e of root.querySelectorAll("*")) {
            if (["OBJECT", "EMBED", "STYLE", "BASE", "META", "LINK"].includes(e.tagName)) found.push(e.outerHTML);
            if (["SCRIPT", "IMG"].includes(e.tagName) && !(e.hasAttribute("src") && new URL(e.getAttribute("src"), location.href).origin === location.origin && e.getAttribute("src") !== "x")) found.push(e.outerHTML);
            if (e.tagName === "IFRAME" && e.getAttribute("sandbox") !== "") found.push(e.outerHTML);
            for (const a of e.attributes) if (/^on/i.test(a.name)) found.push(e.outerHTML);
            for (const name of ["href", "src", "action", "formaction"]) {
              const target = e.getAttribute(name);
              if (target && !["http:", "https:", "mailto:"].includes(new URL(target, location.href).protocol)) found.push(e.outerHTML);
            }
            if (e.tagName === "FORM" && new URL(e.getAttribute("action") ?? "", location.href).origin !== location.origin) found.push(e.outerHTML);
          }
          return found;
        }
        """;

    /// <summary>Nothing on the window's page came to life.</summary>
    internal static async Task AssertInertAsync(this Window window)
    {
        Assert.Empty(await window.Page.Locator("body").EvaluateAsync<string[]>(Script));
        await Expect(window.Page.GetByRole(AriaRole.Main)).ToBeVisibleAsync();
    }
}
