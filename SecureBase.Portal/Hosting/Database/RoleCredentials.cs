using System.Security.Cryptography;
using System.Text.Json;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>Generated passwords of the database roles, kept in the data directory with mode 0600.</summary>
internal sealed record RoleCredentials(string Owner, string App, string Staff)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>40 letters and digits: 238 bits.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetString(Alphabet, 40);

    public static RoleCredentials? Read(string dataDirectory)
    {
        var path = PathIn(dataDirectory);
        if (!File.Exists(path))
            return null;

        try
        {
            return JsonSerializer.Deserialize<RoleCredentials>(File.ReadAllBytes(path));
        }
        catch (JsonException malformed)
        {
            throw new DatabaseSetupException($"{path} is damaged. Restore it, or remove it to have new passwords set.", malformed);
        }
    }

    public static RoleCredentials Create(string dataDirectory)
    {
        var credentials = new RoleCredentials(NewPassword(), NewPassword(), NewPassword());
        PrivateFile.CreateFolder(dataDirectory);
        PrivateFile.Write(PathIn(dataDirectory), JsonSerializer.SerializeToUtf8Bytes(credentials));
        return credentials;
    }

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "database-roles.json");
}
