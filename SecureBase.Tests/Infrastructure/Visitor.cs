using System.Net;
using System.Net.Http.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace SecureBase.Tests.Infrastructure;

/// <summary>
/// One browser or one program at one host. Keeps cookies as a browser does and follows no redirect by itself, so that a test sees each answer.
/// </summary>
public sealed class Visitor : IDisposable
{
    private readonly HttpMessageInvoker _sender;

    internal Visitor(Uri home, Func<CookieContainer, HttpMessageHandler> handler)
    {
        Home = home;
        _sender = new HttpMessageInvoker(handler(Cookies));
    }

    public Uri Home { get; }

    public CookieContainer Cookies { get; } = new();

    /// <summary>Sent with every request when set.</summary>
    public string? Authorization { get; set; }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(Home, path)));

    public Task<HttpResponseMessage> PostJsonAsync<T>(string path, T body) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(Home, path)) { Content = JsonContent.Create(body) });

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(Home, path)) { Content = content };
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        return SendAsync(request);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        if (Authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", Authorization);
        return _sender.SendAsync(request, CancellationToken.None);
    }

    public async Task<IHtmlDocument> PageAsync(string path)
    {
        var answer = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await ParseAsync(answer);
    }

    /// <summary>Loads a page and sends its one form, hidden fields and antiforgery token included, with these fields filled in by their <c>id</c>.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, params (string Id, string Value)[] fields)
    {
        var page = await PageAsync(path);
        var form = Assert.Single(page.QuerySelectorAll("form[method=post]").OfType<IHtmlFormElement>(), f => fields.All(field => f.QuerySelector("#" + field.Id) is not null));
        var values = form.QuerySelectorAll("input[name]").OfType<IHtmlInputElement>().ToDictionary(input => input.Name!, input => input.Value);
        foreach (var (id, value) in fields)
            values[form.QuerySelector("#" + id)!.GetAttribute("name")!] = value;
        var target = form.GetAttribute("action") is { Length: > 0 } action ? action : path;
        return await SendAsync(HttpMethod.Post, target, new FormUrlEncodedContent(values));
    }

    /// <summary>Signs in through the real form and keeps the cookie.</summary>
    public async Task<Visitor> SignInAsync(string email, string password)
    {
        var answer = await SubmitAsync("/account/sign-in", ("email", email), ("password", password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return this;
    }

    public static async Task<IHtmlDocument> ParseAsync(HttpResponseMessage answer) =>
        await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());

    public void Dispose() => _sender.Dispose();
}
