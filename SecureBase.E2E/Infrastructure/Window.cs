using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Infrastructure;

/// <summary>How a window looks at the portal.</summary>
internal sealed record WindowLook
{
    public static readonly WindowLook Desktop = new();
    public static readonly WindowLook Phone = new() { Width = 390, Height = 844, Touch = true };

    public int Width { get; init; } = 1440;

    public int Height { get; init; } = 900;

    public bool Touch { get; init; }

    public bool Dark { get; init; }
}

/// <summary>One browser profile at one node, with its own cookies and storage, and the page it shows first.</summary>
internal sealed class Window
{
    private readonly IBrowserContext _context;

    private Window(string name, PortalServer node, string host, IBrowserContext context, IPage page) =>
        (Name, Node, Host, _context, Page, Problems) = (name, node, host, context, page, new Problems(context));

    public string Name { get; }

    public PortalServer Node { get; }

    /// <summary>The label in front of the base domain.</summary>
    public string Host { get; }

    public IPage Page { get; }

    public Problems Problems { get; }

    public IBrowserContext Context => _context;

    public static async Task<Window> OpenAsync(IBrowser browser, string name, PortalServer node, string host, WindowLook look)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = look.Width, Height = look.Height },
            HasTouch = look.Touch,
            IsMobile = look.Touch,
            ColorScheme = look.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
            TimezoneId = "Europe/Berlin",
        });
        context.SetDefaultTimeout(45_000);
        return new Window(name, node, host, context, await context.NewPageAsync());
    }

    public string Address(string path) => Node.AddressOf(Host, path);

    /// <summary>Loads a page of the portal and waits until it can be used.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(Address(path));
        await ReadyAsync(Page);
    }

    public async Task ReloadAsync()
    {
        await Page.ReloadAsync();
        await ReadyAsync(Page);
    }

    /// <summary>Another tab of the same browser.</summary>
    public async Task<IPage> NewTabAsync(string path)
    {
        var page = await _context.NewPageAsync();
        await page.GotoAsync(Address(path));
        await ReadyAsync(page);
        return page;
    }

    /// <summary>Fills the sign-in form, wherever the window shows one.</summary>
    public async Task SubmitSignInAsync(string email, string password)
    {
        await Page.GetByLabel("E-mail").FillAsync(email);
        await Page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>Signs in through the form and ends on the person's start page.</summary>
    public async Task SignInAsync(GivenPerson person)
    {
        await Page.GotoAsync(Address("/account/sign-in"));
        await SubmitSignInAsync(person.Email, GivenTenant.Password);
        await ReadyAsync(Page);
    }

    public async Task SignOutAsync()
    {
        // The session ends, and its circuit with it, a moment before the browser leaves the page.
        Problems.Expect("WebSocket closed with status code: 1006");
        await ReadyAsync(Page);
        await this.AccountMenu().ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(Page).ToHaveURLAsync(Address("/account/signed-out"));
    }

    /// <summary>Clicks before the circuit stands would be lost: the shell marks when it does.</summary>
    public static Task ReadyAsync(IPage page) => page.Locator("[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Nothing on the page is still being loaded.</summary>
    public static Task SettledAsync(IPage page) => Expect(page.Locator(".skeleton")).ToHaveCountAsync(0);

    public Task CloseAsync() => _context.CloseAsync();
}
