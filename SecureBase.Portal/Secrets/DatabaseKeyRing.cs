using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Npgsql;

namespace SecureBase.Portal.Secrets;

/// <summary>Keeps the keys of cookies and forms in PostgreSQL, so that every node reads every cookie.</summary>
internal sealed class DatabaseKeyRing(NpgsqlDataSource source) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = source.CreateCommand("select xml from data_protection_keys order by id");
        using var reader = command.ExecuteReader();
        List<XElement> elements = [];
        while (reader.Read())
            elements.Add(XElement.Parse(reader.GetString(0)));
        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = source.CreateCommand("insert into data_protection_keys (id, friendly_name, xml) values ($1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = friendlyName });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = element.ToString(SaveOptions.DisableFormatting) });
        command.ExecuteNonQuery();
    }
}

/// <summary>Encrypts their secrets under the master key before they are stored.</summary>
internal sealed class MasterKeyXmlEncryptor(MasterKey master) : IXmlEncryptor
{
    internal const string Purpose = "data_protection_keys";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new XElement("encryptedKey", Convert.ToBase64String(master.Encrypt(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)), Purpose))),
        typeof(MasterKeyXmlDecryptor));
}

/// <summary>The framework makes it by its type name, from the services of the host.</summary>
internal sealed class MasterKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(Encoding.UTF8.GetString(
        services.GetRequiredService<MasterKey>().Decrypt(Convert.FromBase64String(encryptedElement.Value), MasterKeyXmlEncryptor.Purpose)));
}

internal static class SecretsFeature
{
    internal static IServiceCollection AddSecrets(this IServiceCollection services, MasterKey master)
    {
        services.AddSingleton(master);
        services.AddDataProtection().SetApplicationName("SecureBase");
        services.AddOptions<KeyManagementOptions>().Configure<NpgsqlDataSource>((options, source) =>
        {
            options.XmlRepository = new DatabaseKeyRing(source);
            options.XmlEncryptor = new MasterKeyXmlEncryptor(master);
        });
        return services;
    }
}
