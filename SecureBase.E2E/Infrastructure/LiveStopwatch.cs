using Microsoft.Playwright;

namespace SecureBase.E2E.Infrastructure;

/// <summary>
/// Measures how long a change takes to the sender's own screen and to another: from the click as the sender's browser sees it to the first
/// moment the text is visible in each document. Both read the clock of the same machine.
/// </summary>
internal static class LiveStopwatch
{
    private const string Arm = """
        ([selector, text]) => {
          window.liveSeen = new Promise((resolve, reject) => {
            const look = () => {
              if (![...document.querySelectorAll(selector)].some(e => e.textContent.includes(text) && e.checkVisibility())) return;
              watch.disconnect();
              resolve(performance.timeOrigin + performance.now());
            };
            const watch = new MutationObserver(look);
            watch.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
            setTimeout(() => { watch.disconnect(); reject(new Error(`not seen within 30 s: ${text}`)); }, 30000);
            look();
          });
          window.liveSeen.catch(() => { });
        }
        """;

    private const string ClickAndTell = """
        element => new Promise(resolve => {
          element.addEventListener("click", () => resolve(performance.timeOrigin + performance.now()), { capture: true, once: true });
          element.click();
        })
        """;

    private const string Seen = "() => window.liveSeen";

    /// <summary>Clicks the sender's button and answers after how many milliseconds the text is visible to the sender and to the receiver.</summary>
    /// <param name="button">What is clicked; it must be ready.</param>
    /// <param name="receiver">The page that waits.</param>
    /// <param name="selector">Where the text is looked for.</param>
    /// <param name="text">What was not there before.</param>
    public static async Task<(double Own, double Theirs)> MeasureAsync(ILocator button, IPage receiver, string selector, string text)
    {
        foreach (var page in new[] { button.Page, receiver })
            await page.EvaluateAsync(Arm, new[] { selector, text });
        var clicked = await button.EvaluateAsync<double>(ClickAndTell);
        return (await button.Page.EvaluateAsync<double>(Seen) - clicked, await receiver.EvaluateAsync<double>(Seen) - clicked);
    }
}
