using System.Text;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenants;

namespace SecureBase.Tests.Tenants;

/// <summary>Pictures that strangers send: what is kept of good ones, and what is refused.</summary>
public sealed class LogoImageTests
{
    private static readonly byte[] Script = Encoding.ASCII.GetBytes("<script>alert(document.domain)</script>");

    public static TheoryData<string, byte[]> Hostile() => new()
    {
        { "an SVG with a script", Encoding.UTF8.GetBytes("""<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>""") },
        { "a page", Encoding.UTF8.GetBytes("<!doctype html><script>alert(1)</script>") },
        { "a GIF", Encoding.ASCII.GetBytes("GIF89a/*....*/=alert(1);") },
        { "nothing", [] },
        { "a signature alone", Pictures.Png()[..8] },
        { "a cut PNG", Pictures.Png()[..60] },
        { "a PNG with a page behind it", [.. Pictures.Png(), .. Script] },
        { "a PNG with a ZIP behind it", [.. Pictures.Png(), 0x50, 0x4B, 5, 6, .. new byte[18]] },
        { "a PNG with a wrong checksum", Flip(Pictures.Png(), 20) },
        { "a PNG with a chunk longer than the file", Flip(Pictures.Png(), 33) },
        { "a JPEG with a page behind it", [.. Pictures.Jpeg(), .. Script] },
        { "a JPEG without an end", Pictures.Jpeg()[..^2] },
        { "a JPEG with two sizes", Pictures.Jpeg(64, 48, (0xC0, [8, 0, 16, 0, 16, 1, 1, 0x11, 0])) },
        { "a WebP with a page behind it", [.. Pictures.WebP(), .. Script] },
        { "an animated WebP", Pictures.WebP(64, 48, ("ANMF", new byte[24])) },
        { "a WebP whose picture is larger than its canvas", Pictures.WebP(64, 48, ("VP8L", [0x2F, 0xFF, 0xFF, 0xFF, 0x0F, 0])) },
        { "a PNG too wide", Pictures.Png(LogoImage.MaxSide + 1, 64) },
        { "a PNG that would unpack to gigabytes", Pictures.Png(int.MaxValue, int.MaxValue) },
        { "a PNG of negative size", Pictures.Png(-64, -64) },
        { "a PNG of one pixel", Pictures.Png(1, 1) },
        { "a file too large", [.. Pictures.Png(), .. new byte[LogoImage.MaxBytes]] },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void HostileFile_IsRefusedWithAReason(string what, byte[] file)
    {
        var read = LogoImage.Read(file);
        Assert.False(read.IsSuccess, what);
        Assert.Equal(ErrorKind.Invalid, read.Error.Kind);
        Assert.Equal("logo", Assert.Single(read.Error.Fields).Field);
        Assert.DoesNotContain("script", read.Error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Png_KeepsThePictureAndNothingElse()
    {
        var read = LogoImage.Read(Pictures.Png(640, 320, ("tEXt", Script), ("eXIf", "Where it was taken"u8.ToArray()), ("sRGB", [0])));
        AssertKept(read, "image/png", 640, 320);
        Assert.Contains("sRGB", Latin(read), StringComparison.Ordinal);
        Assert.DoesNotContain("eXIf", Latin(read), StringComparison.Ordinal);
    }

    [Fact]
    public void Jpeg_KeepsThePictureAndNothingElse() =>
        AssertKept(LogoImage.Read(Pictures.Jpeg(800, 600, (0xE1, [.. "Exif\0\0"u8, .. Script]), (0xFE, Script))), "image/jpeg", 800, 600);

    [Fact]
    public void WebP_KeepsThePictureAndNothingElse() =>
        AssertKept(LogoImage.Read(Pictures.WebP(300, 200, ("EXIF", Script), ("XMP ", Script))), "image/webp", 300, 200);

    [Fact]
    public void WhatIsKept_IsReadAgainAsItself()
    {
        foreach (var file in new[] { Pictures.Png(64, 64, ("tEXt", Script)), Pictures.Jpeg(64, 48, (0xFE, Script)), Pictures.WebP(64, 48, ("EXIF", Script)) })
        {
            var once = LogoImage.Read(file).Value;
            Assert.Equal(once.Content, LogoImage.Read(once.Content).Value.Content);
        }
    }

    private static void AssertKept(Result<LogoImage> read, string type, int width, int height)
    {
        Assert.Equal((type, width, height), (read.Value.ContentType, read.Value.Width, read.Value.Height));
        Assert.DoesNotContain("script", Latin(read), StringComparison.Ordinal);
    }

    private static string Latin(Result<LogoImage> read) => Encoding.Latin1.GetString(read.Value.Content);

    private static byte[] Flip(byte[] file, int at)
    {
        file[at] ^= 0x40;
        return file;
    }
}
