using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Files;
using SecureBase.Core.Kernel;
using SecureBase.Core.Secrets;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants.Exports;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Rows;

namespace SecureBase.Tests.Tenants;

/// <summary>A copy of a tenant's data: all of it, nothing of anybody else's, no secret, and whole whenever a node dies.</summary>
public sealed class TenantExportTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Export_HoldsEveryRowOfTheTenant_NoForeignRow_AndNoSecret()
    {
        var (mine, theirs) = (await PlantAsync(), await PlantAsync());
        var (files, manifest) = await ExportAsync(mine.TenantId, forProvider: false);

        var model = TenantModel.Model;
        var entities = ExportedEntity.Of(model, forProvider: false);
        Assert.Equal(entities.Select(e => e.Table + ".jsonl").Order(StringComparer.Ordinal), manifest.Files.Select(f => f.Path).Order(StringComparer.Ordinal));
        foreach (var entity in entities)
        {
            var file = manifest.Files.Single(f => f.Path == entity.Table + ".jsonl");
            var bytes = files[file.Path];
            var rows = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(file.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
            Assert.Equal((file.Rows, file.Bytes), ((long)rows.Length, (long)bytes.Length));
            var visible = entity.Table == "audit_entries" ? " and not operator_only" : "";
            Assert.Equal(await CountAsync($"select count(*) from {entity.Table} where {entity.Owner} = '{mine.TenantId}'{visible}"), rows.Length);
            Assert.All(rows, row => Assert.Equal(mine.TenantId, JsonDocument.Parse(row).RootElement.GetProperty(entity.Owner).GetGuid()));
        }
        var everything = string.Concat(files.Values.Select(Encoding.UTF8.GetString));
        Assert.Empty(theirs.Canaries.FoundIn(everything, []));
        var shown = mine.Canaries.FoundIn(everything, []);
        Assert.Contains(shown, place => place.StartsWith("tickets.", StringComparison.Ordinal));
        Assert.Contains(shown, place => place.StartsWith("people.", StringComparison.Ordinal));
        Assert.DoesNotContain(shown, place => place.StartsWith("internal_notes.", StringComparison.Ordinal));
        Assert.DoesNotContain(shown, place => ExportedEntity.LeftOut.ContainsKey(place.Split('.')[0]));
        Assert.Empty(shown.Intersect(entities.SelectMany(e => e.Withheld.Select(column => $"{e.Table}.{column}"))));
        Assert.Contains("password_hash", entities.Single(e => e.Table == "people").Withheld);
        Assert.Contains("hash", entities.Single(e => e.Table == "api_keys").Withheld);
    }

    [Fact]
    public async Task Export_HidesWhatRealSecretsThereAre()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var key = await acme.ApiKeyAsync("tickets:read");
        using var browser = await ada.SignInAsync();
        var cookie = browser.Cookies.GetCookies(browser.Home).Single(c => c.Name == "securebase").Value;
        var (files, _) = await ExportAsync(acme.Id, forProvider: false);
        var everything = string.Concat(files.Values.Select(Encoding.UTF8.GetString));
        var hash = (string)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select password_hash from people where id = '{ada.Id}'"))!;
        Assert.Contains(ada.Email, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(hash, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Text, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key.Text))), everything, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(cookie, everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProvidersOwnCopy_HoldsInternalNotesToo()
    {
        var acme = await PlantAsync();
        var (files, manifest) = await ExportAsync(acme.TenantId, forProvider: true);
        Assert.Equal("provider", manifest.Audience);
        Assert.Contains(acme.Canaries.FoundIn(Encoding.UTF8.GetString(files["internal_notes.jsonl"]), []), place => place == "internal_notes.body");
        Assert.DoesNotContain(manifest.LeftOut, l => l.Table == "internal_notes");
    }

    [Fact]
    public void EveryOmission_NamesATableThatIs() =>
        Assert.Empty(ExportedEntity.LeftOut.Keys.Except(TenantModel.Entities.Select(TenantModel.Table)));

    [Fact]
    public async Task Export_HoldsTheBytesOfFilesThatWereSent_AndNoneThatWaits()
    {
        var ada = await (await fixture.Given.TenantAsync()).AdminAsync();
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        await using (var scope = ada.Scope())
        {
            var attachments = scope.Get<AttachmentService>();
            var sent = (await attachments.UploadAsync("ticket/new", new IncomingFile(new MemoryStream(bytes), "dump.bin"), Ct)).Value;
            Assert.True((await scope.Get<TicketService>().OpenAsync(new OpenTicket { Subject = "With a dump", Attachments = [sent.Id] }, Ct)).IsSuccess);
            Assert.True((await attachments.UploadAsync("ticket/new", new IncomingFile(new MemoryStream("not sent yet"u8.ToArray()), "mine-alone.txt"), Ct)).IsSuccess);
            // One that is still arriving is nobody's yet.
            await scope.Get<FileStore>().ReceiveAsync(new MemoryStream("arriving"u8.ToArray()), null, 100, Ct);
        }
        await using (var staff = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent)).Scope(ada.Tenant))
            Assert.True((await staff.Get<AttachmentService>().UploadAsync("ticket/1/reply", new IncomingFile(new MemoryStream("of staff"u8.ToArray()), "internal-plan.txt"), Ct)).IsSuccess);
        var (files, manifest) = await ExportAsync(ada.Tenant.Id, forProvider: false);
        var everything = string.Concat(files.Values.Select(Encoding.UTF8.GetString));
        Assert.Contains("dump.bin", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("mine-alone.txt", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("internal-plan.txt", everything, StringComparison.Ordinal);
        var content = Assert.Single(manifest.Contents);
        Assert.Equal((bytes.LongLength, Convert.ToHexStringLower(SHA256.HashData(bytes))), (content.Bytes, content.Sha256));
        Assert.Equal(bytes, files[content.Path]);
    }

    [Fact]
    public async Task RequestedExport_IsMade_Downloaded_AndPurged()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        await ada.OpenTicketAsync("A ticket in the export");
        Guid export;
        await using (await Sql.LockAsync(fixture.Database.SuperuserConnectionString, "tenant_export_chunks"))
        {
            export = await RequestAsync(ada);
            await using var scope = ada.Scope();
            Assert.Equal("export_running", (await scope.Get<ExportService>().RequestAsync(Ct)).Error?.Code);
        }
        var done = await DoneAsync(ada, export);
        Assert.True(done is { Percent: 100, Size: > 0, Failure: null });

        using var browser = await ada.SignInAsync();
        using var answer = await browser.GetAsync($"/settings/exports/{export}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(done.Size, bytes.Length);
        Assert.Equal(done.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal(("application/zip", "attachment", "nosniff", "no-store"), (answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.DispositionType,
            answer.Headers.GetValues("X-Content-Type-Options").Single(), answer.Headers.CacheControl?.ToString()));
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("A ticket in the export", await TextAsync(bytes, "tickets.jsonl"), StringComparison.Ordinal);
        Assert.Equal(1L, await CountAsync($"select count(*) from audit_entries where tenant_id = '{acme.Id}' and action = 'tenant.export_downloaded' and actor_id = '{ada.Id}'"));

        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"update tenant_exports set expires_at = now() where id = '{export}'");
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/settings/exports/{export}")).StatusCode);
        await using (var scope = acme.SystemScope())
            await scope.Get<ExportService>().PurgeExpiredAsync(Ct);
        Assert.Equal(0L, await CountAsync($"select count(*) from tenant_export_chunks where export_id = '{export}'"));
    }

    [Fact]
    public async Task Download_IsForAdminsOfThatTenant_AndStaffWhoManageIt_AndNobodyElse()
    {
        var (acme, other) = (await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync());
        var (ada, eve, viewer) = (await acme.AdminAsync(), await other.AdminAsync(), await acme.PersonAsync(Roles.Viewer));
        var provider = await fixture.Given.OperatorAsync();
        var (platform, agent) = (await provider.AdminAsync(), await provider.PersonAsync(Roles.Agent));
        var export = await RequestAsync(ada);
        await DoneAsync(ada, export);
        var (own, staffs) = ($"/settings/exports/{export}", $"/tenants/{acme.Slug}/exports/{export}");

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(eve, own));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(viewer, own));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(platform, own));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(agent, staffs));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(ada, staffs));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(platform, $"/tenants/{other.Slug}/exports/{export}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(platform, staffs));
        using var nobody = fixture.Portal.Visit(acme);
        using var refused = await nobody.GetAsync(own);
        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
    }

    [Fact]
    public async Task AlteredMovedOrMissingPiece_IsNoticed()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var export = await RequestAsync(ada);
        await DoneAsync(ada, export);
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"update tenant_export_chunks set number = number + 1 where export_id = '{export}'");
        await Assert.ThrowsAsync<AlteredSecretException>(() => ReadAsync(ada, export));
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"delete from tenant_export_chunks where export_id = '{export}'");
        await Assert.ThrowsAsync<AlteredSecretException>(() => ReadAsync(ada, export));
    }

    [Fact]
    public async Task StoredPieces_ShowNothingOfWhatTheyHold()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var export = await RequestAsync(ada);
        await DoneAsync(ada, export);
        Assert.Equal(0L, await CountAsync($"select count(*) from tenant_export_chunks where export_id = '{export}' and (position('manifest.json'::bytea in sealed) > 0 or position('PK'::bytea in sealed) = 1)"));
    }

    [Fact]
    public async Task NodeThatDiedHalfway_IsReplaced_AndItsHalfIsNeverRead()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        // As a node leaves it that was killed: running, its lease over, a piece of its attempt written.
        var dead = Guid.CreateVersion7();
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"""
            insert into tenant_exports (id, tenant_id, requested_at, requested_by_id, requested_by_name, requested_by_staff, status, rows_expected, rows_done, attempts, lease_token, leased_until)
            values ('{dead}', '{acme.Id}', now(), '{ada.Id}', 'Ada', false, 'running', 10, 3, 1, '{Guid.CreateVersion7()}', now() - interval '1 second');
            insert into tenant_export_chunks (tenant_id, export_id, attempt, number, sealed) values ('{acme.Id}', '{dead}', 1, 0, '\x00');
            """);
        await DoneAsync(ada, dead);
        Assert.Equal(2, (int)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select attempts from tenant_exports where id = '{dead}'"))!);
        Assert.NotEmpty(await ReadAsync(ada, dead));

        var hopeless = Guid.CreateVersion7();
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"""
            insert into tenant_exports (id, tenant_id, requested_at, requested_by_id, requested_by_name, requested_by_staff, status, rows_expected, rows_done, attempts, leased_until)
            values ('{hopeless}', '{acme.Id}', now(), '{ada.Id}', 'Ada', false, 'running', 10, 3, {TenantExport.MaxAttempts}, now() - interval '1 second')
            """);
        await Until.TrueAsync("the export is given up", async () => (await ListAsync(ada)).Single(e => e.Id == hopeless).Status == ExportStatus.Failed);
    }

    [Fact]
    public async Task TwoNodesAtOneExport_OneMakesIt()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var export = await RequestAsync(ada);
        var runner = fixture.Portal.Services.GetRequiredService<ExportRunner>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => runner.RunAsync(acme.Id, Ct)));
        await DoneAsync(ada, export);
        Assert.Equal(1, (int)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select attempts from tenant_exports where id = '{export}'"))!);
    }

    private async Task<RowPlanter> PlantAsync()
    {
        var planter = new RowPlanter(fixture.Database.SuperuserConnectionString, Guid.CreateVersion7());
        await planter.PlantAllAsync();
        return planter;
    }

    private async Task<(Dictionary<string, byte[]> Files, ExportManifest Manifest)> ExportAsync(Guid tenantId, bool forProvider)
    {
        var tenant = (await fixture.Portal.Services.GetRequiredService<TenantDirectory>().FindAsync(tenantId, Ct))!;
        using var destination = new MemoryStream();
        await fixture.Portal.Services.GetRequiredService<ExportWriter>().WriteAsync(tenant, forProvider, destination, (_, _, _) => Task.CompletedTask, Ct);
        using var zip = new ZipArchive(new MemoryStream(destination.ToArray()));
        Dictionary<string, byte[]> files = [];
        foreach (var entry in zip.Entries)
        {
            using var content = new MemoryStream();
            await using var stream = entry.Open();
            await stream.CopyToAsync(content);
            files.Add(entry.FullName, content.ToArray());
        }
        var manifest = JsonSerializer.Deserialize<ExportManifest>(files["manifest.json"], WireJson.Options)!;
        Assert.Equal((ExportWriter.Format, ExportWriter.FormatVersion, tenant.Slug), (manifest.Format, manifest.Version, manifest.Tenant.Slug));
        Assert.Equal(manifest.Rows, manifest.Files.Sum(f => f.Rows));
        return (files, manifest);
    }

    private static async Task<Guid> RequestAsync(GivenPerson person)
    {
        await using var scope = person.Scope();
        return (await scope.Get<ExportService>().RequestAsync(Ct)).Value.Id;
    }

    private static async Task<IReadOnlyList<ExportView>> ListAsync(GivenPerson person)
    {
        await using var scope = person.Scope();
        return (await scope.Get<ExportService>().ListAsync(Ct)).Value;
    }

    private static async Task<ExportView> DoneAsync(GivenPerson person, Guid export)
    {
        await Until.TrueAsync("the export is made", async () => (await ListAsync(person)).Single(e => e.Id == export).Status == ExportStatus.Done);
        return (await ListAsync(person)).Single(e => e.Id == export);
    }

    private static async Task<byte[]> ReadAsync(GivenPerson person, Guid export)
    {
        await using var scope = person.Scope();
        var file = (await scope.Get<ExportService>().OpenAsync(export, scope.Get<Core.Persistence.SecureBaseDb>(), Ct)).Value;
        using var read = new MemoryStream();
        await foreach (var piece in file.Content)
            read.Write(piece.Span);
        return read.ToArray();
    }

    private static async Task<string> TextAsync(byte[] zip, string path)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        using var reader = new StreamReader(archive.GetEntry(path)!.Open());
        return await reader.ReadToEndAsync();
    }

    private static async Task<HttpStatusCode> StatusAsync(GivenPerson person, string path)
    {
        using var browser = await person.SignInAsync();
        using var answer = await browser.GetAsync(path);
        return answer.StatusCode;
    }

    private async Task<long> CountAsync(string sql) => (long)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, sql))!;
}
