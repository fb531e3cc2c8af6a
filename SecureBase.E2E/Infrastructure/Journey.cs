using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace SecureBase.E2E.Infrastructure;

/// <summary>
/// One test: people in browser windows at the portal. In the end no window may have met a problem the journey did not expect; if
/// anything fails, pictures and logs are kept in <c>TestResults/journeys</c>.
/// </summary>
internal sealed class Journey
{
    private readonly string _name;
    private readonly List<Window> _windows = [];

    private Journey(string name, Stage stage) => (_name, Stage, Given) = (name, stage, new Given(stage.Product));

    public Stage Stage { get; }

    public Given Given { get; }

    /// <summary>Plays a journey.</summary>
    public static async Task RunAsync(Func<Journey, Task> play, [CallerMemberName] string name = "")
    {
        Assertions.SetDefaultExpectTimeout(30_000);
        var journey = new Journey(name, await Stage.GetAsync());
        try
        {
            await play(journey);
            journey.RequireNoProblems();
        }
        catch
        {
            await journey.KeepEvidenceAsync();
            throw;
        }
        finally
        {
            foreach (var window in journey._windows)
                await window.CloseAsync();
        }
    }

    /// <summary>A window without a signed-in person.</summary>
    /// <param name="host">A tenant's slug, or any other label in front of the base domain.</param>
    /// <param name="node">The first node, if not said otherwise.</param>
    public async Task<Window> OpenAsync(string host, PortalServer? node = null, WindowLook? look = null)
    {
        var window = await Window.OpenAsync(Stage.Chromium.Browser, $"{_windows.Count + 1}-{host}", node ?? Stage.First, host, look ?? WindowLook.Desktop);
        _windows.Add(window);
        return window;
    }

    /// <summary>A window in which the person has signed in at their own host.</summary>
    public async Task<Window> SignInAsync(GivenPerson person, PortalServer? node = null, WindowLook? look = null)
    {
        var window = await OpenAsync(person.Tenant.Slug, node, look);
        await window.SignInAsync(person);
        return window;
    }

    private void RequireNoProblems()
    {
        var problems = _windows.SelectMany(w => w.Problems.Unexpected.Select(problem => $"{w.Name}: {problem}")).ToList();
        Assert.True(problems.Count == 0, "A browser met problems the journey did not expect:\n" + string.Join('\n', problems));
    }

    private async Task KeepEvidenceAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Results(), "journeys", _name)).FullName;
        foreach (var window in _windows)
        {
            foreach (var (page, number) in window.Context.Pages.Select((page, i) => (page, i + 1)))
            {
                var file = Path.Combine(folder, $"{window.Name}-{number}");
                await page.ScreenshotAsync(new() { Path = file + ".png", Timeout = 5_000 });
                await File.WriteAllTextAsync(file + ".html", await page.ContentAsync());
            }
            await File.WriteAllLinesAsync(Path.Combine(folder, window.Name + ".log"), window.Problems.Log);
        }
        foreach (var node in _windows.Select(w => w.Node).Distinct())
            await File.WriteAllLinesAsync(Path.Combine(folder, $"node-{node.Port}.log"), node.Output);
    }

    private static string Results()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SecureBase.sln")))
                return Path.Combine(folder.FullName, "TestResults");
        }
        return Path.Combine(AppContext.BaseDirectory, "TestResults");
    }
}
