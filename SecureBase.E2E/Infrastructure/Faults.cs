using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace SecureBase.E2E.Infrastructure;

/// <summary>Looks at what a window shows in every size and in both themes: axe must find nothing, and nothing may scroll sideways.</summary>
internal static class Faults
{
    private const int Narrowest = 320;
    private static readonly (int Width, int Height)[] Sizes = [(1440, 900), (390, 844), (Narrowest, 640)];
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    // Besides its usual rules axe judges the size of targets, which WCAG 2.2 AA asks for; what a bar covers for the moment can be scrolled
    // from under it. The order of headings is up to who writes a message. A theme changes nothing but colours.
    private const string Run = """
        async onlyColours => {
          const options = { resultTypes: ["violations"], rules: { "target-size": { enabled: true }, "heading-order": { enabled: false } } };
          if (onlyColours) options.runOnly = ["color-contrast", "link-in-text-block"];
          const { violations } = await axe.run(document, options);
          for (const v of violations) v.nodes = v.nodes.filter(n => !n.any.some(c => c.message.includes("partially obscured")));
          return violations.filter(v => v.nodes.length > 0).map(v => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 4).map(n => `${n.html.slice(0, 300)}\n    ${n.any.concat(n.all).map(c => c.message).join("; ")}`).join("\n    ")}`);
        }
        """;

    private const string TooWide = """
        () => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          const scrolls = e => e && e !== root && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
          const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > root.clientWidth + .5 && !scrolls(e.parentElement));
          return [`${root.scrollWidth} px wide: ${wide.slice(0, 4).map(e => e.outerHTML.slice(0, 160)).join("\n    ")}`];
        }
        """;

    /// <summary>Fails with all faults of the page as it stands, and leaves the window as wide and light as a desktop's.</summary>
    public static async Task NoneAsync(IPage page)
    {
        List<string> faults = [];
        await Window.SettledAsync(page);
        await page.EvaluateAsync(Axe);
        foreach (var (width, height) in Sizes)
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                string[] found = [.. await page.EvaluateAsync<string[]>(TooWide), .. width > Narrowest ? await page.EvaluateAsync<string[]>(Run, scheme == ColorScheme.Dark) : []];
                faults.AddRange(found.Select(fault => $"{width} px, {scheme}: {fault}"));
            }
        }
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        await page.SetViewportSizeAsync(WindowLook.Desktop.Width, WindowLook.Desktop.Height);
        Assert.True(faults.Count == 0, $"{page.Url}:\n  {string.Join("\n  ", faults)}");
    }
}
