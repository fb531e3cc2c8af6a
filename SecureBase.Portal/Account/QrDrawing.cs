using System.Globalization;
using System.Text;
using QRCoder;

namespace SecureBase.Portal.Account;

/// <summary>A QR code as the path of an SVG, one unit a module.</summary>
internal static class QrDrawing
{
    /// <returns>The path, and the length of a side with its quiet zone.</returns>
    internal static (string Path, int Size) Of(string text)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Count; x++)
            {
                if (!rows[y][x])
                    continue;
                var from = x;
                while (x + 1 < rows[y].Count && rows[y][x + 1])
                    x++;
                path.Append(CultureInfo.InvariantCulture, $"M{from} {y}h{x - from + 1}v1h-{x - from + 1}z");
            }
        }
        return (path.ToString(), rows.Count);
    }
}
