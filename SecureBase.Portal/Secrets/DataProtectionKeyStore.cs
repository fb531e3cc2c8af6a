using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Npgsql;
using SecureBase.Core.Secrets;

namespace SecureBase.Portal.Secrets;

/// <summary>Keeps the keys of cookies and forms in PostgreSQL, so that every node reads every cookie.</summary>
internal sealed class DataProtectionKeyStore(NpgsqlDataSource source) : IXmlRepository
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

/// <summary>Seals their secrets before they are stored.</summary>
internal sealed class MasterKeyXmlEncryptor(SecretEnvelope envelope) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(ProtectionKeyXml.Seal(envelope, plaintextElement), typeof(MasterKeyXmlDecryptor));
}

/// <summary>The framework makes it from the services of the host, by the type's name that stands beside each stored key: the name must stay.</summary>
internal sealed class MasterKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        ProtectionKeyXml.Open(services.GetRequiredService<SecretEnvelope>(), services.GetRequiredService<KeyRing>(), encryptedElement);
}

internal static class DataProtectionFeature
{
    internal static IServiceCollection AddDataProtectionKeys(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("SecureBase");
        services.AddOptions<KeyManagementOptions>().Configure<NpgsqlDataSource, SecretEnvelope>((options, source, envelope) =>
        {
            options.XmlRepository = new DataProtectionKeyStore(source);
            options.XmlEncryptor = new MasterKeyXmlEncryptor(envelope);
        });
        return services;
    }
}
