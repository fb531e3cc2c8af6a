using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SecureBase.Core.Tenancy;

/// <summary>
/// A tenant's accent made readable: in either theme the colour is moved along its own hue until text in it stands out from
/// every surface by 4.5:1, and text on it as well (WCAG 2.2, 1.4.3). Any <c>#rrggbb</c> has such a palette, so none is refused.
/// </summary>
public sealed record AccentPalette(AccentTheme Light, AccentTheme Dark)
{
    /// <summary>The least contrast of text (WCAG 2.2, success criterion 1.4.3).</summary>
    public const double Readable = 4.5;

    // Everything that accent-coloured text stands on, from the design's tokens; the most demanding decides.
    private static readonly Colour[] LightSurfaces = [new(0xFF, 0xFF, 0xFF), new(0xF5, 0xF5, 0xF1), new(0xEC, 0xED, 0xE7)];
    private static readonly Colour[] DarkSurfaces = [new(0x13, 0x1B, 0x1A), new(0x0D, 0x13, 0x12), new(0x1A, 0x24, 0x22)];

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly Colour White = new(0xFF, 0xFF, 0xFF);
    private static readonly Colour Black = new(0x05, 0x0A, 0x09);

    /// <summary>True for <c>#</c> and six hexadecimal digits.</summary>
    public static bool IsColour([NotNullWhen(true)] string? text) =>
        text is { Length: 7 } && text[0] == '#' && !text.AsSpan(1).ContainsAnyExcept(HexDigits);

    /// <exception cref="FormatException">The text is no <c>#rrggbb</c>.</exception>
    public static AccentPalette Of(string accent)
    {
        if (!IsColour(accent))
            throw new FormatException($"'{accent}' is no colour of the form #rrggbb.");
        var chosen = Colour.Parse(accent);
        return new AccentPalette(Theme(chosen, LightSurfaces, Black), Theme(chosen, DarkSurfaces, White));
    }

    /// <summary>How much two colours differ in luminance, 1 to 21 (WCAG 2.2, contrast ratio).</summary>
    public static double Contrast(string one, string other) => Colour.Contrast(Colour.Parse(one), Colour.Parse(other));

    private static AccentTheme Theme(Colour chosen, Colour[] surfaces, Colour towards)
    {
        var accent = Reach(chosen, surfaces, towards);
        var soft = Colour.Mix(accent, surfaces[0], 0.12);
        var strong = Reach(Colour.Mix(towards, accent, 0.25), [.. surfaces, soft], towards);
        var on = Colour.Contrast(White, accent) >= Readable ? White : Black;
        return new AccentTheme(accent.ToString(), strong.ToString(), soft.ToString(), on.ToString());
    }

    // White differs from the darkest colour by 21:1 and the ends are tried too, so one of the steps always does.
    private static Colour Reach(Colour colour, Colour[] surfaces, Colour towards)
    {
        const int Steps = 50;
        for (var step = 0; step < Steps; step++)
        {
            var candidate = Colour.Mix(towards, colour, (double)step / Steps);
            if (surfaces.All(surface => Colour.Contrast(candidate, surface) >= Readable)
                && Math.Max(Colour.Contrast(candidate, White), Colour.Contrast(candidate, Black)) >= Readable)
            {
                return candidate;
            }
        }

        return towards;
    }

    private readonly record struct Colour(int Red, int Green, int Blue)
    {
        internal static Colour Parse(string text) => new(
            int.Parse(text.AsSpan(1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            int.Parse(text.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            int.Parse(text.AsSpan(5, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

        internal static Colour Mix(Colour one, Colour other, double share) => new(
            Blend(one.Red, other.Red, share), Blend(one.Green, other.Green, share), Blend(one.Blue, other.Blue, share));

        internal static double Contrast(Colour one, Colour other)
        {
            var (a, b) = (one.Luminance, other.Luminance);
            return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{Red:x2}{Green:x2}{Blue:x2}");

        private double Luminance => (0.2126 * Linear(Red)) + (0.7152 * Linear(Green)) + (0.0722 * Linear(Blue));

        private static int Blend(int one, int other, double share) => (int)Math.Round((one * share) + (other * (1 - share)));

        private static double Linear(int channel)
        {
            var value = channel / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
    }
}

/// <summary>The accent's part of the design's tokens in one theme, each <c>#rrggbb</c>.</summary>
/// <param name="Accent">Actions, links, running time.</param>
/// <param name="Strong">The accent under the pointer, and text on <paramref name="Soft"/>.</param>
/// <param name="Soft">What is chosen.</param>
/// <param name="On">Text on the accent.</param>
public sealed record AccentTheme(string Accent, string Strong, string Soft, string On);
