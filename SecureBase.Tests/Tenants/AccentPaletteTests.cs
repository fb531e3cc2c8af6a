using SecureBase.Core.Tenancy;

namespace SecureBase.Tests.Tenants;

/// <summary>Any colour somebody picks ends up readable, in both themes.</summary>
public sealed class AccentPaletteTests
{
    // What accent-coloured text stands on; wwwroot/css/tokens.css.
    private static readonly string[] LightSurfaces = ["#ffffff", "#f5f5f1", "#ecede7"];
    private static readonly string[] DarkSurfaces = ["#131b1a", "#0d1312", "#1a2422"];

    public static TheoryData<string> Colours
    {
        get
        {
            var colours = new TheoryData<string>("#0b655f", "#808080");
            foreach (var red in new[] { "00", "77", "ff" })
            {
                foreach (var green in new[] { "00", "77", "ff" })
                {
                    foreach (var blue in new[] { "00", "77", "ff" })
                        colours.Add($"#{red}{green}{blue}");
                }
            }
            return colours;
        }
    }

    [Theory]
    [MemberData(nameof(Colours))]
    public void AnyColour_IsReadableOnEverySurface_AndCarriesReadableText(string accent)
    {
        var palette = AccentPalette.Of(accent);
        foreach (var (theme, surfaces) in new[] { (palette.Light, LightSurfaces), (palette.Dark, DarkSurfaces) })
        {
            Assert.All([.. surfaces], surface => Assert.InRange(AccentPalette.Contrast(theme.Accent, surface), AccentPalette.Readable, 21));
            Assert.All([.. surfaces, theme.Soft], surface => Assert.InRange(AccentPalette.Contrast(theme.Strong, surface), AccentPalette.Readable, 21));
            Assert.InRange(AccentPalette.Contrast(theme.On, theme.Accent), AccentPalette.Readable, 21);
        }
    }

    [Fact]
    public void ReadableColour_IsTakenAsItIs() => Assert.Equal("#7a1fa2", AccentPalette.Of("#7a1fa2").Light.Accent);

    [Fact]
    public void Contrast_IsThatOfWcag()
    {
        Assert.Equal(21, AccentPalette.Contrast("#000000", "#ffffff"), 3);
        Assert.Equal(4.48, AccentPalette.Contrast("#777777", "#ffffff"), 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#fff")]
    [InlineData("red")]
    [InlineData("#12345g")]
    [InlineData("#1234567")]
    [InlineData("#;}*{color")]
    [InlineData("１２３４５６７")]
    public void AnythingElse_IsNoColour(string text)
    {
        Assert.False(AccentPalette.IsColour(text));
        Assert.Throws<FormatException>(() => AccentPalette.Of(text));
    }
}
