using System.Data;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Files;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Files;

/// <summary>Files in the database: whole, sealed, and only of those that arrived.</summary>
public sealed class FileStoreTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const long Max = 1_000_000;
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory]
    [InlineData(1)]
    [InlineData(SealedChunk.Size)]
    [InlineData((2 * SealedChunk.Size) + 17)]
    public async Task Received_AndKept_IsReadByteForByte(int size)
    {
        var acme = await fixture.Given.TenantAsync();
        var bytes = RandomNumberGenerator.GetBytes(size);
        await using var scope = acme.SystemScope();
        // A connection hands over what has come, however little.
        var received = (await scope.Get<FileStore>().ReceiveAsync(new Trickle(bytes, 10_007), null, Max, Ct)).Value;
        Assert.Equal((size, Convert.ToHexStringLower(SHA256.HashData(bytes))), ((int)received.Size, received.Sha256));
        Assert.Null(await OpenAsync(scope, received.Id));

        await KeepAsync(scope, received.Id);
        Assert.Equal(bytes, await OpenAsync(scope, received.Id));
        Assert.Equal((size + SealedChunk.Size - 1) / SealedChunk.Size, Convert.ToInt32(await ScalarAsync($"select count(*) from file_chunks where file_id = '{received.Id}'"), null));
    }

    [Fact]
    public async Task Stored_NeitherTextNorPieceIsInTheClear()
    {
        var acme = await fixture.Given.TenantAsync();
        await using var scope = acme.SystemScope();
        var id = await ReceiveAsync(scope, "The password of the safe is in the drawer"u8.ToArray());
        var stored = (byte[])(await ScalarAsync($"select sealed from file_chunks where file_id = '{id}'"))!;
        Assert.DoesNotContain("drawer", Encoding.Latin1.GetString(stored), StringComparison.Ordinal);
        Assert.True(SecretEnvelope.TryReadKey(stored, out var key));
        Assert.Equal(fixture.Portal.Services.GetRequiredService<SecretEnvelope>().CurrentKey, key);
    }

    [Theory]
    [InlineData("update file_chunks set sealed = set_byte(sealed, 60, (get_byte(sealed, 60) + 1) % 256) where file_id = '{0}' and number = 0")]
    [InlineData("delete from file_chunks where file_id = '{0}' and number = 1")]
    [InlineData("update file_chunks set number = 1 - number + 10 where file_id = '{0}'")]
    [InlineData("update file_chunks set sealed = (select sealed from file_chunks where file_id = '{1}' and number = 0) where file_id = '{0}' and number = 0")]
    public async Task AlteredMovedOrMissingPiece_IsNeverHandedOut(string fault)
    {
        var acme = await fixture.Given.TenantAsync();
        await using var scope = acme.SystemScope();
        var id = await ReceiveAsync(scope, RandomNumberGenerator.GetBytes(SealedChunk.Size + 500));
        var other = await ReceiveAsync(scope, RandomNumberGenerator.GetBytes(SealedChunk.Size + 500));
        await ScalarAsync(string.Format(null, fault, id, other));
        await Assert.ThrowsAsync<AlteredSecretException>(() => OpenAsync(scope, id));
    }

    [Fact]
    public async Task OtherTenant_FindsNothing()
    {
        var (acme, globex) = (await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync());
        await using var mine = acme.SystemScope();
        await using var theirs = globex.SystemScope();
        var id = await ReceiveAsync(mine, "ours"u8.ToArray());
        Assert.Null(await OpenAsync(theirs, id));
        await theirs.Get<FileStore>().DeleteAsync(id, Ct);
        Assert.Equal("ours"u8.ToArray(), await OpenAsync(mine, id));
    }

    [Fact]
    public async Task TooLarge_Empty_OrBrokenOff_LeavesNothing()
    {
        var acme = await fixture.Given.TenantAsync();
        await using var scope = acme.SystemScope();
        var store = scope.Get<FileStore>();
        Assert.Equal(FileErrors.TooLargeCode, (await store.ReceiveAsync(new MemoryStream(new byte[300_001]), null, 300_000, Ct)).Error!.Code);
        Assert.Equal("file_empty", (await store.ReceiveAsync(new MemoryStream(), null, Max, Ct)).Error!.Code);
        await Assert.ThrowsAsync<IOException>(() => store.ReceiveAsync(new Trickle(new byte[400_000], 10_000) { BreaksAfter = 200_000 }, null, Max, Ct));
        Assert.Equal(0L, await ScalarAsync($"select count(*) from files where tenant_id = '{acme.Id}'"));
        Assert.Equal(0L, await ScalarAsync($"select count(*) from file_chunks where tenant_id = '{acme.Id}'"));
    }

    [Fact]
    public async Task ExactlyTheLimit_IsTaken()
    {
        await using var scope = (await fixture.Given.TenantAsync()).SystemScope();
        Assert.True((await scope.Get<FileStore>().ReceiveAsync(new MemoryStream(new byte[300_000]), null, 300_000, Ct)).IsSuccess);
    }

    [Fact]
    public async Task NeverKept_IsPurgedAfterADay_AndNothingElse()
    {
        var acme = await fixture.Given.TenantAsync();
        await using var scope = acme.SystemScope();
        var store = scope.Get<FileStore>();
        var kept = await ReceiveAsync(scope, "kept"u8.ToArray());
        var old = (await store.ReceiveAsync(new MemoryStream("left"u8.ToArray()), null, Max, Ct)).Value.Id;
        var fresh = (await store.ReceiveAsync(new MemoryStream("arriving"u8.ToArray()), null, Max, Ct)).Value.Id;
        await ScalarAsync($"update files set received_at = now() - interval '25 hours' where id in ('{kept}', '{old}')");
        await store.PurgeAbandonedAsync(Ct);
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(Ct);
        Assert.Equal(new[] { kept, fresh }.Order(), (await db.Files.Select(f => f.Id).ToListAsync(Ct)).Order());
    }

    /// <summary>Somebody who sends or fetches a few bytes a second must not keep a connection from everybody else.</summary>
    [Fact]
    public async Task WhileTheOtherSideIsWaitedFor_NoConnectionIsHeld()
    {
        await using var scope = (await fixture.Given.TenantAsync()).SystemScope();
        var contexts = new Watched(scope.Get<IDbContextFactory<SecureBaseDb>>());
        var store = ActivatorUtilities.CreateInstance<FileStore>(scope.Services, contexts);
        var bytes = RandomNumberGenerator.GetBytes(20 * SealedChunk.Size);
        var waits = 0;
        var received = (await store.ReceiveAsync(new Trickle(bytes, 50_000) { BeforeRead = Wait }, null, 10 * Max, Ct)).Value;
        await KeepAsync(scope, received.Id);
        Assert.True(waits > 20);

        await using var db = contexts.CreateDbContext();
        var (opened, pieces) = (await store.OpenAsync(received.Id, db, Ct), 0);
        await foreach (var piece in opened!.Content)
        {
            Wait();
            Assert.True(piece.Span.SequenceEqual(bytes.AsSpan(pieces++ * SealedChunk.Size, SealedChunk.Size)));
        }
        Assert.Equal(20, pieces);

        void Wait()
        {
            waits++;
            Assert.All(contexts.Made, made => Assert.Equal(ConnectionState.Closed, made.Database.GetDbConnection().State));
        }
    }

    [Fact]
    public async Task Keep_Twice_IsABug()
    {
        await using var scope = (await fixture.Given.TenantAsync()).SystemScope();
        var id = await ReceiveAsync(scope, "once"u8.ToArray());
        await Assert.ThrowsAsync<InvalidOperationException>(() => KeepAsync(scope, id));
    }

    private static async Task<Guid> ReceiveAsync(Scope scope, byte[] bytes)
    {
        var id = (await scope.Get<FileStore>().ReceiveAsync(new MemoryStream(bytes), null, Max, Ct)).Value.Id;
        await KeepAsync(scope, id);
        return id;
    }

    private static async Task KeepAsync(Scope scope, Guid id)
    {
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(Ct);
        Assert.Equal(FileState.Clean, await scope.Get<FileStore>().KeepAsync(db, id, Ct));
    }

    private static async Task<byte[]?> OpenAsync(Scope scope, Guid id)
    {
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(Ct);
        if (await scope.Get<FileStore>().OpenAsync(id, db, Ct) is not { } file)
            return null;
        using var read = new MemoryStream();
        await foreach (var piece in file.Content)
            read.Write(piece.Span);
        return read.ToArray();
    }

    private Task<object?> ScalarAsync(string sql) => Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, sql);

    /// <summary>Bytes that come a few at a time, and may stop coming.</summary>
    private sealed class Trickle(byte[] bytes, int atOnce) : MemoryStream(bytes)
    {
        public int BreaksAfter { get; init; } = int.MaxValue;

        public Action BeforeRead { get; init; } = () => { };

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            BeforeRead();
            return Position >= BreaksAfter
                ? throw new IOException("The connection broke.")
                : ValueTask.FromResult(Read(buffer.Span[..Math.Min(atOnce, buffer.Length)]));
        }
    }

    private sealed class Watched(IDbContextFactory<SecureBaseDb> contexts) : IDbContextFactory<SecureBaseDb>
    {
        internal List<SecureBaseDb> Made { get; } = [];

        public SecureBaseDb CreateDbContext()
        {
            var made = contexts.CreateDbContext();
            Made.Add(made);
            return made;
        }
    }
}
