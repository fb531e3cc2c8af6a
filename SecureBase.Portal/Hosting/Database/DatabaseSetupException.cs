namespace SecureBase.Portal.Hosting.Database;

/// <summary>The database, or the key of its secrets, cannot be used as configured. The message is for the administrator: it names the cause and the remedy.</summary>
public sealed class DatabaseSetupException : Exception
{
    public DatabaseSetupException(string message) : base(message) { }

    public DatabaseSetupException(string message, Exception innerException) : base(message, innerException) { }
}
