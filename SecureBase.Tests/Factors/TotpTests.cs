using System.Text;
using SecureBase.Core.Factors;

namespace SecureBase.Tests.Factors;

public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B, SHA-1; its codes have eight digits, ours the last six of them.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void CodeOf_VectorsOfTheRfc(long seconds, string code)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Assert.Equal(code, Totp.CodeOf(Secret, Totp.StepAt(at)));
        Assert.Equal(Totp.StepAt(at), Totp.Match(Secret, code, at));
    }

    /// <summary>RFC 4648, section 10, without padding.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_VectorsOfTheRfc(string plain, string expected) => Assert.Equal(expected, Totp.Base32(Encoding.ASCII.GetBytes(plain)));

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Match_OneStepToEitherSide(int away, bool matches)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);
        var step = Totp.StepAt(now) + away;
        Assert.Equal(matches ? step : null, Totp.Match(Secret, Totp.CodeOf(Secret, step), now));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00592")]
    [InlineData("0059240")]
    [InlineData("٠٠٥٩٢٤")]
    [InlineData("005 92 4x")]
    [InlineData("-05924")]
    public void Match_WhatIsNoCode_IsNone(string? typed) => Assert.Null(Totp.Match(Secret, typed, DateTimeOffset.FromUnixTimeSeconds(1_234_567_890)));

    [Fact]
    public void Match_BlanksAsAppsShowThem_AreIgnored() => Assert.NotNull(Totp.Match(Secret, " 005 924 ", DateTimeOffset.FromUnixTimeSeconds(1_234_567_890)));

    [Fact]
    public void KeyUri_NamesOrganisationAndAccount_Escaped() => Assert.Equal(
        "otpauth://totp/R%26D%20%2F%20Acme:ada%2Bx%40acme.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=R%26D%20%2F%20Acme&algorithm=SHA1&digits=6&period=30",
        Totp.KeyUri(Secret, "R&D / Acme", "ada+x@acme.test"));

    [Fact]
    public void RecoveryCodes_AreReadAsPeopleTypeThem()
    {
        var code = RecoveryCodeText.New();
        Assert.Matches("^[0-9a-hjkmnp-tv-z]{6}(-[0-9a-hjkmnp-tv-z]{6}){3}$", code);
        var hash = RecoveryCodeText.Hash(code);
        Assert.Equal(hash, RecoveryCodeText.Hash($" {code.Replace("-", " ", StringComparison.Ordinal).ToUpperInvariant().Replace('0', 'O').Replace('1', 'I')} "));
        Assert.NotEqual(hash, RecoveryCodeText.Hash(RecoveryCodeText.New()));
        Assert.Null(RecoveryCodeText.Hash(code[..^1]));
        Assert.Null(RecoveryCodeText.Hash(code + "0"));
        Assert.Null(RecoveryCodeText.Hash(null));
    }
}
