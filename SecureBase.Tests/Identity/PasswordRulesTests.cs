using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureBase.Core.Identity;

namespace SecureBase.Tests.Identity;

/// <summary>Length and knowledge decide over a password, never composition.</summary>
public sealed class PasswordRulesTests
{
    private static readonly PasswordOwner Owner = new("lena.brandt@acme.test", "Nordlicht Health", "nordlicht");

    [Theory]
    [InlineData("tin gravel moth lantern")]
    [InlineData("Given-Harbour-27!")]
    [InlineData("Demo-Harbour-27!")]
    [InlineData("zK4#vQ9!mW2x")]
    [InlineData("всё-хорошо-у-моря")]
    [InlineData("🚀🌊🪵🧭🔑🌲🍋🎻🧱🐙🪁🥨")]
    [InlineData("            a quiet boat")]
    public void Strong_IsAccepted(string password) => Assert.Null(PasswordRules.Check(password, Owner));

    [Theory]
    [InlineData(null, "Choose a password")]
    [InlineData("", "Choose a password")]
    [InlineData("short-one-1", "this one has 11")]
    [InlineData("🚀🌊🪵🧭🔑🌲🍋🎻🧱🐙🪁", "this one has 11")]
    public void WrongShape_IsRefusedWithTheRemedy(string? password, string says)
    {
        var error = PasswordRules.Check(password, Owner, "new_password");
        Assert.Equal("new_password", error?.Field);
        Assert.Contains(says, error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HalfACharacter_IsRefused() => Assert.Contains("broken character", PasswordRules.Check("a broken half \ud800", Owner)?.Message ?? "accepted", StringComparison.Ordinal);

    [Fact]
    public void Length_IsCountedInCharacters_AndHasAnEnd()
    {
        var words = string.Concat(Enumerable.Range(0, 128).Select(i => "kjzqwvx"[i % 7].ToString() + (i % 10 == 0 ? "é" : "")))[..128];
        Assert.Null(PasswordRules.Check(words, Owner));
        Assert.Contains("at most 128", PasswordRules.Check(words + "m", Owner)!.Message, StringComparison.Ordinal);
        Assert.Contains("at most 128", PasswordRules.Check(new string('x', 100_000), Owner)!.Message, StringComparison.Ordinal);
    }

    /// <summary>Entries of twelve characters and more from the lists of leaked passwords, and their usual disguises.</summary>
    [Theory]
    [InlineData("password1234")]
    [InlineData("Password1234!")]
    [InlineData("P@ssw0rd2024!")]
    [InlineData("pa$$word!!!!!")]
    [InlineData("  passwordpassword  ")]
    [InlineData("mypassword123")]
    [InlineData("passw0rd-2023")]
    [InlineData("Welcome2024!!")]
    [InlineData("Summer2025!!!")]
    [InlineData("December2023!")]
    [InlineData("letmein123456")]
    [InlineData("iloveyou1234")]
    [InlineData("1234567890qwerty")]
    [InlineData("qwertyuiop12")]
    [InlineData("QWERTYUIOP123")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("1q2w3e4r5t6y")]
    [InlineData("zaq12wsxcde3")]
    [InlineData("asdfghjkl;123")]
    [InlineData("abcdefghijkl")]
    [InlineData("zyxwvutsrqpo")]
    [InlineData("123456789012")]
    [InlineData("987654321098")]
    [InlineData("12345-12345-12345")]
    [InlineData("aaaaaaaaaaaaaaa")]
    [InlineData("abababababab")]
    [InlineData("abcabcabcabc")]
    [InlineData("adminadmin123")]
    [InlineData("administrator1")]
    [InlineData("changeme12345")]
    [InlineData("superman12345")]
    [InlineData("manchester1!!")]
    [InlineData("correcthorsebatterystaple")]
    [InlineData("CorrectHorseBatteryStaple")]
    [InlineData("monkeydragon12")]
    public void Common_IsRefused(string password) =>
        Assert.Contains("first by whoever breaks in", PasswordRules.Check(password, Owner)?.Message ?? "accepted", StringComparison.Ordinal);

    [Theory]
    [InlineData("xx-lena.brandt-77", "e-mail name")]
    [InlineData("xxLENABRANDT!92k", "e-mail name")]
    [InlineData("my Nordlicht Health door", "organisation")]
    [InlineData("n-o-r-d-l-i-c-h-t 4711", "organisation's address")]
    [InlineData("SecureBase-rocks-4", "name of this product")]
    public void WhatEverybodyKnows_IsRefused(string password, string says) =>
        Assert.Contains(says, PasswordRules.Check(password, Owner)?.Message ?? "accepted", StringComparison.Ordinal);

    [Fact]
    public void ShortMailName_ForbidsNothing() => Assert.Null(PasswordRules.Check("tin gravel moth lantern", new PasswordOwner("tin@acme.test", null, null)));

    /// <summary>Identity's format: a byte of version, then function (2 is HMAC-SHA-512) and rounds, big-endian.</summary>
    [Fact]
    public void StoredHash_IsAsCostlyAsTheOwaspCheatSheetAsks()
    {
        using var services = new ServiceCollection().AddPeople().BuildServiceProvider();
        var stored = Convert.FromBase64String(new PersonPasswordHasher(services.GetRequiredService<IOptions<PasswordHasherOptions>>()).HashPassword(null!, "tin gravel moth lantern"));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(stored.AsSpan(1)));
        Assert.True(BinaryPrimitives.ReadUInt32BigEndian(stored.AsSpan(5)) >= 210_000);
    }

    /// <summary>The same characters from another keyboard, and no others: compatibility forms stay apart.</summary>
    [Fact]
    public void Hasher_TakesOneSpellingForTheOther()
    {
        var hasher = new PersonPasswordHasher(Options.Create(new PasswordHasherOptions { IterationCount = 10 }));
        const string composed = "café am Fluß hinten";
        var hash = hasher.HashPassword(null!, composed);
        Assert.NotEqual(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(null!, hash, composed.Normalize(NormalizationForm.FormD)));
        Assert.NotEqual(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(null!, hash, composed.Replace(' ', '\u00a0')));
        foreach (var other in new[] { "cafe am Fluß hinten", "café am Fluss hinten", "Café am Fluß hinten", composed + " ", "", "\ud800", new string('x', 10_000) })
            Assert.Equal(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(null!, hash, other));
    }
}
