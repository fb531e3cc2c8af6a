namespace SecureBase.Core.Access;

/// <summary>How a session was opened, as recorded with it.</summary>
public static class SignInMethods
{
    public const string Password = "password";
    public const string PasswordAndTotp = "password+totp";
    public const string PasswordAndRecoveryCode = "password+recovery_code";
    public const string PasswordAndPasskey = "password+passkey";
    /// <summary>A passkey alone is two factors: the device, and what unlocks it.</summary>
    public const string Passkey = "passkey";

    public static bool HasSecondFactor(string method) => method != Password;
}
