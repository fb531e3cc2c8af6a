using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Files;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Attachments;

/// <summary>Files beside messages: who sees them and from when, what they go with, and what becomes of them.</summary>
public sealed class AttachmentServiceTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Draft = "ticket/7/reply";
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly byte[] Png = [.. Convert.FromHexString("89504E470D0A1A0A"), .. new byte[40]];

    [Fact]
    public async Task Uploaded_WaitsForItsUploaderAlone_AndGoesWithTheMessage()
    {
        var acme = await fixture.Given.TenantAsync();
        var (ada, bob) = (await acme.PersonAsync(Roles.Analyst), await acme.PersonAsync(Roles.Admin));
        var ticket = await ada.OpenTicketAsync();
        await using var adas = ada.Scope();
        await using var bobs = bob.Scope();
        var file = (await UploadAsync(adas, Png, "C:\\fakepath\\screen shot.png")).Value;

        Assert.Equal(("screen shot.png", "image/png", AttachmentState.Clean), (file.Name, file.ContentType, file.State));
        Assert.Equal([file.Id], (await adas.Get<AttachmentService>().WaitingAsync(Draft, Ct)).Select(f => f.Id));
        Assert.Empty(await bobs.Get<AttachmentService>().WaitingAsync(Draft, Ct));
        Assert.Equal(Png, await ContentAsync(adas, file.Id));
        Assert.Null(await ContentAsync(bobs, file.Id));
        Assert.Empty((await bobs.Get<AttachmentService>().ListAsync(ticket.Id, 25, null, Ct)).Value.Items);

        var sent = await adas.Get<TicketService>().CommentAsync(ticket.Id, new AddComment { Body = "See the picture.", Attachments = [file.Id] }, Ct);
        Assert.Empty(await adas.Get<AttachmentService>().WaitingAsync(Draft, Ct));
        Assert.Equal(Png, await ContentAsync(bobs, file.Id));
        var entry = (await bobs.Get<TicketService>().TimelineAsync(ticket.Id, Ct)).Value.Single(e => e.Kind == TimelineKind.Comment);
        Assert.Equal((sent.Value.Comment.Id, file.Id), (entry.Id, Assert.Single(entry.Attachments).Id));
        var listed = Assert.Single((await bobs.Get<AttachmentService>().ListAsync(ticket.Id, 25, null, Ct)).Value.Items);
        Assert.Equal((sent.Value.Comment.Id, ada.Name), (listed.CommentId, listed.Uploader.Name));
    }

    [Fact]
    public async Task OpenedWithFiles_TheyStandWithTheDescription()
    {
        var ada = await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Analyst);
        await using var scope = ada.Scope();
        var file = (await UploadAsync(scope, "a;b"u8.ToArray(), "rows.csv")).Value;
        var ticket = (await scope.Get<TicketService>().OpenAsync(new OpenTicket { Subject = "With a file", Attachments = [file.Id] }, Ct)).Value;
        var entry = Assert.Single((await scope.Get<TicketService>().TimelineAsync(ticket.Id, Ct)).Value);
        Assert.Equal((TicketEventType.Created, file.Id), (entry.Type, Assert.Single(entry.Attachments).Id));
    }

    [Fact]
    public async Task AttachedByItself_IsAnEventWithTheFile_AndTellsEverybody()
    {
        var ada = await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Analyst);
        var ticket = await ada.OpenTicketAsync();
        await using var scope = ada.Scope();
        var attached = (await AttachAsync(scope, ticket.Id, "late"u8.ToArray(), "late.txt")).Value;
        var entry = (await scope.Get<TicketService>().TimelineAsync(ticket.Id, Ct)).Value.Single(e => e.Type == TicketEventType.Attached);
        Assert.Equal((attached.Id, attached.Id), (entry.Id, Assert.Single(entry.Attachments).Id));
        Assert.Equal((ticket.Version + 1, TicketStatus.Open), await scope.Get<TicketService>().GetAsync(ticket.Id, Ct) is { Value: var now } ? (now.Version, now.Status) : default);
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(Ct);
        Assert.Equal(SupportEvents.Updated, (await db.OutboxEvents.Where(e => e.SubjectId == ticket.Id).OrderBy(e => e.Position).LastAsync(Ct)).Type);
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Action == AttachmentService.Attached && e.SubjectId == ticket.Id, Ct));
    }

    [Fact]
    public async Task StaffsUpload_IsTheCustomersFile_OnceItIsSent()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Viewer);
        var ticket = await (await acme.AdminAsync()).OpenTicketAsync();
        var agent = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent);
        await using var agents = agent.Scope(acme);
        await using var adas = ada.Scope();
        var file = (await UploadAsync(agents, "report"u8.ToArray(), "report.txt")).Value;
        Assert.Null(await ContentAsync(adas, file.Id));
        await agents.Get<TicketService>().CommentAsync(ticket.Id, new AddComment { Body = "Here is the report.", Attachments = [file.Id] }, Ct);
        Assert.Equal("report"u8.ToArray(), await ContentAsync(adas, file.Id));
    }

    [Fact]
    public async Task AnothersUpload_OneSentAlready_OrOneThatIsGone_GoesWithNoMessage()
    {
        var acme = await fixture.Given.TenantAsync();
        var (ada, bob) = (await acme.PersonAsync(Roles.Analyst), await acme.PersonAsync(Roles.Analyst));
        var ticket = await ada.OpenTicketAsync();
        await using var adas = ada.Scope();
        await using var bobs = bob.Scope();
        var file = (await UploadAsync(adas, "mine"u8.ToArray(), "mine.txt")).Value;

        Assert.Equal(AttachmentErrors.Gone.Message, (await CommentAsync(bobs, ticket.Id, file.Id)).Error!.Message);
        Assert.True((await CommentAsync(adas, ticket.Id, file.Id)).IsSuccess);
        Assert.Equal(AttachmentErrors.Gone.Message, (await CommentAsync(adas, ticket.Id, file.Id)).Error!.Message);
        Assert.Equal(AttachmentErrors.Gone.Message, (await CommentAsync(adas, ticket.Id, Guid.CreateVersion7())).Error!.Message);
        // A refused message was not written either.
        Assert.Equal(1, (await adas.Get<TicketService>().GetAsync(ticket.Id, Ct)).Value.CommentCount);
    }

    [Fact]
    public async Task SentTwiceAtOnce_GoesWithExactlyOne()
    {
        var ada = await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Analyst);
        await using var scope = ada.Scope();
        var file = (await UploadAsync(scope, "once"u8.ToArray(), "once.txt")).Value;
        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            await using var own = ada.Scope();
            return await own.Get<TicketService>().OpenAsync(new OpenTicket { Subject = $"Pressed {i}", Attachments = [file.Id] }, Ct);
        }));
        Assert.Single(opened, o => o.IsSuccess);
    }

    [Fact]
    public async Task Remove_DeletesTheBytes_ButNothingThatWasSentOrIsAnothers()
    {
        var acme = await fixture.Given.TenantAsync();
        var (ada, bob) = (await acme.PersonAsync(Roles.Analyst), await acme.PersonAsync(Roles.Analyst));
        var ticket = await ada.OpenTicketAsync();
        await using var adas = ada.Scope();
        await using var bobs = bob.Scope();
        var (waiting, sent) = ((await UploadAsync(adas, "x"u8.ToArray(), "x")).Value, (await UploadAsync(adas, "y"u8.ToArray(), "y")).Value);
        await CommentAsync(adas, ticket.Id, sent.Id);
        Assert.False((await bobs.Get<AttachmentService>().RemoveAsync(waiting.Id, Ct)).IsSuccess);
        Assert.False((await adas.Get<AttachmentService>().RemoveAsync(sent.Id, Ct)).IsSuccess);
        Assert.Equal(2L, await CountAsync("file_chunks", acme));
        Assert.True((await adas.Get<AttachmentService>().RemoveAsync(waiting.Id, Ct)).IsSuccess);
        Assert.Equal((1L, 1L, 1L), (await CountAsync("files", acme), await CountAsync("file_chunks", acme), await CountAsync("ticket_attachments", acme)));
    }

    [Fact]
    public async Task WhoSendsSlowly_TakesTheirOwnPlacesAlone()
    {
        var acme = await fixture.Given.TenantAsync();
        var (ada, bob) = (await acme.PersonAsync(Roles.Analyst), await acme.PersonAsync(Roles.Analyst));
        await using var adas = ada.Scope();
        await using var bobs = bob.Scope();
        var slow = Enumerable.Range(0, TransferGate.PerSender).Select(_ => new Pipe()).ToList();
        var underway = slow.ConvertAll(pipe => adas.Get<AttachmentService>().UploadAsync(Draft, new IncomingFile(pipe.Reader.AsStream(), "slow.txt"), Ct));
        await Until.TrueAsync("every slow file has begun to arrive", async () => await CountAsync("files", acme) == slow.Count);

        Assert.Equal(("too_many_files_at_once", TimeSpan.FromSeconds(5)), (await UploadAsync(adas, "x"u8.ToArray(), "x")).Error is { } refused ? (refused.Code, refused.RetryAfter) : default);
        Assert.True((await UploadAsync(bobs, "y"u8.ToArray(), "y")).IsSuccess);

        foreach (var pipe in slow)
        {
            await pipe.Writer.WriteAsync("late"u8.ToArray(), Ct);
            await pipe.Writer.CompleteAsync();
        }
        Assert.All(await Task.WhenAll(underway), u => Assert.True(u.IsSuccess));
        Assert.True((await UploadAsync(adas, "x"u8.ToArray(), "x")).IsSuccess);
    }

    [Fact]
    public async Task TenFiles_AreTheMost_OfADraftAndOfATicket()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Analyst);
        var ticket = await ada.OpenTicketAsync();
        await using var scope = ada.Scope();
        for (var i = 0; i < AttachmentService.MaxPerMessage; i++)
        {
            Assert.True((await UploadAsync(scope, "x"u8.ToArray(), $"{i}.txt")).IsSuccess);
            Assert.True((await AttachAsync(scope, ticket.Id, "x"u8.ToArray(), $"{i}.txt")).IsSuccess);
        }
        Assert.Equal("too_many_attachments", (await UploadAsync(scope, "x"u8.ToArray(), "eleven.txt")).Error!.Code);
        Assert.Equal("too_many_attachments", (await AttachAsync(scope, ticket.Id, "x"u8.ToArray(), "eleven.txt")).Error!.Code);
        Assert.Equal(20L, await CountAsync("files", acme));
        Assert.True((await UploadAsync(scope, "x"u8.ToArray(), "another.txt", "ticket/8/reply")).IsSuccess);
    }

    [Fact]
    public async Task UploadsAtOnce_StayWithinTheLimit()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Analyst);
        var refusals = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 16), new ParallelOptions { MaxDegreeOfParallelism = TransferGate.PerSender }, async (i, ct) =>
        {
            await using var scope = ada.Scope();
            if (await UploadAsync(scope, RandomNumberGenerator.GetBytes(2_000), $"{i}.bin") is { IsSuccess: false, Error: var refused })
                refusals.Add(refused.Code);
        });
        Assert.Equal(Enumerable.Repeat("too_many_attachments", 6), refusals);
        Assert.Equal((10L, 10L), (await CountAsync("files", acme), await CountAsync("file_chunks", acme)));
    }

    [Fact]
    public async Task ClosedTicket_AndAViewer_AttachNothing()
    {
        var acme = await fixture.Given.TenantAsync();
        var admin = await acme.AdminAsync();
        var ticket = await admin.OpenTicketAsync();
        await using var scope = admin.Scope();
        await scope.Get<TicketService>().CloseAsync(ticket.Id, Ct);
        Assert.Equal("ticket_closed", (await AttachAsync(scope, ticket.Id, "x"u8.ToArray(), "x")).Error!.Code);
        await using var viewer = (await acme.PersonAsync(Roles.Viewer)).Scope();
        Assert.Equal(ErrorKind.Forbidden, (await UploadAsync(viewer, "x"u8.ToArray(), "x")).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await AttachAsync(viewer, ticket.Id, "x"u8.ToArray(), "x")).Error!.Kind);
        Assert.Equal(0L, await CountAsync("files", acme));
    }

    [Fact]
    public async Task Comment_TakesFilesOfItsAuthorAlone()
    {
        var acme = await fixture.Given.TenantAsync();
        var (ada, bob) = (await acme.PersonAsync(Roles.Analyst), await acme.PersonAsync(Roles.Analyst));
        var ticket = await ada.OpenTicketAsync();
        await using var adas = ada.Scope();
        await using var bobs = bob.Scope();
        var comment = (await adas.Get<TicketService>().CommentAsync(ticket.Id, new AddComment { Body = "More follows." }, Ct)).Value.Comment;
        Assert.Equal(AttachmentErrors.CommentNotFound.Message, (await AttachAsync(bobs, ticket.Id, "x"u8.ToArray(), "x", comment.Id)).Error!.Message);
        Assert.Equal(comment.Id, (await AttachAsync(adas, ticket.Id, "x"u8.ToArray(), "x", comment.Id)).Value.CommentId);
    }

    [Fact]
    public async Task NeverSent_IsPurgedAfterThirtyDays()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Analyst);
        var ticket = await ada.OpenTicketAsync();
        await using var scope = ada.Scope();
        var (old, sent) = ((await UploadAsync(scope, "old"u8.ToArray(), "old")).Value, (await UploadAsync(scope, "sent"u8.ToArray(), "sent")).Value);
        await CommentAsync(scope, ticket.Id, sent.Id);
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"update ticket_attachments set uploaded_at = now() - interval '31 days' where tenant_id = '{acme.Id}'");
        var fresh = (await UploadAsync(scope, "fresh"u8.ToArray(), "fresh")).Value;
        await scope.Get<AttachmentService>().PurgeWaitingAsync(Ct);
        Assert.Null(await ContentAsync(scope, old.Id));
        Assert.NotNull(await ContentAsync(scope, sent.Id));
        Assert.NotNull(await ContentAsync(scope, fresh.Id));
        Assert.Equal(2L, await CountAsync("file_chunks", acme));
    }

    [Fact]
    public async Task PurgedTicket_TakesItsFilesAlong()
    {
        var acme = await fixture.Given.TenantAsync();
        var admin = await acme.AdminAsync();
        var (gone, stays) = (await admin.OpenTicketAsync(), await admin.OpenTicketAsync());
        await using var scope = admin.Scope();
        await AttachAsync(scope, gone.Id, "gone"u8.ToArray(), "gone");
        await AttachAsync(scope, stays.Id, "stays"u8.ToArray(), "stays");
        await scope.Get<TicketService>().CloseAsync(gone.Id, Ct);
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"update tickets set closed_at = now() - interval '1000 days' where id = '{gone.Id}'");
        await using (var system = acme.SystemScope())
            Assert.Equal(1, await system.Get<TicketHousekeeping>().PurgeClosedAsync(Ct));
        Assert.Equal((1L, 1L, 1L), (await CountAsync("files", acme), await CountAsync("file_chunks", acme), await CountAsync("ticket_attachments", acme)));
        Assert.Single((await scope.Get<AttachmentService>().ListAsync(stays.Id, 25, null, Ct)).Value.Items);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("a/b\\c.txt", "c.txt")]
    [InlineData("in\u202Efdp.exe", "infdp.exe")]
    [InlineData("line\r\nbreak\t.txt", "linebreak.txt")]
    [InlineData("say \"hi\" <b>.txt", "say _hi_ _b_.txt")]
    [InlineData("...", "file.txt")]
    [InlineData("  ", "file.txt")]
    [InlineData(null, "file.txt")]
    [InlineData("Prüfbericht 2026 😀.pdf", "Prüfbericht 2026 😀.pdf")]
    public void Name_IsMadeHarmless(string? name, string expected) => Assert.Equal(expected, AttachmentName.Of(name, ".txt"));

    [Fact]
    public void Name_TooLong_KeepsItsEnding()
    {
        // The cut would fall into the first face.
        Assert.Equal(new string('é', 114) + ".json", AttachmentName.Of(new string('é', 114) + "😀😀😀.json", ".txt"));
        Assert.Equal(TicketAttachment.NameMax, AttachmentName.Of(new string('a', 500), "").Length);
    }

    private static Task<Result<AttachmentView>> UploadAsync(Scope scope, byte[] bytes, string name, string draft = Draft) =>
        scope.Get<AttachmentService>().UploadAsync(draft, new IncomingFile(new MemoryStream(bytes), name), Ct);

    private static async Task<Result<AttachmentView>> AttachAsync(Scope scope, Guid ticketId, byte[] bytes, string name, Guid? commentId = null)
    {
        var attachments = scope.Get<AttachmentService>();
        var received = await attachments.ReceiveAsync(ticketId, commentId, new IncomingFile(new MemoryStream(bytes), name), isRetry: false, Ct);
        return received.IsSuccess ? await attachments.AttachAsync(ticketId, commentId, received.Value, name, Ct) : received.Error;
    }

    private static Task<Result<CommentedTicket>> CommentAsync(Scope scope, Guid ticketId, params Guid[] files) =>
        scope.Get<TicketService>().CommentAsync(ticketId, new AddComment { Body = "With a file.", Attachments = files }, Ct);

    private static async Task<byte[]?> ContentAsync(Scope scope, Guid id)
    {
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(Ct);
        var opened = await scope.Get<AttachmentService>().OpenAsync(null, id, db, Ct);
        if (!opened.IsSuccess)
            return null;
        using var read = new MemoryStream();
        await foreach (var piece in opened.Value.File.Content)
            read.Write(piece.Span);
        return read.ToArray();
    }

    private async Task<long> CountAsync(string table, GivenTenant tenant) =>
        (long)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select count(*) from {table} where tenant_id = '{tenant.Id}'"))!;
}
