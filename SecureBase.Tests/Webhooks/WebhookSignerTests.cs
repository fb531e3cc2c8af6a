using System.Security.Cryptography;
using System.Text;
using SecureBase.Core.Kernel;
using SecureBase.Core.Webhooks.Signing;

namespace SecureBase.Tests.Webhooks;

public sealed class WebhookSignerTests
{
    private static readonly Guid Id = new("019a9a5e-6f00-7c41-9d52-3b1f6a0c8e11");
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_674_087_231);

    [Fact]
    public void ContentOf_AnyBody_IsIdTimestampAndTheExactBytes()
    {
        byte[] body = [.. "{\"a\":\"ü\"}"u8, 0xFF];
        Assert.Equal([.. "019a9a5e-6f00-7c41-9d52-3b1f6a0c8e11.1674087231."u8, .. body], WebhookSigner.ContentOf(Id, At, body));
    }

    // Id, time, body and signature that the standard's reference libraries test themselves with.
    [Fact]
    public void Sign_V1_IsHmacSha256OfTheDecodedSecret()
    {
        Assert.True(WebhookSecret.TryParse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", out var secret));
        var content = Encoding.UTF8.GetBytes("msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}");
        var signer = new WebhookSigner([secret]);

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signer.Sign(content));
    }

    // RFC 8032, section 7.1, tests 1, 2 and 3.
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_VectorsOfTheRfc_Agree(string seed, string publicKey, string message, string signature)
    {
        using var key = new Ed25519Key(Convert.FromHexString(seed));
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(Convert.FromHexString(message))));
    }

    [Fact]
    public void Sign_DuringARotation_CarriesBothSignaturesThePresentFirst()
    {
        var (present, before) = (WebhookSecret.New(SignatureScheme.V1), WebhookSecret.New(SignatureScheme.V1));
        var content = WebhookSigner.ContentOf(Id, At, "{}"u8);
        var signer = new WebhookSigner([present, before]);

        var signatures = signer.Sign(content).Split(' ');

        Assert.Equal(2, signatures.Length);
        Assert.Equal([Hmac(present), Hmac(before)], signatures);

        string Hmac(WebhookSecret secret) => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret.VerificationText["whsec_".Length..]), content))}";
    }

    [Fact]
    public void Sign_FromManyThreads_GivesEachItsOwnSignature()
    {
        var signer = new WebhookSigner([WebhookSecret.New(SignatureScheme.V1a)]);
        var contents = Enumerable.Range(0, 500).Select(i => WebhookSigner.ContentOf(Id, At.AddSeconds(i), "{}"u8)).ToArray();
        var one = contents.Select(signer.Sign).ToArray();

        Assert.Equal(one, contents.AsParallel().AsOrdered().WithDegreeOfParallelism(8).Select(signer.Sign).ToArray());
    }

    [Theory]
    [InlineData(SignatureScheme.V1, "whsec_", "whsec_")]
    [InlineData(SignatureScheme.V1a, "whsk_", "whpk_")]
    public void New_ReadBack_IsTheSameSecret(SignatureScheme scheme, string privatePrefix, string verificationPrefix)
    {
        var secret = WebhookSecret.New(scheme);

        Assert.StartsWith(privatePrefix, secret.ToPrivateText(), StringComparison.Ordinal);
        Assert.StartsWith(verificationPrefix, secret.VerificationText, StringComparison.Ordinal);
        Assert.True(WebhookSecret.TryParse(secret.ToPrivateText(), out var read));
        Assert.Equal((scheme, secret.VerificationText), (read.Scheme, read.VerificationText));
        Assert.NotEqual(secret.VerificationText, WebhookSecret.New(scheme).VerificationText);
        Assert.DoesNotContain(secret.ToPrivateText()[privatePrefix.Length..], secret.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")]
    public void TryParse_NoSecret_IsRefused(string? text) => Assert.False(WebhookSecret.TryParse(text, out _));

    [Theory]
    [InlineData("whsec_", 23, false)]
    [InlineData("whsec_", 24, true)]
    [InlineData("whsec_", 64, true)]
    [InlineData("whsec_", 65, false)]
    [InlineData("whsk_", 31, false)]
    [InlineData("whsk_", 32, true)]
    [InlineData("whsk_", 64, false)]
    public void TryParse_Length_IsThatOfTheStandard(string prefix, int bytes, bool taken) =>
        Assert.Equal(taken, WebhookSecret.TryParse(prefix + Convert.ToBase64String(new byte[bytes]), out _));

    [Fact]
    public void Scheme_IsSpeltAsInTheContract() => Assert.Equal(["v1", "v1a"], WireName.All<SignatureScheme>());
}
