using System.Text;
using SecureBase.Core.Secrets;

namespace SecureBase.Tests.Secrets;

public sealed class SecretEnvelopeTests
{
    private static readonly Guid Acme = Guid.CreateVersion7();
    private static readonly Guid Globex = Guid.CreateVersion7();
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("JBSWY3DPEHPK3PXP");

    private readonly SecretKey _key = SecretKey.New();
    private readonly SecretEnvelope _envelope;

    public SecretEnvelopeTests() => _envelope = new SecretEnvelope(KeyRing.Of(_key));

    [Fact]
    public void Open_WhatWasSealed_IsTheSecret_AndShowsNothingOfIt()
    {
        var sealedBytes = _envelope.Seal(Acme, "totp", Secret);
        Assert.Equal(Secret, _envelope.Open(Acme, "totp", sealedBytes));
        Assert.Equal(Secret.Length + SecretEnvelope.Overhead, sealedBytes.Length);
        Assert.Equal(-1, sealedBytes.AsSpan().IndexOf(Secret));
        Assert.Equal([], _envelope.Open(Acme, "totp", _envelope.Seal(Acme, "totp", [])));
    }

    [Fact]
    public void Seal_TheSameTwice_DiffersInNonceAndCiphertext()
    {
        var all = Enumerable.Range(0, 1_000).Select(_ => _envelope.Seal(Acme, "totp", Secret)).ToList();
        Assert.Equal(1_000, all.Select(s => Convert.ToHexString(s.AsSpan(9, 12))).Distinct().Count());
        Assert.Equal(1_000, all.Select(s => Convert.ToHexString(s.AsSpan(SecretEnvelope.Overhead))).Distinct().Count());
    }

    [Fact]
    public void Open_MovedToAnotherTenantOrPurpose_Fails()
    {
        var sealedBytes = _envelope.Seal(Acme, "totp", Secret);
        Assert.Throws<AlteredSecretException>(() => _envelope.Open(Globex, "totp", sealedBytes));
        Assert.Throws<AlteredSecretException>(() => _envelope.Open(Guid.Empty, "totp", sealedBytes));
        Assert.Throws<AlteredSecretException>(() => _envelope.Open(Acme, "totp2", sealedBytes));
        Assert.Throws<AlteredSecretException>(() => _envelope.Open(Acme, "", sealedBytes));
    }

    [Fact]
    public void Open_AnyBitFlipped_Fails()
    {
        var sealedBytes = _envelope.Seal(Acme, "totp", Secret);
        for (var bit = 0; bit < sealedBytes.Length * 8; bit++)
        {
            var flipped = sealedBytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var failure = Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => _envelope.Open(Acme, "totp", flipped));
            Assert.True(bit is >= 8 and < 72 ? failure is UnknownSecretKeyException : failure is AlteredSecretException, $"bit {bit}: {failure.GetType().Name}");
        }
    }

    [Fact]
    public void Open_CutShortOrNeverSealed_Fails()
    {
        var sealedBytes = _envelope.Seal(Acme, "totp", Secret);
        for (var length = 0; length < sealedBytes.Length; length++)
            Assert.Throws<AlteredSecretException>(() => _envelope.Open(Acme, "totp", sealedBytes.AsSpan(0, length)));
        Assert.Throws<AlteredSecretException>(() => _envelope.Open(Acme, "totp", Encoding.UTF8.GetBytes("a secret that somebody wrote down in the clear, long enough")));
    }

    [Fact]
    public void Open_UnderAnOlderKey_WorksWhileTheKeyIsThere()
    {
        var sealedBytes = _envelope.Seal(Acme, "totp", Secret);
        var next = SecretKey.New();

        var both = new SecretEnvelope(KeyRing.Of(next, _key));
        Assert.Equal(Secret, both.Open(Acme, "totp", sealedBytes));
        Assert.True(SecretEnvelope.TryReadKey(both.Seal(Acme, "totp", Secret), out var id) && id == next.Id);

        var without = new SecretEnvelope(KeyRing.Of(next));
        var failure = Assert.Throws<UnknownSecretKeyException>(() => without.Open(Acme, "totp", sealedBytes));
        Assert.Equal(_key.Id, failure.Key);
        Assert.Contains(_key.Id.ToString(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_RevealNeitherKeyNorSecret()
    {
        var sealedBytes = _envelope.Seal(Acme, "totp", Secret);
        var unknown = Assert.Throws<UnknownSecretKeyException>(() => new SecretEnvelope(KeyRing.Of(SecretKey.New())).Open(Acme, "totp", sealedBytes));
        var altered = Assert.Throws<AlteredSecretException>(() => _envelope.Open(Globex, "totp", sealedBytes));
        foreach (var text in new[] { unknown.ToString(), altered.ToString(), _key.ToString() })
        {
            Assert.DoesNotContain(_key.ToBase64(), text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(sealedBytes), text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(_key.Id.ToString(), Convert.ToHexStringLower(Convert.FromBase64String(_key.ToBase64())), StringComparison.Ordinal);
    }
}
