using System.IO.Compression;
using System.Text;
using SecureBase.Core.Files;

namespace SecureBase.Tests.Files;

/// <summary>What a file is, by its bytes alone, whatever its name claims.</summary>
public sealed class ContentKindTests
{
    [Theory]
    [InlineData("89504E470D0A1A0A0000", "image/png")]
    [InlineData("FFD8FFE000104A46", "image/jpeg")]
    [InlineData("474946383961", null)]
    [InlineData("47494638396100", "image/gif")]
    [InlineData("52494646240000005745425056503820", "image/webp")]
    [InlineData("255044462D312E37", "application/pdf")]
    [InlineData("1F8B080000", "application/gzip")]
    [InlineData("504B030414000000", "application/zip")]
    [InlineData("000000186674797068656963", "image/heic")]
    [InlineData("00000018667479706D703432", "video/mp4")]
    [InlineData("7F454C4602010100", ContentKind.Unknown)]
    [InlineData("4D5A90000300000004", ContentKind.Unknown)]
    [InlineData("", ContentKind.Unknown)]
    public void Of_Signature_NamesTheType(string hex, string? type) =>
        Assert.Equal(type ?? "image/gif", ContentKind.Of(Convert.FromHexString(hex), "page.html"));

    [Theory]
    [InlineData("<html><script>alert(1)</script>", "page.html")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo.svg")]
    [InlineData("<?xml version='1.0'?><x:script/>", "data.xml")]
    [InlineData("alert(document.cookie)", "run.js")]
    [InlineData("<html>", "picture.png")]
    public void Of_WhatABrowserCouldRun_IsPlainText(string text, string name) =>
        Assert.Equal(ContentKind.PlainText, ContentKind.Of(Encoding.UTF8.GetBytes(text), name));

    [Theory]
    [InlineData("a;b\n1;2", "rows.CSV", "text/csv")]
    [InlineData("{}", "flow.json", "application/json")]
    [InlineData("# Title", "notes.md", "text/markdown")]
    [InlineData("Grüße, 12 €", null, ContentKind.PlainText)]
    public void Of_Text_TakesItsKindFromTheName(string text, string? name, string type) => Assert.Equal(type, ContentKind.Of(Encoding.UTF8.GetBytes(text), name));

    [Fact]
    public void Of_TextCutWithinALetter_IsText() => Assert.Equal(ContentKind.PlainText, ContentKind.Of(Encoding.UTF8.GetBytes("Grüße 12 €").AsSpan()[..^1]));

    [Fact]
    public void Of_TextWithANulOrBrokenLetter_IsUnknown()
    {
        Assert.Equal(ContentKind.Unknown, ContentKind.Of("text\0more"u8));
        Assert.Equal(ContentKind.Unknown, ContentKind.Of([(byte)'a', 0xC3, (byte)'b', (byte)'c', (byte)'d', (byte)'e']));
    }

    [Theory]
    [InlineData("word/document.xml", "wordprocessingml.document")]
    [InlineData("xl/workbook.xml", "spreadsheetml.sheet")]
    [InlineData("ppt/presentation.xml", "presentationml.presentation")]
    public void Of_OfficePackage_IsToldByItsParts(string part, string type)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("[Content_Types].xml");
            zip.CreateEntry(part);
        }
        Assert.EndsWith(type, ContentKind.Of(file.ToArray(), "x.bin"), StringComparison.Ordinal);
    }

    [Fact]
    public void IsSafeImage_NoVectorPicture()
    {
        Assert.True(ContentKind.IsSafeImage("image/png"));
        Assert.All(new[] { "image/svg+xml", "text/html", "application/pdf", "image/tiff" }, type => Assert.False(ContentKind.IsSafeImage(type)));
    }
}
