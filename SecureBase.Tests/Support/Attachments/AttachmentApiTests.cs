using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Attachments;

/// <summary>Files in and out of tickets by the API.</summary>
public sealed class AttachmentApiTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private GivenTenant _acme = null!;
    private Visitor _caller = null!;
    private TicketView _ticket = null!;

    private string Route => $"/v1/support/tickets/{_ticket.Id}/attachments";

    public async Task InitializeAsync()
    {
        _acme = await fixture.Given.TenantAsync();
        _ticket = await (await _acme.AdminAsync()).OpenTicketAsync();
        _caller = fixture.Portal.Call((await _acme.ApiKeyAsync("tickets:read", "tickets:write")).Text);
    }

    public Task DisposeAsync()
    {
        _caller.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task RawBody_IsAttached_Listed_AndDownloadedByteForByte()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        using var created = await _caller.SendAsync(HttpMethod.Post, $"{Route}?filename=dump.bin", new ByteArrayContent(bytes));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var attachment = await JsonAsync(created);
        Assert.Equal(("dump.bin", "application/octet-stream", 300_000, "clean"), (Text(attachment, "name"), Text(attachment, "content_type"), attachment.GetProperty("size").GetInt32(), Text(attachment, "state")));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), Text(attachment, "sha256"));
        Assert.False(attachment.TryGetProperty("scanned_at", out _));

        using var read = await _caller.GetAsync(created.Headers.Location!.OriginalString);
        Assert.Equal(attachment.GetRawText(), (await JsonAsync(read)).GetRawText());
        using var listed = await _caller.GetAsync(Route);
        Assert.Equal(Text(attachment, "id"), Text(Assert.Single((await JsonAsync(listed)).GetProperty("items").EnumerateArray()), "id"));

        using var content = await _caller.GetAsync(created.Headers.Location.OriginalString + "/content");
        Assert.Equal(bytes, await content.Content.ReadAsByteArrayAsync());
        Assert.Equal("attachment", content.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", Assert.Single(content.Headers.GetValues("X-Content-Type-Options")));
        using var again = await _caller.SendAsync(HttpMethod.Get, created.Headers.Location.OriginalString + "/content", null, ("If-None-Match", content.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task Form_IsReadAsItArrives_AndNamesTheFile()
    {
        using var form = new MultipartFormDataContent { { new StringContent("ignored"), "note" }, { new ByteArrayContent("# Notes"u8.ToArray()), "file", "Prüfung.md" } };
        using var created = await _caller.SendAsync(HttpMethod.Post, Route, form);
        var attachment = await JsonAsync(created);
        Assert.Equal(("Prüfung.md", "text/markdown"), (Text(attachment, "name"), Text(attachment, "content_type")));
    }

    [Fact]
    public async Task Form_WithoutAFile_OrWithTwo_IsRefused_AndKeepsNothing()
    {
        using var none = new MultipartFormDataContent { { new StringContent("text"), "note" } };
        await Problem.ReadAsync(await _caller.SendAsync(HttpMethod.Post, Route, none), HttpStatusCode.UnprocessableEntity);
        using var two = new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "a" }, { new ByteArrayContent([2]), "file", "b" } };
        Assert.Contains("each in a request of its own", (await Problem.ReadAsync(await _caller.SendAsync(HttpMethod.Post, Route, two), HttpStatusCode.UnprocessableEntity)).Detail, StringComparison.Ordinal);
        using var broken = new StringContent("no form at all");
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await Problem.ReadAsync(await _caller.SendAsync(HttpMethod.Post, Route, broken), HttpStatusCode.BadRequest);
        Assert.Equal(0L, await FilesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LargerThanTheLimit_Is413_WithAndWithoutALength(bool saysSo)
    {
        using var body = new StreamContent(new Zeros(AttachmentService.MaxBytes + 1));
        if (saysSo)
            body.Headers.ContentLength = AttachmentService.MaxBytes + 1;
        using var answer = await _caller.SendAsync(HttpMethod.Post, Route, body);
        await Problem.ReadAsync(answer, HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal(0L, await FilesAsync());
    }

    [Fact]
    public async Task ExactlyTheLimit_IsTaken()
    {
        using var answer = await _caller.SendAsync(HttpMethod.Post, Route, new StreamContent(new Zeros(AttachmentService.MaxBytes)));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task EmptyBody_NamesTheField()
    {
        var problem = await Problem.ReadAsync(await _caller.SendAsync(HttpMethod.Post, Route, new ByteArrayContent([])), HttpStatusCode.UnprocessableEntity);
        Assert.Equal(("file_empty", "file"), (problem.Code, Assert.Single(problem.Errors).Key));
    }

    [Fact]
    public async Task IdempotencyKey_AttachesOnce_AndKeepsNoSecondCopy()
    {
        async Task<HttpResponseMessage> SendAsync(string text) => await _caller.SendAsync(HttpMethod.Post, Route, new StringContent(text), ("Idempotency-Key", "7f3c"));
        using var first = await SendAsync("the same bytes");
        using var second = await SendAsync("the same bytes");
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal("idempotency_key_reused", (await Problem.ReadAsync(await SendAsync("other bytes"), HttpStatusCode.UnprocessableEntity)).Code);
        Assert.Equal(1L, await FilesAsync());
    }

    [Fact]
    public async Task IdempotencyKey_OfTheLastFileThatFits_IsAnsweredAgainAllTheSame()
    {
        async Task<HttpResponseMessage> SendAsync(int number) => await _caller.SendAsync(HttpMethod.Post, Route, new StringContent($"file {number}"), ("Idempotency-Key", $"file-{number}"));
        for (var i = 1; i <= AttachmentService.MaxPerMessage; i++)
            Assert.Equal(HttpStatusCode.Created, (await SendAsync(i)).StatusCode);
        using var again = await SendAsync(AttachmentService.MaxPerMessage);
        Assert.Equal((HttpStatusCode.Created, "true"), (again.StatusCode, Assert.Single(again.Headers.GetValues("Idempotency-Replayed"))));
        await Problem.ReadAsync(await SendAsync(11), HttpStatusCode.Conflict);
        Assert.Equal((long)AttachmentService.MaxPerMessage, await FilesAsync());
    }

    [Fact]
    public async Task Form_WithEndlessFieldsAroundTheFile_IsGivenUp()
    {
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 40; i++)
            form.Add(new StringContent("text"), $"field{i}");
        form.Add(new ByteArrayContent([1]), "file", "a");
        await Problem.ReadAsync(await _caller.SendAsync(HttpMethod.Post, Route, form), HttpStatusCode.BadRequest);
        Assert.Equal(0L, await FilesAsync());
    }

    [Fact]
    public async Task Comment_OfTheKeysOwn_TakesTheFile()
    {
        using var commented = await _caller.PostJsonAsync($"/v1/support/tickets/{_ticket.Id}/comments", new { body = "The logs follow." });
        var comment = Text(await JsonAsync(commented), "id");
        using var created = await _caller.SendAsync(HttpMethod.Post, $"{Route}?comment_id={comment}&filename=flow.json", new StringContent("{}"));
        Assert.Equal(comment, Text(await JsonAsync(created), "comment_id"));
        await Problem.ReadAsync(await _caller.SendAsync(HttpMethod.Post, $"{Route}?comment_id={Guid.CreateVersion7()}", new StringContent("{}")), HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task ReadOnlyKey_AttachesNothing()
    {
        using var reader = fixture.Portal.Call((await _acme.ApiKeyAsync("tickets:read")).Text);
        await Problem.ReadAsync(await reader.SendAsync(HttpMethod.Post, Route, new StringContent("x")), HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Page_IsSavedAsText_NeverShown()
    {
        using var created = await _caller.SendAsync(HttpMethod.Post, $"{Route}?filename=evil.html", new StringContent("<script>alert(document.cookie)</script>", Encoding.UTF8, "text/html"));
        var id = Text(await JsonAsync(created), "id");
        using var browser = await (await _acme.PersonAsync(Roles.Viewer)).SignInAsync();
        using var answer = await browser.GetAsync($"/tickets/attachments/{id}?view=inline");
        Assert.Equal(("attachment", "evil.html"), (answer.Content.Headers.ContentDisposition!.DispositionType, answer.Content.Headers.ContentDisposition.FileNameStar));
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("default-src 'none'; frame-ancestors 'none'; sandbox", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Picture_IsShownOnlyWhenAskedFor()
    {
        using var created = await _caller.SendAsync(HttpMethod.Post, $"{Route}?filename=x.html", new ByteArrayContent([.. Convert.FromHexString("89504E470D0A1A0A"), .. new byte[30]]));
        var id = Text(await JsonAsync(created), "id");
        using var browser = await (await _acme.PersonAsync(Roles.Viewer)).SignInAsync();
        using var shown = await browser.GetAsync($"/tickets/attachments/{id}?view=inline");
        using var saved = await browser.GetAsync($"/tickets/attachments/{id}");
        Assert.Equal(("inline", "image/png"), (shown.Content.Headers.ContentDisposition!.DispositionType, shown.Content.Headers.ContentType!.MediaType));
        Assert.Equal("attachment", saved.Content.Headers.ContentDisposition!.DispositionType);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private async Task<long> FilesAsync() => (long)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select count(*) from files where tenant_id = '{_acme.Id}'"))!;

    /// <summary>So many zeros, made as they are read.</summary>
    private sealed class Zeros(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(_left, count);
            Array.Clear(buffer, offset, read);
            _left -= read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
